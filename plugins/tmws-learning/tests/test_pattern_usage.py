"""What the database holds true of the use of a pattern."""

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core.columns import utc_now
from tmws_learning.models.learning_pattern import LearningPattern
from tmws_learning.models.pattern_usage import PatternUsage


@pytest.fixture
async def usage(session: AsyncSession) -> PatternUsage:
    pattern = LearningPattern(
        pattern_name="small-steps", agent_id="metis-developer", category="workflow", pattern_data={}
    )
    usage = PatternUsage(pattern=pattern, agent_id="hestia-auditor")
    session.add(usage)
    await session.flush()
    return usage


async def test_a_use_and_its_new_pattern_are_written_in_one_flush(session: AsyncSession, usage: PatternUsage) -> None:
    assert await session.get(LearningPattern, usage.pattern_id) is usage.pattern


@pytest.mark.parametrize("column", ["pattern_id", "agent_id"])
async def test_the_pattern_and_the_agent_exist(session: AsyncSession, usage: PatternUsage, column: str) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.execute(update(PatternUsage).values({column: "nothing"}))


async def test_a_use_goes_with_its_pattern(session: AsyncSession, usage: PatternUsage) -> None:
    await session.execute(delete(LearningPattern))
    assert await session.scalar(select(func.count()).select_from(PatternUsage)) == 0


async def test_a_use_outlives_its_agent(session: AsyncSession, usage: PatternUsage) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == usage.agent_id))
    assert (await session.scalars(select(PatternUsage.agent_id))).one() is None


async def test_a_negative_duration_is_refused(session: AsyncSession, usage: PatternUsage) -> None:
    usage.execution_time = -0.1
    with pytest.raises(IntegrityError, match="ck_pattern_usage_history_execution_time_minimum"):
        await session.flush()


async def test_a_row_written_by_hand_is_dated_by_the_database(session: AsyncSession, usage: PatternUsage) -> None:
    await session.execute(
        text("INSERT INTO pattern_usage_history (id, pattern_id) VALUES ('1', :pattern)"),
        {"pattern": usage.pattern_id},
    )
    by_hand = await session.get_one(PatternUsage, "1")
    assert by_hand.used_at == by_hand.created_at


async def test_a_new_use_is_dated_now_and_waits_for_feedback(usage: PatternUsage) -> None:
    assert usage.used_at <= utc_now()
    assert (usage.success, usage.feedback, usage.notes) == (None, None, None)
