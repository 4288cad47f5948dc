"""Conditions on the words in a JSON array."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.json_array import Holds, HoldsWord
from tmws_agents.models.agent import Agent


@pytest.fixture(autouse=True)
async def agents(session: AsyncSession) -> None:
    session.add_all(
        Agent(agent_id=name, display_name="x", agent_type="probe", capabilities=words)
        for name, words in {
            "none": [],
            "plain": ["testing"],
            "cased": ["Testing", "ÉTUDE"],
            "hostile": ["a'b", 'c"d', "100%", "x_y", "{}", "null"],
        }.items()
    )
    await session.flush()


async def found(session: AsyncSession, condition: Holds) -> set[str]:
    return set(await session.scalars(select(Agent.agent_id).where(Agent.agent_type == "probe", condition)))


async def test_a_text_is_found_where_it_stands_as_it_is(session: AsyncSession) -> None:
    assert await found(session, Holds(Agent.capabilities, "testing")) == {"plain"}
    assert await found(session, Holds(Agent.capabilities, "test")) == set()


async def test_a_word_is_found_in_whatever_case(session: AsyncSession) -> None:
    assert await found(session, HoldsWord(Agent.capabilities, "TESTING")) == {"plain", "cased"}


@pytest.mark.parametrize("text", ["a'b", 'c"d', "100%", "x_y", "{}", "null"])
async def test_any_text_means_itself(session: AsyncSession, text: str) -> None:
    assert await found(session, Holds(Agent.capabilities, text)) == {"hostile"}
    assert await found(session, HoldsWord(Agent.capabilities, text)) == {"hostile"}


@pytest.mark.parametrize("text", ["%", "_", "a", "'", "'; DROP TABLE agents; --", "$", "[]"])
async def test_no_part_and_no_pattern_is_found(session: AsyncSession, text: str) -> None:
    assert await found(session, Holds(Agent.capabilities, text)) == set()


async def test_two_conditions_stand_beside_each_other(session: AsyncSession) -> None:
    both = select(Agent.agent_id).where(
        Agent.agent_type == "probe", HoldsWord(Agent.capabilities, "testing"), ~Holds(Agent.capabilities, "testing")
    )
    assert set(await session.scalars(both)) == {"cased"}
