"""What the database holds true of a grant."""

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core.columns import utc_now
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing


def new_grant(memory_id: str, **values: object) -> Sharing:
    agents = {"shared_with_agent_id": "aurora-researcher", "shared_by_agent_id": "metis-developer"}
    return Sharing(**({"memory_id": memory_id} | agents | values))


@pytest.fixture
async def grant(session: AsyncSession, memory: Memory) -> Sharing:
    grant = new_grant(memory.id)
    session.add(grant)
    await session.flush()
    return grant


async def test_a_memory_is_granted_to_an_agent_once(session: AsyncSession, grant: Sharing) -> None:
    session.expunge(grant)
    session.add(new_grant(grant.memory_id, permission="write"))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_a_memory_can_be_granted_to_many_agents(session: AsyncSession, grant: Sharing) -> None:
    session.add(new_grant(grant.memory_id, shared_with_agent_id="muses-documenter"))
    await session.flush()
    assert await session.scalar(select(func.count()).select_from(Sharing)) == 2


async def test_a_grant_and_its_new_memory_are_written_in_one_flush(session: AsyncSession) -> None:
    memory = Memory(content="x", content_hash="x", agent_id="metis-developer", namespace="default")
    grant = Sharing(memory=memory, shared_with_agent_id="aurora-researcher", shared_by_agent_id="metis-developer")
    session.add(grant)
    await session.flush()
    assert grant.memory_id == memory.id


@pytest.mark.parametrize("values", [{"shared_with_agent_id": "nobody"}, {"shared_by_agent_id": "nobody"}])
async def test_both_sides_are_agents(session: AsyncSession, memory: Memory, values: dict[str, str]) -> None:
    session.add(new_grant(memory.id, **values))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_only_a_memory_that_exists_is_granted(session: AsyncSession) -> None:
    session.add(new_grant("nothing"))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_the_database_refuses_an_unknown_permission(session: AsyncSession, grant: Sharing) -> None:
    with pytest.raises(IntegrityError, match="ck_memory_sharing_permission"):
        await session.execute(text("UPDATE memory_sharing SET permission = 'x'"))


async def test_a_row_written_by_hand_is_a_grant_to_read_without_end(session: AsyncSession, memory: Memory) -> None:
    await session.execute(
        text(
            "INSERT INTO memory_sharing (memory_id, shared_with_agent_id, shared_by_agent_id) "
            "VALUES (:memory, 'aurora-researcher', 'metis-developer')"
        ),
        {"memory": memory.id},
    )
    by_hand = await session.get_one(Sharing, (memory.id, "aurora-researcher"))
    assert (by_hand.permission, by_hand.expires_at) == ("read", None)
    assert by_hand.shared_at == by_hand.created_at


async def test_a_new_grant_is_one_to_read_without_end(grant: Sharing) -> None:
    assert (grant.permission, grant.expires_at) == ("read", None)
    assert grant.shared_at <= utc_now()


async def test_a_grant_goes_with_its_memory(session: AsyncSession, grant: Sharing) -> None:
    await session.execute(delete(Memory).where(Memory.id == grant.memory_id))
    assert await session.scalar(select(func.count()).select_from(Sharing)) == 0


@pytest.mark.parametrize("agent_id", ["aurora-researcher", "metis-developer"])
async def test_a_grant_goes_with_either_agent(session: AsyncSession, grant: Sharing, agent_id: str) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == agent_id))
    assert await session.scalar(select(func.count()).select_from(Sharing)) == 0
