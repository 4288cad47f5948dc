"""Readings are counted some time later, each memory once in a while."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.database import Database
from tmws_memory.accesses import Accesses
from tmws_memory.draft import Draft
from tmws_memory.models.memory import Memory
from tmws_memory.storage import store

Row = tuple[int, float, datetime | None, datetime, int]


@pytest.fixture
async def database(filled_database_url: str) -> AsyncIterator[Database]:
    database = Database(filled_database_url)
    yield database
    await database.close()


async def remembered(database: Database, alice: Principal, *contents: str) -> list[str]:
    drafts = [Draft(content=content, namespace="place") for content in contents]

    def work(session: Session) -> list[str]:
        return [stored.memory.id for stored in store(session, alice, drafts)]

    return await database.transaction(work, read_only=False)


async def rows(database: Database) -> Sequence[Row]:
    columns = Memory.access_count, Memory.relevance_score, Memory.accessed_at, Memory.updated_at, Memory.version

    def work(session: Session) -> list[Row]:
        return [
            (row[0], row[1], row[2], row[3], row[4])
            for row in session.execute(select(*columns).order_by(Memory.content))
        ]

    return await database.transaction(work, read_only=True)


async def change(database: Database, work: Callable[[Session], object]) -> None:
    await database.transaction(work, read_only=False)


async def test_a_reading_counts_and_makes_a_memory_more_relevant(database: Database, alice: Principal) -> None:
    identifiers = await remembered(database, alice, "read", "unread")
    accesses = Accesses(database, 30)
    accesses.note(identifiers[:1])
    await accesses.count()
    (count, relevance, accessed_at, *_), unread = await rows(database)
    assert count == 1
    assert relevance > 0.5
    assert accessed_at is not None
    assert unread[:3] == (0, 0.5, None)


async def test_a_reading_is_no_change(database: Database, alice: Principal) -> None:
    identifiers = await remembered(database, alice, "x")
    ((*_, updated_at, version),) = await rows(database)
    accesses = Accesses(database, 30)
    accesses.note(identifiers)
    await accesses.count()
    ((*_, updated_later, version_later),) = await rows(database)
    assert (updated_later, version_later) == (updated_at, version)


async def test_what_is_read_again_at_once_counts_once(database: Database, alice: Principal) -> None:
    identifiers = await remembered(database, alice, "x")
    accesses = Accesses(database, 30)
    for _ in range(3):
        accesses.note(identifiers * 2)
        await accesses.count()
    ((count, *_),) = await rows(database)
    assert count == 1


async def test_no_memory_is_more_relevant_than_one(database: Database, alice: Principal) -> None:
    identifiers = await remembered(database, alice, "x")
    await change(database, lambda session: session.execute(update(Memory).values(relevance_score=1.0)))
    accesses = Accesses(database, 30)
    accesses.note(identifiers)
    await accesses.count()
    ((_, relevance, *_),) = await rows(database)
    assert relevance == 1


async def test_more_readings_than_fit_one_statement_all_count(database: Database, alice: Principal) -> None:
    identifiers = await remembered(database, alice, *map(str, range(501)))
    accesses = Accesses(database, 30)
    accesses.note(identifiers)
    await accesses.count()
    assert {count for count, *_ in await rows(database)} == {1}


async def test_a_memory_that_is_gone_by_then_is_no_fault(database: Database) -> None:
    accesses = Accesses(database, 30)
    accesses.note(["01a20d32-1e4b-76a7-aea4-ed20a6646db1"])
    await accesses.count()
    assert await rows(database) == []
