"""A running application for tests, with every installed plugin, on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.session import JoinTransactionMode

from tmws_core.application import Application
from tmws_core.database import Database
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


@pytest.fixture(scope="session")
def shared_databases() -> dict[str, Database]:
    """The shared databases by their URLs; each keeps the statements that it has compiled, and no connection."""
    return {}


@pytest_asyncio.fixture
async def session(shared_database_url: str, shared_databases: dict[str, Database]) -> AsyncIterator[AsyncSession]:
    """A writing session on a database that all tests share; whatever a test does with it is rolled back."""
    if shared_database_url not in shared_databases:
        shared_databases[shared_database_url] = Database(shared_database_url)
    database = shared_databases[shared_database_url]
    try:
        async with database.writer.connect() as connection, connection.begin() as transaction:
            mode: JoinTransactionMode = "create_savepoint"
            async with AsyncSession(connection, expire_on_commit=False, join_transaction_mode=mode) as opened:
                yield opened
            await transaction.rollback()
    finally:
        await database.writer.dispose()
