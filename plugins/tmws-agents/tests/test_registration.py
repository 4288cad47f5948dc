"""How a caller becomes known."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.database import Database
from tmws_core.settings import Settings
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, PermissionDenied

ALICE = Principal("alice", "wonderland")


@pytest.fixture
async def other_process(application: Application, settings: Settings) -> AsyncIterator[Database]:
    """Connections of their own to the same database, as another process has them."""
    database = Database(settings.database_url)
    yield database
    await database.close()


async def agents_named(session: AsyncSession, agent_id: str) -> int:
    return await session.scalar(select(func.count()).where(Agent.agent_id == agent_id)) or 0


async def test_an_unknown_caller_is_registered_with_its_namespace(session: AsyncSession) -> None:
    await session.run_sync(ensure_registered, ALICE)
    registered = select(Agent.agent_id, Agent.display_name, Namespace.namespace).join(
        Namespace, Namespace.namespace == Agent.namespace
    )
    assert (await session.execute(registered.where(Agent.agent_id == "alice"))).one() == (
        "alice",
        "alice",
        "wonderland",
    )


async def test_a_caller_who_names_itself_gets_no_rights(session: AsyncSession) -> None:
    await session.run_sync(ensure_registered, Principal("alice", "wonderland", frozenset({"*"})))
    standing = select(Agent.role, Agent.tier, Agent.trust_score, Agent.default_access_level)
    assert (await session.execute(standing.where(Agent.agent_id == "alice"))).one() == (
        "viewer",
        "free",
        0.5,
        "private",
    )


async def test_a_caller_in_a_known_namespace_joins_it(session: AsyncSession) -> None:
    await session.run_sync(ensure_registered, Principal("alice", "default"))
    assert await session.scalar(select(Agent.namespace).where(Agent.agent_id == "alice")) == "default"
    assert await session.scalar(select(func.count()).select_from(Namespace)) == 1


async def test_a_known_caller_is_left_as_it_is(session: AsyncSession) -> None:
    row = select(Agent.__table__).where(Agent.agent_id == "hestia-auditor")
    before = (await session.execute(row)).one()
    await session.run_sync(ensure_registered, Principal("hestia-auditor", "elsewhere"))
    assert (await session.execute(row)).one() == before
    assert await session.scalar(select(func.count()).where(Namespace.namespace == "elsewhere")) == 0


async def test_a_caller_is_registered_once(session: AsyncSession) -> None:
    await session.run_sync(ensure_registered, ALICE)
    await session.run_sync(ensure_registered, ALICE)
    assert await agents_named(session, "alice") == 1


async def test_nothing_is_committed(session: AsyncSession) -> None:
    await session.run_sync(ensure_registered, ALICE)
    await session.rollback()
    assert await agents_named(session, "alice") == 0


async def test_what_the_call_has_written_before_stays(session: AsyncSession) -> None:
    session.add(Namespace(namespace="before"))
    await session.flush()
    await session.run_sync(ensure_registered, ALICE)
    assert await session.scalar(select(func.count()).where(Namespace.namespace == "before")) == 1


async def test_a_caller_whose_name_no_agent_can_have_is_told_so(session: AsyncSession) -> None:
    with pytest.raises(InvalidArguments, match=r"'al'.*3 to 64 characters"):
        await session.run_sync(ensure_registered, Principal("al", "wonderland"))


async def test_two_processes_register_one_caller_at_once(application: Application, other_process: Database) -> None:
    both_there = asyncio.Barrier(2)

    async def register(database: Database) -> int:
        async with database.session(read_only=False) as session:
            await both_there.wait()
            await session.run_sync(ensure_registered, ALICE)
            await session.commit()
            return await agents_named(session, "alice")

    first, second = await asyncio.gather(register(application.database), register(other_process))
    assert (first, second) == (1, 1)


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_a_caller_whom_another_process_is_just_registering_is_waited_for(
    application: Application, other_process: Database
) -> None:
    async with application.database.session(read_only=False) as early, other_process.session(read_only=False) as late:
        await early.run_sync(ensure_registered, ALICE)
        waiting = asyncio.create_task(late.run_sync(ensure_registered, ALICE))
        await _until_something_waits_for_a_lock(other_process)
        await early.commit()
        await waiting
        assert await agents_named(late, "alice") == 1


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_a_caller_whom_another_process_failed_to_register_is_registered(
    application: Application, other_process: Database
) -> None:
    async with application.database.session(read_only=False) as early, other_process.session(read_only=False) as late:
        await early.run_sync(ensure_registered, ALICE)
        waiting = asyncio.create_task(late.run_sync(ensure_registered, ALICE))
        await _until_something_waits_for_a_lock(other_process)
        await early.rollback()
        await waiting
        assert await agents_named(late, "alice") == 1


async def _until_something_waits_for_a_lock(database: Database) -> None:
    """Ask PostgreSQL until a session of this database is blocked by another one."""
    waiters = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with database.writer.connect() as connection:
        while not (await connection.exec_driver_sql(waiters)).scalar():
            await connection.rollback()


@pytest.mark.parametrize("name", ["Alice", "al ice", "alice\n", "аlice", "al\0ice", "al\ud800ice", "../admin"])
async def test_a_caller_whose_name_has_other_characters_is_told_so(session: AsyncSession, name: str) -> None:
    with pytest.raises(InvalidArguments, match="lower-case letters"):
        await session.run_sync(ensure_registered, Principal(name, "wonderland"))


async def test_a_known_caller_with_a_name_of_old_goes_on(session: AsyncSession) -> None:
    session.add(Agent(agent_id="Old Name", display_name="x"))
    await session.flush()
    await session.run_sync(ensure_registered, Principal("Old Name", "default"))


async def test_a_caller_that_looks_like_another_is_refused(session: AsyncSession) -> None:
    await session.run_sync(ensure_registered, ALICE)
    with pytest.raises(InvalidArguments, match=r"'a1ice' looks like the name of another agent"):
        await session.run_sync(ensure_registered, Principal("a1ice", "wonderland"))


async def test_a_namespace_that_looks_like_another_is_refused(session: AsyncSession) -> None:
    await session.run_sync(ensure_registered, ALICE)
    with pytest.raises(InvalidArguments, match=r"'w0nderland' looks like the name of another namespace"):
        await session.run_sync(ensure_registered, Principal("bob", "w0nderland"))


async def test_a_namespace_with_an_impossible_name_is_refused(session: AsyncSession) -> None:
    with pytest.raises(InvalidArguments, match=r"'Wonder Land' is no name for a namespace"):
        await session.run_sync(ensure_registered, Principal("bob", "Wonder Land"))


@pytest.mark.parametrize("status", ["inactive", "suspended", "deprecated"])
async def test_a_caller_that_was_deactivated_is_refused(session: AsyncSession, status: str) -> None:
    session.add(Agent(agent_id="retired", display_name="x", status=status))
    await session.flush()
    with pytest.raises(PermissionDenied, match=f"agent 'retired' is {status}"):
        await session.run_sync(ensure_registered, Principal("retired", "default"))


async def test_whoever_acts_for_another_is_refused_once_deactivated(session: AsyncSession) -> None:
    session.add(Agent(agent_id="retired", display_name="x", status="inactive"))
    await session.flush()
    with pytest.raises(PermissionDenied, match="agent 'retired' is inactive"):
        await session.run_sync(ensure_registered, Principal("hestia-auditor", "default", actor="retired"))


async def test_a_newcomer_to_a_full_namespace_is_refused(session: AsyncSession) -> None:
    session.add(Namespace(namespace="small", max_agents=1))
    await session.flush()
    await session.run_sync(ensure_registered, Principal("first", "small"))
    with pytest.raises(AlreadyChanged, match="room for 1 agents"):
        await session.run_sync(ensure_registered, Principal("second", "small"))


async def test_an_agent_of_a_full_namespace_goes_on(session: AsyncSession) -> None:
    session.add(Namespace(namespace="small", max_agents=1))
    await session.flush()
    for _ in range(2):
        await session.run_sync(ensure_registered, Principal("first", "small"))


async def test_a_newcomer_to_a_deactivated_namespace_is_refused(session: AsyncSession) -> None:
    session.add(Namespace(namespace="closed", is_active=False))
    await session.flush()
    with pytest.raises(AlreadyChanged, match="namespace 'closed' is deactivated"):
        await session.run_sync(ensure_registered, Principal("first", "closed"))


async def test_a_known_caller_costs_one_query(session: AsyncSession) -> None:
    asked: list[str] = []
    connection = (await session.connection()).sync_connection
    assert connection is not None
    event.listen(connection, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    await session.run_sync(ensure_registered, Principal("hestia-auditor", "default"))
    assert len(asked) == 1
