"""Nothing happens to the memories of these tests but what the tests do."""

import pytest

from tmws_memory import maintenance


@pytest.fixture(autouse=True)
def no_maintenance(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has expired stays as it is, even where the tests take longer than the background waits after a start."""
    monkeypatch.setattr(maintenance, "SECONDS_AFTER_START", maintenance.SECONDS_BETWEEN_RETRIES)
