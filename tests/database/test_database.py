"""The server reads and writes through sessions that do not hinder each other."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tmws_core.database import Database
from tmws_core.errors import ConfigurationError
from tmws_core.schema.engine import database_urls, prepare_file, schema_engine, use_write_ahead_log

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with one table, opened."""
    url, _ = database_urls(database_url)
    prepare_file(url)
    with schema_engine(url).connect() as connection:
        use_write_ahead_log(connection)
        with connection.begin():
            connection.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES notes)"))
    opened = Database(database_url)
    await opened.open()
    yield opened
    await opened.close()


async def _count(database: Database) -> int:
    async with database.session(read_only=True) as session:
        return int(await session.scalar(text("SELECT count(*) FROM notes")) or 0)


async def test_what_is_committed_is_read(database: Database) -> None:
    async with database.session(read_only=False) as session:
        await session.execute(text("INSERT INTO notes (id) VALUES (1)"))
        await session.commit()
    assert await _count(database) == 1


async def test_what_is_not_committed_is_gone(database: Database) -> None:
    async with database.session(read_only=False) as session:
        await session.execute(text("INSERT INTO notes (id) VALUES (1)"))
    assert await _count(database) == 0


async def test_a_reading_session_cannot_write(database: Database) -> None:
    async with database.session(read_only=True) as session:
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            await session.execute(text("INSERT INTO notes (id) VALUES (1)"))


async def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    async with database.session(read_only=False) as session:
        await session.execute(text("INSERT INTO notes (id) VALUES (1)"))
        assert await _count(database) == 0
        await session.commit()
    assert await _count(database) == 1


async def test_a_reader_sees_one_moment(database: Database) -> None:
    async with database.session(read_only=True) as session:
        level = "SELECT 1" if database.checkpointer else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
        await session.execute(text(level))
        before = await session.scalar(text("SELECT count(*) FROM notes"))
        await _insert(database)
        assert await session.scalar(text("SELECT count(*) FROM notes")) == before
    assert await _count(database) == 1


async def _insert(database: Database) -> None:
    async with database.session(read_only=False) as session:
        await session.execute(text("INSERT INTO notes (id) SELECT coalesce(max(id), 0) + 1 FROM notes"))
        await session.commit()


@SQLITE
async def test_writers_that_read_first_take_turns(database: Database) -> None:
    await asyncio.gather(*(_insert(database) for _ in range(10)))
    assert await _count(database) == 10


@SQLITE
async def test_writers_of_two_servers_take_turns(database: Database, database_url: str) -> None:
    other = Database(database_url)
    await asyncio.gather(*(_insert(one) for one in (database, other) * 10))
    await other.close()
    assert await _count(database) == 20


async def test_foreign_keys_are_enforced(database: Database) -> None:
    async with database.session(read_only=False) as session:
        with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
            await session.execute(text("INSERT INTO notes (id, parent) VALUES (1, 7)"))


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_postgresql_has_no_checkpointer(database: Database) -> None:
    assert database.checkpointer is None


async def test_a_url_that_cannot_be_used_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        Database("sqlite://")


def test_nothing_is_opened_before_it_is_needed(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'tmws.db'}")
    asyncio.run(database.close())
    assert list(tmp_path.iterdir()) == []


def _insert_one(session: Session) -> None:
    session.execute(text("INSERT INTO notes (id) SELECT coalesce(max(id), 0) + 1 FROM notes"))


async def test_a_transaction_is_committed_when_its_work_returns(database: Database) -> None:
    def work(session: Session) -> int:
        _insert_one(session)
        return 7

    assert await database.transaction(work, read_only=False) == 7
    assert await _count(database) == 1


async def test_a_transaction_is_rolled_back_when_its_work_raises(database: Database) -> None:
    def work(session: Session) -> None:
        _insert_one(session)
        raise LookupError("on purpose")

    with pytest.raises(LookupError, match="on purpose"):
        await database.transaction(work, read_only=False)
    assert await _count(database) == 0


async def test_a_reading_transaction_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        await database.transaction(_insert_one, read_only=True)


async def test_foreign_keys_are_enforced_in_a_transaction(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        await database.transaction(
            lambda session: session.execute(text("INSERT INTO notes (id, parent) VALUES (1, 7)")), read_only=False
        )


@SQLITE
async def test_transactions_and_sessions_of_two_servers_take_turns(database: Database, database_url: str) -> None:
    other = Database(database_url)
    work = [one.transaction(_insert_one, read_only=False) for one in (database, other) * 5]
    await asyncio.gather(*work, *(_insert(one) for one in (database, other) * 5))
    await other.close()
    assert await _count(database) == 20


async def test_a_cancelled_transaction_leaves_nothing_behind(database: Database) -> None:
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def endless(session: Session) -> None:
        _insert_one(session)
        loop.call_soon_threadsafe(begun.set)
        session.execute(text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"))

    running = asyncio.ensure_future(database.transaction(endless, read_only=False))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await _count(database) == 0
    await database.transaction(_insert_one, read_only=False)
    assert await _count(database) == 1
