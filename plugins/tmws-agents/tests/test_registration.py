"""How a caller becomes known."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.database import Database
from tmws_core.settings import Settings
from tmws_core.tool_errors import InvalidArguments

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
