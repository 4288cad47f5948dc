"""What the database holds true of a learning pattern."""

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_learning.models.learning_pattern import LearningPattern


def learned(agent_id: str | None = "metis-developer", version: str = "1.0.0") -> LearningPattern:
    return LearningPattern(
        pattern_name="small-steps",
        agent_id=agent_id,
        category="workflow",
        pattern_data={"steps": ["test", "change"]},
        version=version,
    )


@pytest.fixture
async def pattern(session: AsyncSession) -> LearningPattern:
    pattern = learned()
    session.add(pattern)
    await session.flush()
    return pattern


@pytest.mark.parametrize("agent_id", ["metis-developer", None])
async def test_a_name_and_version_are_unique_for_an_agent_and_for_the_system(
    session: AsyncSession, agent_id: str | None
) -> None:
    session.add_all([learned(agent_id), learned(agent_id)])
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_agents_and_the_system_can_use_the_same_name(session: AsyncSession, pattern: LearningPattern) -> None:
    session.add_all([learned(None), learned("hestia-auditor")])
    await session.flush()
    assert await session.scalar(select(func.count()).select_from(LearningPattern)) == 3


async def test_another_namespace_can_use_the_same_name(session: AsyncSession, pattern: LearningPattern) -> None:
    other = learned(pattern.agent_id)
    other.namespace = "elsewhere"
    session.add(other)
    await session.flush()
    assert await session.scalar(select(func.count()).select_from(LearningPattern)) == 2


async def test_a_deleted_name_can_be_used_again(session: AsyncSession, pattern: LearningPattern) -> None:
    pattern.is_deleted = True
    await session.flush()
    again = learned(pattern.agent_id)
    session.add(again)
    await session.flush()
    live = select(LearningPattern.id).where(~LearningPattern.is_deleted)
    assert list(await session.scalars(live)) == [again.id]


async def test_a_new_version_and_its_parent_are_written_in_one_flush(session: AsyncSession) -> None:
    child = learned(version="1.1.0")
    child.parent = learned()
    session.add(child)
    await session.flush()
    assert child.parent_pattern_id == child.parent.id


async def test_a_version_outlives_its_parent(session: AsyncSession, pattern: LearningPattern) -> None:
    child = learned(version="1.1.0")
    child.parent_pattern_id = pattern.id
    session.add(child)
    await session.flush()
    await session.delete(pattern)
    await session.flush()
    left = select(LearningPattern.version, LearningPattern.parent_pattern_id)
    assert (await session.execute(left)).one() == ("1.1.0", None)


@pytest.mark.parametrize("column", ["agent_id", "parent_pattern_id"])
async def test_the_owner_and_the_parent_exist(session: AsyncSession, pattern: LearningPattern, column: str) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.execute(update(LearningPattern).values({column: "nothing"}))


async def test_a_pattern_goes_with_its_agent_and_the_systems_patterns_stay(
    session: AsyncSession, pattern: LearningPattern
) -> None:
    session.add(learned(None))
    await session.flush()
    await session.execute(delete(Agent).where(Agent.agent_id == pattern.agent_id))
    assert list(await session.scalars(select(LearningPattern.agent_id))) == [None]


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("usage_count", -1, "usage_count_minimum"),
        ("agent_usage_count", -1, "agent_usage_count_minimum"),
        ("success_rate", -0.1, "success_rate_range"),
        ("success_rate", 1.1, "success_rate_range"),
        ("agent_success_rate", -0.1, "agent_success_rate_range"),
        ("agent_success_rate", 1.1, "agent_success_rate_range"),
        ("avg_execution_time", -0.1, "avg_execution_time_minimum"),
        ("complexity_score", -0.1, "complexity_score_range"),
        ("complexity_score", 1.1, "complexity_score_range"),
        ("learning_weight", -0.1, "learning_weight_range"),
        ("learning_weight", 10.1, "learning_weight_range"),
        ("confidence_score", -0.1, "confidence_score_range"),
        ("confidence_score", 1.1, "confidence_score_range"),
    ],
)
async def test_a_number_out_of_range_is_refused(
    session: AsyncSession, pattern: LearningPattern, column: str, value: float, constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=f"ck_learning_patterns_{constraint}"):
        await session.execute(update(LearningPattern).values({column: value}))


async def test_the_database_refuses_an_unknown_access_level(session: AsyncSession, pattern: LearningPattern) -> None:
    with pytest.raises(IntegrityError, match="ck_learning_patterns_access_level"):
        await session.execute(text("UPDATE learning_patterns SET access_level = 'x'"))


async def test_a_pattern_can_be_open_to_the_team(session: AsyncSession, pattern: LearningPattern) -> None:
    pattern.access_level = "team"
    await session.flush()
    await session.refresh(pattern)
    assert pattern.access_level == "team"


async def test_a_row_written_by_hand_gets_the_defaults_of_the_model(
    session: AsyncSession, pattern: LearningPattern
) -> None:
    await session.execute(
        text("INSERT INTO learning_patterns (id, pattern_name, category, pattern_data) VALUES ('1', 'x', 'x', '{}')")
    )
    by_hand = await session.get_one(LearningPattern, "1")
    for row in (by_hand, pattern):
        assert (row.namespace, row.access_level, row.version, row.is_deleted) == ("default", "private", "1.0.0", False)
        assert (row.usage_count, row.agent_usage_count, row.success_rate, row.agent_success_rate) == (0, 0, 0.0, 0.0)
        assert (row.learning_weight, row.confidence_score, row.metadata_json) == (1.0, 0.5, {})
