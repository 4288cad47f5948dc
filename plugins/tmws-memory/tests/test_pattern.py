"""What the database holds true of a pattern."""

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_memory.models.pattern import Pattern


def new_pattern(**values: object) -> Pattern:
    necessary = {
        "pattern_type": "sequence",
        "signature": "0" * 64,
        "agent_id": "metis-developer",
        "namespace": "default",
        "pattern_data": {"steps": ["test", "commit"]},
        "confidence": 0.8,
    }
    return Pattern(**(necessary | values))


@pytest.fixture
async def pattern(session: AsyncSession) -> Pattern:
    pattern = new_pattern()
    session.add(pattern)
    await session.flush()
    return pattern


async def test_a_pattern_is_found_once_by_an_agent_in_a_namespace(session: AsyncSession, pattern: Pattern) -> None:
    session.add(new_pattern(confidence=0.1))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


@pytest.mark.parametrize(
    "values",
    [{"agent_id": "hestia-auditor"}, {"namespace": "other"}, {"pattern_type": "cluster"}, {"signature": "1" * 64}],
)
async def test_a_pattern_that_differs_in_its_key_is_another_one(
    session: AsyncSession, pattern: Pattern, values: dict[str, str]
) -> None:
    session.add(new_pattern(**values))
    await session.flush()
    assert await session.scalar(select(func.count()).select_from(Pattern)) == 2


async def test_the_database_refuses_an_unknown_type(session: AsyncSession, pattern: Pattern) -> None:
    with pytest.raises(IntegrityError, match="ck_memory_patterns_pattern_type"):
        await session.execute(text("UPDATE memory_patterns SET pattern_type = 'x'"))


@pytest.mark.parametrize("confidence", [-0.1, 1.1])
async def test_a_confidence_outside_0_to_1_is_refused(
    session: AsyncSession, pattern: Pattern, confidence: float
) -> None:
    with pytest.raises(IntegrityError, match="ck_memory_patterns_confidence_range"):
        await session.execute(update(Pattern).values(confidence=confidence))


async def test_a_pattern_occurred_once_at_least(session: AsyncSession, pattern: Pattern) -> None:
    with pytest.raises(IntegrityError, match="ck_memory_patterns_frequency_minimum"):
        await session.execute(update(Pattern).values(frequency=0))


async def test_a_row_written_by_hand_gets_the_defaults_of_the_model(session: AsyncSession, pattern: Pattern) -> None:
    await session.execute(
        text(
            "INSERT INTO memory_patterns (id, pattern_type, signature, agent_id, namespace, pattern_data, confidence) "
            "VALUES ('1', 'cluster', 'x', 'metis-developer', 'default', '{}', 0.5)"
        )
    )
    by_hand = await session.get_one(Pattern, "1")
    for row in (by_hand, pattern):
        assert (row.frequency, row.is_active, row.memory_ids, row.last_triggered_at) == (1, True, [], None)


async def test_data_changed_in_place_are_saved(session: AsyncSession, pattern: Pattern) -> None:
    pattern.pattern_data["steps"] = ["commit"]
    await session.flush()
    await session.refresh(pattern)
    assert pattern.pattern_data == {"steps": ["commit"]}


async def test_only_an_agent_has_patterns(session: AsyncSession) -> None:
    session.add(new_pattern(agent_id="nobody"))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_a_pattern_goes_with_its_agent(session: AsyncSession, pattern: Pattern) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == pattern.agent_id))
    assert await session.scalar(select(func.count()).select_from(Pattern)) == 0
