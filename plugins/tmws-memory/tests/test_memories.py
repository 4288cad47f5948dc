"""What is written, what stays as it was when a call fails, and what others cannot reach."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from tmws_agents.models.agent import Agent
from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.identifiers import new_identifier
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_core.tool_errors import AlreadyChanged, InternalError, NotFound, TooLarge, ToolError
from tmws_memory import memories
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.settings import MemorySettings

CallTool = Callable[..., Awaitable[dict[str, Any]]]
ReadResource = Callable[..., Awaitable[str]]

DOORS = ["memory_get", "memory_update", "memory_delete", "resource"]


@pytest.fixture
async def other_process(application: Application, settings: Settings) -> AsyncIterator[Application]:
    """A second application on the same database."""
    async with Application(settings) as opened:
        yield opened


async def count(application: Application, model: type[Memory | Document | Agent]) -> int:
    async with application.database.session(read_only=True) as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def expire(application: Application) -> None:
    async with application.database.session(read_only=False) as session:
        await session.execute(update(Memory).values(expires_at=utc_now() - timedelta(minutes=1)))
        await session.commit()


async def answer(
    call: CallTool, read: ReadResource, door: str, memory_id: str, principal: Principal
) -> tuple[str, str, str, dict[str, Any]]:
    """What a door answers that does not open: all of it, with the identifier taken out."""
    with pytest.raises(ToolError) as refused:
        if door == "resource":
            await read(f"memory://{memory_id}", principal)
        else:
            changes = {"content": "mine"} if door == "memory_update" else {}
            await call(door, principal, memory_id=memory_id, **changes)
    error = refused.value
    return error.code, str(error).replace(memory_id, "ID"), error.hint, error.details


async def test_a_text_is_stored_with_its_digest(application: Application, call: CallTool) -> None:
    await call("memory_store", content="Grüße 🎉")
    async with application.database.session(read_only=True) as session:
        assert await session.scalar(select(Memory.content_hash)) == sha256("Grüße 🎉".encode()).hexdigest()


async def test_a_changed_text_has_a_digest_of_its_own(application: Application, call: CallTool) -> None:
    stored = await call("memory_store", content="before")
    await call("memory_update", memory_id=stored["id"], content="after")
    async with application.database.session(read_only=True) as session:
        assert await session.scalar(select(Memory.content_hash)) == sha256(b"after").hexdigest()


async def test_who_stores_is_registered(application: Application, call: CallTool) -> None:
    await call("memory_store", content="x")
    async with application.database.session(read_only=True) as session:
        assert await session.scalar(select(Agent.namespace).where(Agent.agent_id == "alice")) == "place"


async def test_who_only_reads_is_not_registered(application: Application, call: CallTool) -> None:
    before = await count(application, Agent)
    await call("memory_list")
    assert await count(application, Agent) == before


async def test_a_text_of_the_largest_size_is_stored(call: CallTool, settings: Settings) -> None:
    most = settings.section(MemorySettings).max_content_bytes
    assert len((await call("memory_store", content="ü" * (most // 2)))["content"]) == most // 2


async def test_a_text_that_is_too_large_is_refused(
    application: Application, call: CallTool, settings: Settings
) -> None:
    most = settings.section(MemorySettings).max_content_bytes
    with pytest.raises(TooLarge, match=f"{most + 2} bytes"):
        await call("memory_store", content="ü" * (most // 2 + 1))
    assert await count(application, Memory) == 0


async def test_a_memory_is_not_made_too_large(call: CallTool, settings: Settings) -> None:
    stored = await call("memory_store", content="small")
    most = settings.section(MemorySettings).max_content_bytes
    with pytest.raises(TooLarge):
        await call("memory_update", memory_id=stored["id"], content="x" * (most + 1))
    assert await call("memory_get", memory_id=stored["id"]) == stored


async def test_how_large_a_memory_may_be_is_a_setting(filled_database_url: str, settings: Settings) -> None:
    small = Settings(
        {"TMWS_MEMORY_MAX_CONTENT_BYTES": "10"}, home=settings.home, database_url=filled_database_url, strict=True
    )
    async with Application(small) as application:
        caller = Call(Principal("alice", "place", frozenset({"*"})), "mcp")
        await application.pipeline.call_tool(caller, "memory_store", {"content": "x" * 10})
        with pytest.raises(TooLarge, match="TMWS_MEMORY_MAX_CONTENT_BYTES"):
            await application.pipeline.call_tool(caller, "memory_store", {"content": "x" * 11})


async def test_a_failed_call_leaves_rows_and_index_as_they_were(application: Application, alice: Principal) -> None:
    async def store_and_fail(context: Context) -> None:
        await memories.store(context, "tortoise", "place")
        await context.session.flush()
        raise RuntimeError("it breaks after everything is written")

    with pytest.raises(InternalError):
        await application.pipeline.run(Call(alice, "mcp"), "test", None, store_and_fail, read_only=False)
    assert await count(application, Memory) == await count(application, Document) == 0
    found = await application.pipeline.call_tool(Call(alice, "mcp"), "memory_search", {"query": "tortoise"})
    assert found == {"result": []}


async def test_a_failed_change_leaves_the_index_as_it_was(
    application: Application, alice: Principal, call: CallTool
) -> None:
    stored = await call("memory_store", content="tortoise")

    async def change_and_fail(context: Context) -> None:
        await memories.update(context, stored["id"], {"content": "hare"}, None)
        await context.session.flush()
        raise RuntimeError("it breaks after everything is written")

    with pytest.raises(InternalError):
        await application.pipeline.run(Call(alice, "mcp"), "test", None, change_and_fail, read_only=False)
    assert [hit["memory"] for hit in (await call("memory_search", query="tortoise"))["result"]] == [stored]
    assert (await call("memory_search", query="hare"))["result"] == []


async def test_a_deleted_memory_leaves_nothing_behind(application: Application, call: CallTool) -> None:
    stored = await call("memory_store", content="tortoise")
    await call("memory_delete", memory_id=stored["id"])
    assert await count(application, Memory) == await count(application, Document) == 0
    assert (await call("memory_search", query="tortoise"))["result"] == []


async def test_of_two_changes_to_one_version_one_wins(
    application: Application, other_process: Application, alice: Principal, call: CallTool
) -> None:
    stored = await call("memory_store", content="before")
    arguments = {"memory_id": stored["id"], "expected_version": 1}
    outcomes = await asyncio.gather(
        application.pipeline.call_tool(Call(alice, "mcp"), "memory_update", arguments | {"content": "first"}),
        other_process.pipeline.call_tool(Call(alice, "mcp"), "memory_update", arguments | {"content": "second"}),
        return_exceptions=True,
    )
    (won,) = [outcome for outcome in outcomes if isinstance(outcome, dict)]
    (lost,) = [outcome for outcome in outcomes if isinstance(outcome, ToolError)]
    assert lost.code == "conflict"
    assert await call("memory_get", memory_id=stored["id"]) == won
    assert won["version"] == 2


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_a_change_that_waited_for_another_one_is_a_conflict(
    application: Application, other_process: Application, alice: Principal, call: CallTool
) -> None:
    stored = await call("memory_store", content="before")
    changed, waited = asyncio.Event(), asyncio.Event()

    async def change_and_wait(context: Context) -> None:
        await memories.update(context, stored["id"], {"content": "first"}, None)
        changed.set()
        await waited.wait()

    first = asyncio.create_task(
        application.pipeline.run(Call(alice, "mcp"), "test", None, change_and_wait, read_only=False)
    )
    await changed.wait()
    late = {"memory_id": stored["id"], "content": "second"}
    second = asyncio.create_task(other_process.pipeline.call_tool(Call(alice, "mcp"), "memory_update", late))
    await _until_something_waits_for_a_lock(application)
    waited.set()
    await first
    with pytest.raises(AlreadyChanged):
        await second
    assert (await call("memory_get", memory_id=stored["id"]))["content"] == "first"


@pytest.mark.parametrize("door", DOORS)
async def test_a_foreign_memory_is_answered_like_none(
    call: CallTool, read: ReadResource, bob: Principal, door: str
) -> None:
    stored = await call("memory_store", content="secret")
    foreign = await answer(call, read, door, stored["id"], bob)
    assert foreign == await answer(call, read, door, new_identifier(), bob)
    assert foreign[0] == NotFound.code
    assert "ID" in foreign[1]
    assert await call("memory_get", memory_id=stored["id"]) == stored


@pytest.mark.parametrize("door", DOORS)
async def test_an_expired_memory_is_answered_like_none(
    application: Application, call: CallTool, read: ReadResource, alice: Principal, door: str
) -> None:
    stored = await call("memory_store", content="secret")
    await expire(application)
    expired = await answer(call, read, door, stored["id"], alice)
    assert expired == await answer(call, read, door, new_identifier(), alice)


@pytest.mark.parametrize("memory_id", ["x", "a\0b", "\ud800", "' OR 1=1 --", "%"])
async def test_what_is_no_identifier_is_answered_like_an_unknown_one(
    call: CallTool, read: ReadResource, alice: Principal, memory_id: str
) -> None:
    for door in DOORS:
        code, _, hint, details = await answer(call, read, door, memory_id, alice)
        unknown = await answer(call, read, door, new_identifier(), alice)
        assert (code, hint, details) == (unknown[0], unknown[2], unknown[3])


async def test_a_wrong_version_of_a_foreign_memory_is_answered_like_none(call: CallTool, bob: Principal) -> None:
    stored = await call("memory_store", content="secret")
    with pytest.raises(NotFound):
        await call("memory_update", bob, memory_id=stored["id"], content="mine", expected_version=7)


async def test_others_find_and_count_nothing(call: CallTool, bob: Principal) -> None:
    await call("memory_store", content="secret tortoise")
    page = await call("memory_list", bob)
    assert (page["memories"], page["total"]) == ([], 0)
    assert (await call("memory_search", bob, query="tortoise"))["result"] == []


async def test_expired_memories_are_not_counted(application: Application, call: CallTool) -> None:
    await call("memory_store", content="tortoise")
    await expire(application)
    page = await call("memory_list")
    assert (page["memories"], page["total"]) == ([], 0)
    assert (await call("memory_search", query="tortoise"))["result"] == []


async def _until_something_waits_for_a_lock(application: Application) -> None:
    """Ask PostgreSQL until a session of this database is blocked by another one."""
    waiters = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with application.database.writer.connect() as connection:
        while not await connection.scalar(text(waiters)):
            await connection.rollback()
