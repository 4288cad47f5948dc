"""What is stored, and what counts as stored already."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.pipeline import Call
from tmws_memory.draft import Draft
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.removal import archive, delete
from tmws_memory.storage import Stored, store

Remember = Callable[..., Awaitable[str]]

on_postgresql = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


@pytest.fixture
def environment() -> dict[str, str]:
    """Nothing is written in the background."""
    return {"TMWS_MEMORY_EMBEDDINGS": "false"}


def draft(content: str = "text", **values: Any) -> Draft:
    return Draft(**({"content": content, "namespace": "place"} | values))


@pytest.fixture
async def registered(application: Application, alice: Principal) -> None:
    """Alice is known to the server, so that nobody waits for her to be registered."""
    await application.pipeline.call_tool(Call(alice, "mcp"), "memory_store", {"content": "the first of all"})


async def count(session: AsyncSession, model: type[Memory | Document]) -> int:
    return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_a_draft_becomes_a_memory_of_the_caller(session: AsyncSession, alice: Principal) -> None:
    (stored,) = await session.run_sync(store, alice, [draft("text", namespace="elsewhere")])
    found = await session.get_one(Memory, stored.memory.id)
    assert (found.content, found.agent_id, found.namespace) == ("text", "alice", "elsewhere")
    assert not stored.is_duplicate


async def test_everything_in_a_draft_is_stored(session: AsyncSession, alice: Principal) -> None:
    moment, end = datetime(2020, 5, 1, tzinfo=UTC), utc_now() + timedelta(days=1)
    full = draft(
        memory_type="decision",
        tags=["a"],
        importance=0.9,
        context={"since": [2026]},
        source_url="https://example.com",
        access_level="team",
        expires_at=end,
        created_at=moment,
        summary="short",
        relevance=0.1,
    )
    (stored,) = await session.run_sync(store, alice, [full])
    found = await session.get_one(Memory, stored.memory.id)
    assert (found.memory_type, found.tags, found.importance_score) == ("decision", ["a"], 0.9)
    assert (found.context, found.source_url, found.access_level) == ({"since": [2026]}, "https://example.com", "team")
    assert (found.expires_at, found.created_at) == (end, moment)
    assert (found.summary, found.relevance_score) == ("short", 0.1)


async def test_the_session_and_the_origin_are_kept(session: AsyncSession, alice: Principal) -> None:
    (stored,) = await session.run_sync(store, alice, [draft(session="talk 1", origin="import")])
    found = await session.get_one(Memory, stored.memory.id)
    assert found.metadata_json == {"session": "talk 1", "origin": "import"}


async def test_a_text_is_stored_with_its_digest(session: AsyncSession, remember: Remember) -> None:
    await remember("Grüße 🎉")
    assert await session.scalar(select(Memory.content_hash)) == sha256("Grüße 🎉".encode()).hexdigest()


async def test_who_stores_is_registered(session: AsyncSession, remember: Remember) -> None:
    await remember()
    assert await session.scalar(select(Agent.namespace).where(Agent.agent_id == "alice")) == "place"


async def test_what_is_stored_is_in_the_index(session: AsyncSession, remember: Remember) -> None:
    memory_id = await remember("the tortoise")
    document = (await session.scalars(select(Document))).one()
    assert (document.memory_id, document.body) == (memory_id, "the tortoise")


async def test_memories_of_a_session_stand_in_the_order_of_their_drafts(
    session: AsyncSession, alice: Principal
) -> None:
    drafts = [draft(f"line {number}", session="talk") for number in range(20)]
    await session.run_sync(store, alice, drafts[:10])
    await session.run_sync(store, alice, drafts[10:])
    bodies = await session.scalars(select(Document.body).order_by(Document.position))
    assert bodies.all() == [one.content for one in drafts]


async def test_the_same_text_is_not_stored_twice(session: AsyncSession, alice: Principal) -> None:
    (first,) = await session.run_sync(store, alice, [draft()])
    (second,) = await session.run_sync(store, alice, [draft(tags=["other"])])
    assert (second.is_duplicate, second.memory.id) == (True, first.memory.id)
    assert await session.scalar(select(Memory.tags)) == []
    assert await count(session, Document) == 1


async def test_the_same_text_of_another_owner_is_stored(
    session: AsyncSession, remember: Remember, bob: Principal
) -> None:
    assert await remember("text") != await remember("text", bob)
    assert await count(session, Memory) == 2


async def test_the_same_text_in_another_namespace_is_stored(session: AsyncSession, remember: Remember) -> None:
    assert await remember("text") != await remember("text", namespace="elsewhere")
    assert await count(session, Memory) == 2


@pytest.mark.parametrize("other", ["Text", "text ", "te\u0301xt", "text\u200f"])
async def test_a_text_that_differs_in_a_character_is_another_one(
    session: AsyncSession, remember: Remember, other: str
) -> None:
    await remember("text")
    await remember(other)
    assert await count(session, Memory) == 2


async def test_a_text_that_is_twice_in_a_batch_is_stored_once(session: AsyncSession, alice: Principal) -> None:
    first, other, second = await session.run_sync(store, alice, [draft("a"), draft("b"), draft("a")])
    assert [one.is_duplicate for one in (first, other, second)] == [False, False, True]
    assert first.memory.id == second.memory.id != other.memory.id
    assert await count(session, Memory) == await count(session, Document) == 2


async def test_a_batch_may_have_what_is_there_and_what_is_new(session: AsyncSession, alice: Principal) -> None:
    await session.run_sync(store, alice, [draft("b")])
    stored = await session.run_sync(store, alice, [draft("a"), draft("b"), draft("c")])
    assert [(one.memory.content, one.is_duplicate) for one in stored] == [("a", False), ("b", True), ("c", False)]


async def test_nothing_is_stored_of_no_drafts(session: AsyncSession, alice: Principal) -> None:
    assert await session.run_sync(store, alice, []) == []


async def test_a_batch_is_larger_than_one_question_to_the_database(session: AsyncSession, alice: Principal) -> None:
    drafts = [draft(str(number)) for number in range(1001)]
    await session.run_sync(store, alice, drafts)
    again = await session.run_sync(store, alice, drafts)
    assert all(one.is_duplicate for one in again)
    assert [one.memory.content for one in again] == [one.content for one in drafts]


async def test_a_deleted_twin_makes_room(session: AsyncSession, remember: Remember, alice: Principal) -> None:
    former = await remember()
    await session.run_sync(delete, alice, former)
    assert await remember() != former


async def test_an_archived_twin_makes_room(session: AsyncSession, remember: Remember) -> None:
    former = await remember()
    await session.run_sync(archive, [await session.get_one(Memory, former)])
    assert await remember() != former


async def test_an_expired_twin_makes_room(session: AsyncSession, remember: Remember) -> None:
    former = await remember(expires_at=utc_now() - timedelta(minutes=1))
    anew = await remember()
    assert anew != former
    assert (await session.scalars(select(Document.memory_id))).all() == [anew]
    assert (await session.get_one(Memory, former)).deleted_at is not None


@on_postgresql
async def test_what_another_process_is_storing_is_a_duplicate(
    application: Application, other_process: Application, alice: Principal, registered: None
) -> None:
    async with (
        application.database.session(read_only=False) as first,
        other_process.database.session(read_only=False) as second,
    ):
        (won,) = await first.run_sync(store, alice, [draft("same")])
        late = asyncio.create_task(second.run_sync(store, alice, [draft("before"), draft("same"), draft("after")]))
        await _until_something_waits_for_a_lock(application)
        await first.commit()
        stored = await late
        await second.commit()
        assert [one.is_duplicate for one in stored] == [False, True, False]
        assert stored[1].memory.id == won.memory.id
        assert await count(first, Memory) == await count(first, Document) == 4


@on_postgresql
async def test_what_another_process_is_storing_makes_room_when_it_is_expired(
    application: Application, other_process: Application, alice: Principal, registered: None
) -> None:
    async with (
        application.database.session(read_only=False) as first,
        other_process.database.session(read_only=False) as second,
    ):
        await first.run_sync(store, alice, [draft(expires_at=utc_now() - timedelta(minutes=1))])
        late: asyncio.Task[list[Stored]] = asyncio.create_task(second.run_sync(store, alice, [draft()]))
        await _until_something_waits_for_a_lock(application)
        await first.commit()
        (stored,) = await late
        await second.commit()
        assert not stored.is_duplicate
        documents = await first.scalars(select(Document.memory_id).where(Document.body == "text"))
        assert documents.all() == [stored.memory.id]


@on_postgresql
async def test_who_stores_the_same_in_opposite_orders_does_not_wait_for_ever(
    application: Application, other_process: Application, alice: Principal, registered: None
) -> None:
    drafts = [draft(f"note {number}") for number in range(9)]
    async with (
        application.database.session(read_only=False) as blocker,
        application.database.session(read_only=False) as first,
        other_process.database.session(read_only=False) as second,
    ):
        await blocker.run_sync(store, alice, drafts[4:5])

        async def stored(by: AsyncSession, ordered: list[Draft]) -> list[Stored]:
            result = await by.run_sync(store, alice, ordered)
            await by.commit()
            return result

        one = asyncio.create_task(stored(first, drafts))
        await _until_something_waits_for_a_lock(application)
        other = asyncio.create_task(stored(second, drafts[::-1]))
        await _until_something_waits_for_a_lock(application, 2)
        await blocker.rollback()
        new = [result.memory.id for result in [*await one, *await other] if not result.is_duplicate]
        assert len(new) == len(set(new)) == 9


async def test_of_many_who_store_the_same_at_once_one_has_stored_it(
    application: Application, other_process: Application, alice: Principal, registered: None
) -> None:
    calls = [
        one.pipeline.call_tool(Call(alice, "mcp"), "memory_store", {"content": "the same"})
        for one in (application, other_process) * 5
    ]
    receipts = await asyncio.gather(*calls)
    assert len({receipt["id"] for receipt in receipts}) == 1
    assert sorted(receipt["duplicate"] for receipt in receipts) == [False] + [True] * 9


async def _until_something_waits_for_a_lock(application: Application, waiting: int = 1) -> None:
    """Ask PostgreSQL until so many sessions of this database are blocked by another one."""
    waiters = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with application.database.writer.connect() as connection:
        while await connection.scalar(text(waiters)) != waiting:
            await connection.rollback()
