"""Databases for tests: a fresh one for each test, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tmws_core.testing.postgresql import drop_database, in_database, new_database
from tmws_core.testing.reserve import Reserve
from tmws_core.testing.template import create_everything


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite`, then `postgresql`; parametrize it indirectly to have only one of them."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database that holds nothing; SQLite's file does not exist yet."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'tmws.db'}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = new_database(server)
    yield in_database(server, name)
    drop_database(server, name)


@pytest.fixture
def filled_database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database that holds the tables of every installed plugin, and their seeds."""
    if database_kind == "sqlite":
        copy = tmp_path / "data" / "tmws.db"
        copy.parent.mkdir()
        shutil.copy(request.getfixturevalue("sqlite_template"), copy)
        yield f"sqlite:///{copy}"
        return
    reserve: Reserve = request.getfixturevalue("postgresql_reserve")
    with reserve.lent() as url:
        yield url


@pytest.fixture
def shared_database_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    """The URL of one database that all tests of a run share, filled as `filled_database_url`; nobody commits to it."""
    return str(request.getfixturevalue(f"shared_{database_kind}"))


@pytest.fixture(scope="session")
def shared_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The shared database on SQLite."""
    file = tmp_path_factory.mktemp("shared") / "tmws.db"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(scope="session")
def shared_postgresql(postgresql_server: str, postgresql_template: str) -> Iterator[str]:
    """The shared database on PostgreSQL."""
    name = new_database(postgresql_server, postgresql_template)
    yield in_database(postgresql_server, name)
    drop_database(postgresql_server, name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that holds the tables of every installed plugin, to be copied."""
    file = tmp_path_factory.mktemp("template") / "tmws.db"
    create_everything(f"sqlite:///{file}", file.parent)
    return file
