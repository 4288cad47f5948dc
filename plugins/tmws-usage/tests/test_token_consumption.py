"""Token consumption, as the database keeps it."""

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_usage.models.token_consumption import TokenConsumption


def consumption(**changes: object) -> TokenConsumption:
    """What metis-developer used in one hour."""
    return TokenConsumption(**({"agent_id": "metis-developer", "window_hour": "2026013123"} | changes))


async def test_the_sum_is_computed(session: AsyncSession) -> None:
    used = consumption(prompt_count=100, response_count=20, tool_count=3)
    session.add(used)
    await session.flush()
    assert used.consumption_count == 123


async def test_the_sum_follows_a_change(session: AsyncSession) -> None:
    used = consumption(prompt_count=100)
    session.add(used)
    await session.flush()
    used.tool_count += 5
    await session.flush()
    assert used.consumption_count == 105


async def test_an_hour_begins_at_zero(session: AsyncSession) -> None:
    used = consumption()
    session.add(used)
    await session.flush()
    assert (used.prompt_count, used.response_count, used.tool_count, used.consumption_count) == (0, 0, 0, 0)


async def test_the_database_gives_the_same_defaults(session: AsyncSession) -> None:
    await session.execute(
        text("INSERT INTO token_consumption (agent_id, window_hour) VALUES ('metis-developer', '2026013123')")
    )
    used = await session.get_one(TokenConsumption, ("metis-developer", "2026013123"))
    assert (used.prompt_count, used.response_count, used.tool_count, used.consumption_count) == (0, 0, 0, 0)
    assert used.created_at.tzinfo is not None


@pytest.mark.parametrize("count", ["prompt_count", "response_count", "tool_count"])
async def test_a_count_is_not_negative(session: AsyncSession, count: str) -> None:
    session.add(consumption(**{count: -1}))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_an_agent_has_one_row_for_an_hour(session: AsyncSession) -> None:
    session.add(consumption())
    await session.flush()
    session.expunge_all()
    session.add(consumption())
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_agents_and_hours_are_counted_apart(session: AsyncSession) -> None:
    session.add_all([consumption(), consumption(window_hour="2026020100"), consumption(agent_id="hestia-auditor")])
    await session.flush()
    assert await session.scalar(select(func.count()).select_from(TokenConsumption)) == 3


@pytest.mark.parametrize(
    "hour",
    ["", "202601312", "20260131 1", "2026-01-31", "2026003123", "2026133123", "2026010023", "2026013223", "2026013124"],
)
async def test_what_is_no_hour_is_refused(session: AsyncSession, hour: str) -> None:
    session.add(consumption(window_hour=hour))
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("hour", ["2026010100", "2026123123"])
async def test_the_first_and_the_last_hour_of_a_year_are_hours(session: AsyncSession, hour: str) -> None:
    session.add(consumption(window_hour=hour))
    await session.flush()
    assert await session.scalar(select(TokenConsumption.window_hour)) == hour


async def test_an_unknown_agent_consumes_nothing(session: AsyncSession) -> None:
    session.add(consumption(agent_id="nobody"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_the_counts_follow_the_new_name_of_their_agent(session: AsyncSession) -> None:
    session.add(consumption(prompt_count=7))
    await session.flush()
    await session.execute(update(Agent).where(Agent.agent_id == "metis-developer").values(agent_id="metis"))
    counts = await session.execute(select(TokenConsumption.agent_id, TokenConsumption.consumption_count))
    assert counts.one() == ("metis", 7)


async def test_the_counts_go_with_their_agent(session: AsyncSession) -> None:
    session.add(consumption())
    await session.flush()
    await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))
    assert await session.scalar(select(func.count()).select_from(TokenConsumption)) == 0
