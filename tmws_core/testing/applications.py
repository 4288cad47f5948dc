"""A running application for tests, with every installed plugin, on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core.application import Application
from tmws_core.settings import Settings


@pytest.fixture
def settings(filled_database_url: str, tmp_path: Path) -> Settings:
    """Strict settings for the filled database; nothing of the machine's environment gets in."""
    return Settings({}, home=tmp_path, database_url=filled_database_url, strict=True)


@pytest_asyncio.fixture
async def application(settings: Settings) -> AsyncIterator[Application]:
    """The application with every installed plugin, opened."""
    async with Application(settings) as opened:
        yield opened


@pytest_asyncio.fixture
async def session(application: Application) -> AsyncIterator[AsyncSession]:
    """A writing session of the application; what a test does not commit is rolled back."""
    async with application.database.session(read_only=False) as opened:
        yield opened
