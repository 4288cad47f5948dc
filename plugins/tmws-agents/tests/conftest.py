"""An application with this plugin alone."""

from pathlib import Path

import pytest

from tmws_core.settings import Settings


@pytest.fixture
def settings(filled_database_url: str, tmp_path: Path) -> Settings:
    return Settings({}, home=tmp_path, database_url=filled_database_url, plugins="agents", strict=True)
