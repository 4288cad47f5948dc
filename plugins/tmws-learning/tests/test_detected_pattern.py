"""What the database holds true of a detected pattern."""

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core.columns import utc_now
from tmws_learning.models.detected_pattern import DetectedPattern
from tmws_skills.models.skill import Skill


def detected(namespace: str = "default", digest: str = "0" * 64) -> DetectedPattern:
    return DetectedPattern(
        namespace=namespace, agent_id="metis-developer", tool_sequence=["search", "read"], pattern_hash=digest
    )


@pytest.fixture
async def pattern(session: AsyncSession) -> DetectedPattern:
    pattern = detected()
    session.add(pattern)
    await session.flush()
    return pattern


async def test_a_sequence_is_found_once_in_a_namespace(session: AsyncSession, pattern: DetectedPattern) -> None:
    session.add(detected(pattern.namespace, pattern.pattern_hash))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_two_namespaces_can_have_the_same_sequence(session: AsyncSession, pattern: DetectedPattern) -> None:
    session.add(detected("elsewhere", pattern.pattern_hash))
    await session.flush()
    same = select(func.count()).where(DetectedPattern.pattern_hash == pattern.pattern_hash)
    assert await session.scalar(same) == 2


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("frequency", 2, "frequency_minimum"),
        ("avg_success_rate", -0.1, "avg_success_rate_range"),
        ("avg_success_rate", 1.1, "avg_success_rate_range"),
        ("avg_execution_time_ms", -1.0, "avg_execution_time_ms_minimum"),
    ],
)
async def test_a_number_out_of_range_is_refused(
    session: AsyncSession, pattern: DetectedPattern, column: str, value: float, constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=f"ck_detected_patterns_{constraint}"):
        await session.execute(update(DetectedPattern).values({column: value}))


async def test_the_database_refuses_an_unknown_state(session: AsyncSession, pattern: DetectedPattern) -> None:
    with pytest.raises(IntegrityError, match="ck_detected_patterns_state"):
        await session.execute(text("UPDATE detected_patterns SET state = 'DETECTED'"))


async def test_the_model_refuses_an_unknown_state(session: AsyncSession, pattern: DetectedPattern) -> None:
    pattern.state = "DETECTED"
    with pytest.raises(StatementError):
        await session.flush()


async def test_a_row_written_by_hand_gets_the_defaults(session: AsyncSession) -> None:
    await session.execute(
        text(
            "INSERT INTO detected_patterns (id, namespace, tool_sequence, pattern_hash) "
            "VALUES ('1', 'default', '[]', 'x')"
        )
    )
    by_hand = await session.get_one(DetectedPattern, "1")
    assert (by_hand.state, by_hand.frequency, by_hand.avg_success_rate) == ("detected", 3, 1.0)
    assert by_hand.detected_at == by_hand.created_at


async def test_a_new_pattern_gets_the_same_defaults(pattern: DetectedPattern) -> None:
    assert (pattern.state, pattern.frequency, pattern.avg_success_rate) == ("detected", 3, 1.0)
    assert pattern.detected_at <= utc_now()


@pytest.mark.parametrize("column", ["agent_id", "approved_by"])
async def test_only_agents_own_and_approve(session: AsyncSession, pattern: DetectedPattern, column: str) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.execute(update(DetectedPattern).values({column: "nobody"}))


async def test_a_pattern_outlives_its_agent_and_its_approver(session: AsyncSession, pattern: DetectedPattern) -> None:
    pattern.approved_by = "hestia-auditor"
    await session.flush()
    await session.execute(delete(Agent).where(Agent.agent_id.in_(["metis-developer", "hestia-auditor"])))
    people = select(DetectedPattern.agent_id, DetectedPattern.approved_by)
    assert (await session.execute(people)).one() == (None, None)


async def test_a_pattern_and_the_skill_made_from_it_are_written_in_one_flush(
    session: AsyncSession, pattern: DetectedPattern
) -> None:
    made = Skill(name="made", namespace="default", created_by="metis-developer")
    pattern.skill, pattern.state = made, "skill_created"
    await session.flush()
    assert pattern.skill_id == made.id


async def test_a_pattern_outlives_its_skill(session: AsyncSession, pattern: DetectedPattern, skill: Skill) -> None:
    pattern.skill_id = skill.id
    await session.flush()
    await session.execute(delete(Skill).where(Skill.id == skill.id))
    assert (await session.scalars(select(DetectedPattern.skill_id))).one() is None
