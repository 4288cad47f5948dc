"""A unit of work opens its session when it is needed, and its parts count as a whole or not at all."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text

from tmws_core.database import Database
from tmws_core.schema.engine import database_urls, prepare_file, schema_engine
from tmws_core.unit_of_work import UnitOfWork


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with one table."""
    url, _ = database_urls(database_url)
    prepare_file(url)
    with schema_engine(url).connect() as connection, connection.begin():
        connection.execute(text("CREATE TABLE notes (id INTEGER)"))
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def work(database: Database) -> AsyncIterator[UnitOfWork]:
    """A writing unit of work."""
    made = UnitOfWork(database, read_only=False)
    yield made
    await made.close()


async def _insert(work: UnitOfWork, number: int) -> None:
    await work.session.execute(text(f"INSERT INTO notes VALUES ({number})"))


async def _kept(database: Database) -> list[int]:
    async with database.session(read_only=True) as session:
        return list((await session.scalars(text("SELECT id FROM notes ORDER BY id"))).all())


async def test_a_unit_that_needs_no_session_opens_none(database: Database) -> None:
    work = UnitOfWork(database, read_only=False)
    await work.commit()
    await work.close()
    assert work._session is None


async def test_there_is_one_session(work: UnitOfWork) -> None:
    assert work.session is work.session


async def test_what_is_committed_is_kept(work: UnitOfWork, database: Database) -> None:
    await _insert(work, 1)
    await work.commit()
    assert await _kept(database) == [1]


async def test_what_is_closed_without_a_commit_is_gone(work: UnitOfWork, database: Database) -> None:
    await _insert(work, 1)
    await work.close()
    assert await _kept(database) == []


@pytest.mark.parametrize("begun", [True, False])
async def test_a_part_that_fails_is_taken_back_alone(work: UnitOfWork, database: Database, begun: bool) -> None:
    if begun:
        await _insert(work, 1)
    work.publish("before", {})
    with pytest.raises(LookupError):
        async with work.part("notes_add"):
            await _insert(work, 2)
            work.publish("within", {})
            raise LookupError
    await _insert(work, 3)
    await work.commit()
    assert await _kept(database) == ([1, 3] if begun else [3])
    assert work.published == [("before", {})]


async def test_a_part_that_succeeds_is_kept_with_the_rest(work: UnitOfWork, database: Database) -> None:
    await _insert(work, 1)
    async with work.part("notes_add"):
        await _insert(work, 2)
    await work.commit()
    assert await _kept(database) == [1, 2]


async def test_a_part_that_writes_nothing_opens_no_session(database: Database) -> None:
    work = UnitOfWork(database, read_only=False)
    async with work.part("notes_add"):
        pass
    assert work._session is None


async def test_a_transaction_on_its_own_is_committed_at_once(work: UnitOfWork, database: Database) -> None:
    await work.transaction(lambda session: session.execute(text("INSERT INTO notes VALUES (1)")))
    assert await _kept(database) == [1]


async def test_a_transaction_belongs_to_the_session_that_is_in_use(work: UnitOfWork, database: Database) -> None:
    await _insert(work, 1)
    await work.transaction(lambda session: session.execute(text("INSERT INTO notes VALUES (2)")))
    await work.close()
    assert await _kept(database) == []


async def test_a_transaction_within_a_part_is_committed_with_the_whole(work: UnitOfWork, database: Database) -> None:
    async with work.part("notes_add"):
        await work.transaction(lambda session: session.execute(text("INSERT INTO notes VALUES (1)")))
    assert await _kept(database) == []
    await work.commit()
    assert await _kept(database) == [1]
