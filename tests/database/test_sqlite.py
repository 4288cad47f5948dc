"""SQLite connections are set for several processes on one file."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from tmws_core.database import Database
from tmws_core.database.sqlite import has_wal_reset_bug

COMMON = {"foreign_keys": 1, "busy_timeout": 30000, "temp_store": 2, "journal_size_limit": 67108864}


@pytest_asyncio.fixture(params=["FULL", "NORMAL"])
async def database(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database in each mode of durability."""
    opened = Database(f"sqlite:///{tmp_path / 'tmws.db'}", request.param)
    yield opened
    await opened.close()


async def _pragma(database: Database, name: str, *, read_only: bool) -> object:
    async with database.session(read_only=read_only) as session:
        return await session.scalar(text(f"PRAGMA {name}"))


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("name", COMMON)
async def test_every_connection_is_set(database: Database, name: str, read_only: bool) -> None:
    assert await _pragma(database, name, read_only=read_only) == COMMON[name]


async def test_a_writing_connection_has_the_durability_that_was_asked_for(
    database: Database, request: pytest.FixtureRequest
) -> None:
    wanted = {"FULL": 2, "NORMAL": 1}[request.node.callspec.params["database"]]
    assert await _pragma(database, "synchronous", read_only=False) == wanted


async def test_a_reading_connection_refuses_to_write_and_never_checkpoints(database: Database) -> None:
    assert await _pragma(database, "query_only", read_only=True) == 1
    assert await _pragma(database, "wal_autocheckpoint", read_only=True) == 0


async def test_a_writing_transaction_takes_the_write_lock_at_once(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'tmws.db'}")
    async with database.session(read_only=False) as session:
        await session.execute(text("SELECT 1"))
        with (
            closing(sqlite3.connect(tmp_path / "tmws.db", timeout=0, isolation_level=None)) as other,
            pytest.raises(sqlite3.OperationalError, match="database is locked"),
        ):
            other.execute("BEGIN IMMEDIATE")
    await database.close()


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
    ],
)
def test_the_versions_that_may_damage_a_file_are_known(version: tuple[int, ...], affected: bool) -> None:
    assert has_wal_reset_bug(version) is affected
