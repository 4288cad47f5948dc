"""Nothing happens to the skills of these tests but what the tests do."""

import pytest

from tmws_skills import maintenance


@pytest.fixture(autouse=True)
def no_maintenance(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is over stays as it is, even where the tests take longer than the background waits after a start."""
    monkeypatch.setattr(maintenance, "SECONDS_AFTER_START", 86_400.0)
