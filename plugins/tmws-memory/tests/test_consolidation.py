"""What the database holds true of a consolidation."""

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_memory.models.consolidation import Consolidation
from tmws_memory.models.memory import Memory


def new_consolidation(memory_id: str, **values: object) -> Consolidation:
    necessary = {"source_memory_ids": ["1", "2"], "consolidation_type": "summary", "agent_id": "aurora-researcher"}
    return Consolidation(**({"consolidated_memory_id": memory_id} | necessary | values))


@pytest.fixture
async def consolidation(session: AsyncSession, memory: Memory) -> Consolidation:
    consolidation = new_consolidation(memory.id)
    session.add(consolidation)
    await session.flush()
    return consolidation


async def test_the_database_refuses_an_unknown_type(session: AsyncSession, consolidation: Consolidation) -> None:
    with pytest.raises(IntegrityError, match="ck_memory_consolidations_consolidation_type"):
        await session.execute(text("UPDATE memory_consolidations SET consolidation_type = 'x'"))


@pytest.mark.parametrize("column", ["source_memory_ids", "consolidation_type", "agent_id"])
async def test_where_a_memory_comes_from_is_never_missing(session: AsyncSession, memory: Memory, column: str) -> None:
    session.add(new_consolidation(memory.id, **{column: None}))
    with pytest.raises(IntegrityError, match=r"(?i)not.null"):
        await session.flush()


@pytest.mark.parametrize("values", [{"agent_id": "nobody"}, {"consolidated_memory_id": "nothing"}])
async def test_memory_and_agent_exist(session: AsyncSession, memory: Memory, values: dict[str, str]) -> None:
    session.add(new_consolidation(memory.id, **values))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_a_consolidation_and_its_new_memory_are_written_in_one_flush(session: AsyncSession) -> None:
    memory = Memory(content="x", content_hash="x", agent_id="metis-developer", namespace="default")
    consolidation = Consolidation(
        consolidated_memory=memory, source_memory_ids=[], consolidation_type="merge", agent_id="metis-developer"
    )
    session.add(consolidation)
    await session.flush()
    assert consolidation.consolidated_memory_id == memory.id


async def test_a_row_written_by_hand_has_no_further_data(session: AsyncSession, consolidation: Consolidation) -> None:
    await session.execute(
        text(
            "INSERT INTO memory_consolidations "
            "(id, source_memory_ids, consolidated_memory_id, consolidation_type, agent_id) "
            "VALUES ('1', '[]', :memory, 'merge', 'metis-developer')"
        ),
        {"memory": consolidation.consolidated_memory_id},
    )
    by_hand = await session.get_one(Consolidation, "1")
    assert (by_hand.consolidation_metadata, consolidation.consolidation_metadata) == ({}, {})


async def test_a_consolidation_goes_with_its_memory(session: AsyncSession, consolidation: Consolidation) -> None:
    await session.execute(delete(Memory))
    assert await session.scalar(select(func.count()).select_from(Consolidation)) == 0


async def test_a_consolidation_goes_with_its_agent(session: AsyncSession, consolidation: Consolidation) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == consolidation.agent_id))
    assert await session.scalar(select(func.count()).select_from(Consolidation)) == 0
