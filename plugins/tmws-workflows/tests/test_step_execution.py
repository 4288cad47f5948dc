"""What the database enforces of the steps of runs."""

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_workflows.models.execution import Execution
from tmws_workflows.models.step_execution import StepExecution

DEFAULTS = {"attempt": 1, "status": "running", "retry_count": 0, "metadata_json": {}}


def new_step(execution: Execution, **values: object) -> StepExecution:
    return StepExecution(**{"workflow_execution_id": execution.id, "step_name": "test", "step_index": 1, **values})


async def test_a_new_step_has_the_defaults_of_the_model(session: AsyncSession, step: StepExecution) -> None:
    assert {name: getattr(step, name) for name in DEFAULTS} == DEFAULTS
    assert step.started_at.tzinfo is not None


async def test_a_row_written_without_the_model_has_the_same_defaults(
    session: AsyncSession, execution: Execution
) -> None:
    await session.execute(
        text(
            "INSERT INTO workflow_step_executions (id, workflow_execution_id, step_name, step_index) "
            "VALUES ('raw', :execution, 'test', 1)"
        ),
        {"execution": execution.id},
    )
    step = await session.get_one(StepExecution, "raw")
    assert {name: getattr(step, name) for name in DEFAULTS} == DEFAULTS
    assert step.started_at.tzinfo is not None


async def test_a_step_is_stored_after_its_run(session: AsyncSession, execution: Execution) -> None:
    run = Execution(id="run", workflow_id=execution.workflow_id, workflow_version=1)
    session.add_all([new_step(run), run])
    await session.flush()
    assert (await session.scalars(select(StepExecution.workflow_execution_id))).all() == ["run"]


async def test_a_step_without_a_run_is_refused(session: AsyncSession) -> None:
    session.add(StepExecution(workflow_execution_id="missing", step_name="test", step_index=1))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_the_steps_go_with_their_run(session: AsyncSession, step: StepExecution) -> None:
    await session.execute(delete(Execution).where(Execution.id == step.workflow_execution_id))
    assert (await session.scalars(select(StepExecution.id))).all() == []


async def test_an_attempt_at_a_step_is_made_once(session: AsyncSession, execution: Execution) -> None:
    session.add_all([new_step(execution, attempt=2), new_step(execution, attempt=2)])
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_step_can_be_attempted_again(session: AsyncSession, execution: Execution) -> None:
    session.add_all([new_step(execution), new_step(execution, attempt=2)])
    await session.flush()
    assert set(await session.scalars(select(StepExecution.attempt))) == {1, 2}


async def test_a_step_may_name_a_task_that_this_plugin_cannot_see(session: AsyncSession, execution: Execution) -> None:
    session.add(new_step(execution, task_id="elsewhere"))
    await session.flush()
    assert (await session.scalars(select(StepExecution.task_id))).all() == ["elsewhere"]


@pytest.mark.parametrize("column", ["step_type", "status"])
async def test_the_database_refuses_a_word_outside_the_vocabulary(
    session: AsyncSession, step: StepExecution, column: str
) -> None:
    with pytest.raises(IntegrityError):
        await session.execute(text(f"UPDATE workflow_step_executions SET {column} = 'x'"))


async def test_the_model_refuses_an_unknown_state(session: AsyncSession, execution: Execution) -> None:
    session.add(new_step(execution, status="queued"))
    with pytest.raises(StatementError):
        await session.flush()


@pytest.mark.parametrize(
    ("column", "value"),
    [("step_index", -1), ("attempt", 0), ("execution_time_seconds", -0.5), ("retry_count", -1)],
)
async def test_a_number_below_its_minimum_is_refused(
    session: AsyncSession, execution: Execution, column: str, value: float
) -> None:
    session.add(new_step(execution, **{column: value}))
    with pytest.raises(IntegrityError):
        await session.flush()
