"""To share a memory, and to take that back."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.identifiers import new_identifier
from tmws_core.pipeline import Call
from tmws_core.tool_errors import InvalidArguments, NotFound, PermissionDenied
from tmws_memory import changes, grants
from tmws_memory.access import readable
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing
from tmws_memory.removal import delete
from tmws_memory.scope import open_audience
from tmws_memory.settings import MemorySettings

CallTool = Callable[..., Awaitable[dict[str, Any]]]
Remember = Callable[..., Awaitable[str]]


@pytest.fixture
def environment() -> dict[str, str]:
    """Nothing is written in the background."""
    return {"TMWS_MEMORY_EMBEDDINGS": "false"}


@pytest.fixture
async def others(remember: Remember, bob: Principal, stranger: Principal) -> None:
    """Bob and the stranger are known to the server."""
    await remember("of bob", bob)
    await remember("of the stranger", stranger)


async def reads(session: AsyncSession, memory_id: str, principal: Principal) -> bool:
    found = await session.scalar(select(Memory.id).where(Memory.id == memory_id, readable(principal)))
    return found is not None


async def set_level(session: AsyncSession, owner: Principal, memory_id: str, level: str) -> None:
    change, settings = {"access_level": level}, MemorySettings.model_validate({})
    await session.run_sync(changes.update, owner, memory_id, change, settings=settings)


async def scope(session: AsyncSession, memory_id: str) -> list[str]:
    return str(await session.scalar(select(Document.scope).where(Document.memory_id == memory_id))).split()


async def test_who_was_granted_a_memory_reads_it(
    session: AsyncSession, remember: Remember, alice: Principal, stranger: Principal, others: None
) -> None:
    memory_id = await remember()
    await session.run_sync(grants.share, alice, memory_id, "stranger", "read", None)
    assert await reads(session, memory_id, stranger)


async def test_a_private_memory_becomes_a_shared_one(
    session: AsyncSession, remember: Remember, alice: Principal, others: None
) -> None:
    memory = await session.run_sync(grants.share, alice, await remember(), "bob", "read", None)
    assert (memory.access_level, memory.shared_with_agents) == ("shared", ["bob"])
    assert open_audience(memory.namespace) in await scope(session, memory.id)


async def test_a_private_memory_is_shared_with_nobody_but_whom_it_is_shared_with_now(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal, stranger: Principal, others: None
) -> None:
    memory_id = await remember(access_level="team")
    await session.run_sync(grants.share, alice, memory_id, "bob", "write", None)
    await set_level(session, alice, memory_id, "private")
    memory = await session.run_sync(grants.share, alice, memory_id, "stranger", "read", None)
    assert (memory.access_level, memory.shared_with_agents) == ("shared", ["stranger"])
    assert [await reads(session, memory_id, agent) for agent in (bob, stranger)] == [False, True]


async def test_a_grant_outlives_that_its_memory_was_private_for_a_while(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal, others: None
) -> None:
    memory_id = await remember()
    await session.run_sync(grants.share, alice, memory_id, "bob", "read", None)
    await set_level(session, alice, memory_id, "private")
    suspended = await reads(session, memory_id, bob)
    await set_level(session, alice, memory_id, "shared")
    assert (suspended, await reads(session, memory_id, bob)) == (False, True)


@pytest.mark.parametrize("level", ["team", "public", "system"])
async def test_a_wider_level_stays_as_it_is(
    session: AsyncSession, remember: Remember, alice: Principal, others: None, level: str
) -> None:
    memory = await session.run_sync(grants.share, alice, await remember(access_level=level), "bob", "write", None)
    assert memory.access_level == level


async def test_to_share_is_no_new_version(
    session: AsyncSession, remember: Remember, alice: Principal, others: None
) -> None:
    memory_id = await remember()
    await session.run_sync(grants.share, alice, memory_id, "bob", "read", None)
    session.expire_all()
    assert (await session.get_one(Memory, memory_id)).version == 1


async def test_a_second_grant_takes_the_place_of_the_first(
    session: AsyncSession, remember: Remember, alice: Principal, others: None
) -> None:
    memory_id, end = await remember(), utc_now() + timedelta(days=1)
    await session.run_sync(grants.share, alice, memory_id, "bob", "delete", end)
    await session.run_sync(grants.share, alice, memory_id, "bob", "read", None)
    (grant,) = await session.run_sync(grants.of, [memory_id])
    assert (grant.permission, grant.expires_at, grant.shared_by_agent_id) == ("read", None, "alice")


async def test_grants_are_listed_by_agent(
    session: AsyncSession, remember: Remember, alice: Principal, others: None
) -> None:
    memory_id = await remember()
    await session.run_sync(grants.share, alice, memory_id, "stranger", "read", None)
    memory = await session.run_sync(grants.share, alice, memory_id, "bob", "read", None)
    listed = [grant.shared_with_agent_id for grant in await session.run_sync(grants.of, [memory_id])]
    assert listed == memory.shared_with_agents == ["bob", "stranger"]


async def test_a_memory_is_not_shared_with_its_owner(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    with pytest.raises(InvalidArguments, match="yours already"):
        await session.run_sync(grants.share, alice, await remember(), "alice", "read", None)


@pytest.mark.parametrize("agent_id", ["nobody", "' OR 1=1 --", "‮bob"])
async def test_an_agent_that_nobody_knows_is_granted_nothing(
    session: AsyncSession, remember: Remember, alice: Principal, agent_id: str
) -> None:
    with pytest.raises(NotFound, match="there is no agent"):
        await session.run_sync(grants.share, alice, await remember(), agent_id, "read", None)


async def test_who_may_do_everything_else_does_not_share(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal, others: None
) -> None:
    memory_id = await remember()
    await session.run_sync(grants.share, alice, memory_id, "bob", "delete", None)
    with pytest.raises(PermissionDenied, match="may not share"):
        await session.run_sync(grants.share, bob, memory_id, "stranger", "read", None)
    with pytest.raises(PermissionDenied, match="may not share"):
        await session.run_sync(grants.unshare, bob, memory_id, "bob")


async def test_who_cannot_read_hears_of_no_memory(
    session: AsyncSession, remember: Remember, bob: Principal, others: None
) -> None:
    memory_id = await remember()
    with pytest.raises(NotFound):
        await session.run_sync(grants.share, bob, memory_id, "stranger", "read", None)
    with pytest.raises(NotFound):
        await session.run_sync(grants.unshare, bob, memory_id, "stranger")


async def test_a_deleted_memory_is_not_shared(
    session: AsyncSession, remember: Remember, alice: Principal, others: None
) -> None:
    memory_id = await remember()
    await session.run_sync(delete, alice, memory_id)
    with pytest.raises(NotFound):
        await session.run_sync(grants.share, alice, memory_id, "bob", "read", None)


async def test_what_does_not_exist_is_not_shared(session: AsyncSession, alice: Principal) -> None:
    with pytest.raises(NotFound):
        await session.run_sync(grants.share, alice, new_identifier(), "bob", "read", None)


async def test_what_is_taken_back_is_not_read_any_more(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal, others: None
) -> None:
    memory_id = await remember()
    await session.run_sync(grants.share, alice, memory_id, "bob", "read", None)
    await session.run_sync(grants.unshare, alice, memory_id, "bob")
    assert not await reads(session, memory_id, bob)


async def test_a_memory_is_private_again_when_it_is_shared_with_nobody(
    session: AsyncSession, remember: Remember, alice: Principal, others: None
) -> None:
    memory_id = await remember()
    await session.run_sync(grants.share, alice, memory_id, "bob", "read", None)
    await session.run_sync(grants.share, alice, memory_id, "stranger", "read", None)
    memory = await session.run_sync(grants.unshare, alice, memory_id, "bob")
    assert (memory.access_level, memory.shared_with_agents) == ("shared", ["stranger"])
    memory = await session.run_sync(grants.unshare, alice, memory_id, "stranger")
    assert (memory.access_level, memory.shared_with_agents) == ("private", [])
    assert open_audience(memory.namespace) not in await scope(session, memory_id)


async def test_a_wider_level_outlives_the_last_grant(
    session: AsyncSession, remember: Remember, alice: Principal, others: None
) -> None:
    memory_id = await remember(access_level="team")
    await session.run_sync(grants.share, alice, memory_id, "bob", "write", None)
    assert (await session.run_sync(grants.unshare, alice, memory_id, "bob")).access_level == "team"


async def test_what_was_not_shared_is_not_taken_back(
    session: AsyncSession, remember: Remember, alice: Principal, others: None
) -> None:
    with pytest.raises(NotFound, match="is not shared with 'bob'"):
        await session.run_sync(grants.unshare, alice, await remember(), "bob")


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_two_grants_at_once_are_both_known(
    application: Application, other_process: Application, alice: Principal, bob: Principal, call: CallTool
) -> None:
    stored = await call("memory_store", content="x")
    for name in ("bob", "carol"):
        await call("memory_store", Principal(name, "place", frozenset({"*"})), content="y")
    async with application.database.session(read_only=False) as first:
        await first.run_sync(grants.share, alice, stored["id"], "bob", "read", None)
        arguments = {"memory_id": stored["id"], "agent_id": "carol"}
        second = asyncio.create_task(other_process.pipeline.call_tool(Call(alice, "mcp"), "memory_share", arguments))
        await _until_something_waits_for_a_lock(application)
        await first.commit()
        await second
        named = await first.scalar(select(Memory.shared_with_agents).where(Memory.id == stored["id"]))
    assert named == ["bob", "carol"]


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_the_same_grant_twice_at_once_is_one(
    application: Application, other_process: Application, alice: Principal, bob: Principal, call: CallTool
) -> None:
    stored = await call("memory_store", content="x")
    await call("memory_store", bob, content="y")
    async with application.database.session(read_only=False) as first:
        await first.run_sync(grants.share, alice, stored["id"], "bob", "read", None)
        arguments = {"memory_id": stored["id"], "agent_id": "bob", "permission": "write"}
        second = asyncio.create_task(other_process.pipeline.call_tool(Call(alice, "mcp"), "memory_share", arguments))
        await _until_something_waits_for_a_lock(application)
        await first.commit()
        await second
        assert (await first.scalars(select(Sharing.permission))).all() == ["write"]


async def _until_something_waits_for_a_lock(application: Application) -> None:
    """Ask PostgreSQL until a session of this database is blocked by another one."""
    waiters = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with application.database.writer.connect() as connection:
        while not await connection.scalar(text(waiters)):
            await connection.rollback()
