"""What the database enforces of the log lines of runs."""

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_workflows.models.execution import Execution
from tmws_workflows.models.execution_log import ExecutionLog
from tmws_workflows.models.step_execution import StepExecution


def new_line(execution: Execution, **values: object) -> ExecutionLog:
    return ExecutionLog(
        **{"workflow_execution_id": execution.id, "sequence": 1, "level": "info", "message": "Started.", **values}
    )


async def test_a_line_has_a_time_even_when_written_without_the_model(
    session: AsyncSession, execution: Execution
) -> None:
    await session.execute(
        text(
            "INSERT INTO workflow_execution_logs (id, workflow_execution_id, sequence, level, message) "
            "VALUES ('raw', :execution, 1, 'info', 'Started.')"
        ),
        {"execution": execution.id},
    )
    assert (await session.get_one(ExecutionLog, "raw")).timestamp.tzinfo is not None


async def test_a_line_is_stored_after_its_run_and_its_step(session: AsyncSession, execution: Execution) -> None:
    run = Execution(id="run", workflow_id=execution.workflow_id, workflow_version=1)
    step = StepExecution(id="step", workflow_execution_id="run", step_name="build", step_index=0)
    session.add_all([new_line(run, step_execution_id="step"), step, run])
    await session.flush()
    assert (await session.scalars(select(ExecutionLog.step_execution_id))).all() == ["step"]


@pytest.mark.parametrize("column", ["workflow_execution_id", "step_execution_id"])
async def test_a_line_of_an_unknown_run_or_step_is_refused(
    session: AsyncSession, execution: Execution, column: str
) -> None:
    session.add(new_line(execution, **{column: "missing"}))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_the_lines_go_with_their_run(session: AsyncSession, execution: Execution, step: StepExecution) -> None:
    session.add(new_line(execution, step_execution_id=step.id))
    await session.flush()
    await session.execute(delete(Execution).where(Execution.id == execution.id))
    assert (await session.scalars(select(ExecutionLog.id))).all() == []


async def test_a_line_outlives_its_step(session: AsyncSession, execution: Execution, step: StepExecution) -> None:
    line = new_line(execution, step_execution_id=step.id)
    session.add(line)
    await session.flush()
    await session.execute(delete(StepExecution).where(StepExecution.id == step.id))
    await session.refresh(line)
    assert line.step_execution_id is None


async def test_a_run_numbers_each_line_once(session: AsyncSession, execution: Execution) -> None:
    session.add_all([new_line(execution), new_line(execution)])
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_two_runs_number_their_lines_apart(session: AsyncSession, execution: Execution) -> None:
    other = Execution(workflow_id=execution.workflow_id, workflow_version=1)
    session.add(other)
    await session.flush()
    session.add_all([new_line(execution), new_line(other)])
    await session.flush()
    assert (await session.scalars(select(ExecutionLog.sequence))).all() == [1, 1]


async def test_the_database_refuses_an_unknown_level(session: AsyncSession, execution: Execution) -> None:
    session.add(new_line(execution))
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(text("UPDATE workflow_execution_logs SET level = 'x'"))


async def test_the_model_refuses_an_unknown_level(session: AsyncSession, execution: Execution) -> None:
    session.add(new_line(execution, level="fatal"))
    with pytest.raises(StatementError):
        await session.flush()


@pytest.mark.parametrize("column", ["sequence", "line_number"])
async def test_a_number_below_one_is_refused(session: AsyncSession, execution: Execution, column: str) -> None:
    session.add(new_line(execution, **{column: 0}))
    with pytest.raises(IntegrityError):
        await session.flush()
