"""What the database holds true of an execution trace."""

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_learning.models.detected_pattern import DetectedPattern
from tmws_learning.models.execution_trace import ExecutionTrace


@pytest.fixture
async def trace(session: AsyncSession) -> ExecutionTrace:
    trace = ExecutionTrace(agent_id="metis-developer", namespace="default", tool_name="search_memories")
    session.add(trace)
    await session.flush()
    return trace


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("execution_time_ms", -0.1, "execution_time_ms_minimum"),
        ("token_estimate", -1, "token_estimate_minimum"),
        ("ttl_days", 0, "ttl_days_range"),
        ("ttl_days", 3651, "ttl_days_range"),
    ],
)
async def test_a_number_out_of_range_is_refused(
    session: AsyncSession, trace: ExecutionTrace, column: str, value: float, constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=f"ck_execution_traces_{constraint}"):
        await session.execute(update(ExecutionTrace).values({column: value}))


async def test_a_row_written_by_hand_gets_the_defaults_of_the_model(
    session: AsyncSession, trace: ExecutionTrace
) -> None:
    await session.execute(
        text(
            "INSERT INTO execution_traces (id, agent_id, namespace, tool_name) "
            "VALUES ('1', 'metis-developer', 'default', 'search_memories')"
        )
    )
    by_hand = await session.get_one(ExecutionTrace, "1")
    assert (by_hand.input_params, by_hand.success, by_hand.execution_time_ms, by_hand.ttl_days) == ({}, True, 0.0, 30)
    assert (trace.input_params, trace.success, trace.execution_time_ms, trace.ttl_days) == ({}, True, 0.0, 30)


async def test_only_an_agent_leaves_a_trace(session: AsyncSession) -> None:
    session.add(ExecutionTrace(agent_id="nobody", namespace="default", tool_name="search_memories"))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_a_trace_goes_with_its_agent(session: AsyncSession, trace: ExecutionTrace) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == trace.agent_id))
    assert await session.scalar(select(func.count()).select_from(ExecutionTrace)) == 0


async def test_a_trace_and_its_new_pattern_are_written_in_one_flush(
    session: AsyncSession, trace: ExecutionTrace
) -> None:
    trace.pattern = DetectedPattern(namespace="default", tool_sequence=["search_memories"], pattern_hash="0" * 64)
    await session.flush()
    assert trace.pattern_id == trace.pattern.id


async def test_a_trace_outlives_its_pattern(session: AsyncSession, trace: ExecutionTrace) -> None:
    trace.pattern = DetectedPattern(namespace="default", tool_sequence=["search_memories"], pattern_hash="0" * 64)
    await session.flush()
    await session.execute(delete(DetectedPattern))
    assert (await session.scalars(select(ExecutionTrace.pattern_id))).one() is None


async def test_an_orchestration_is_named_without_a_key(session: AsyncSession, trace: ExecutionTrace) -> None:
    trace.orchestration_id, trace.sequence_number = "of-another-plugin", 1
    await session.flush()
    await session.refresh(trace)
    assert (trace.orchestration_id, trace.sequence_number) == ("of-another-plugin", 1)
