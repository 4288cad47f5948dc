"""An application with this plugin alone, and a session on a database that tests share, because none commits."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core.database import Database
from tmws_core.settings import Settings
from tmws_core.testing.postgresql import drop_database, in_database, new_database


@pytest.fixture
def settings(filled_database_url: str, tmp_path: Path) -> Settings:
    return Settings({}, home=tmp_path, database_url=filled_database_url, plugins="agents", strict=True)


@pytest.fixture(scope="session")
def shared_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("shared") / "tmws.db"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(scope="session")
def shared_postgresql(postgresql_server: str, postgresql_template: str) -> Iterator[str]:
    name = new_database(postgresql_server, postgresql_template)
    yield in_database(postgresql_server, name)
    drop_database(postgresql_server, name)


@pytest.fixture
def shared_database_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"shared_{database_kind}"))


@pytest.fixture
async def session(shared_database_url: str) -> AsyncIterator[AsyncSession]:
    """A writing session; everything that a test does with it is rolled back."""
    database = Database(shared_database_url)
    async with database.session(read_only=False) as opened:
        yield opened
    await database.close()
