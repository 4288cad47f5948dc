"""What the database enforces of runs."""

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_workflows.models.execution import Execution
from tmws_workflows.models.workflow import Workflow

DEFAULTS = {"status": "running", "current_step_index": 0, "retry_count": 0, "metadata_json": {}}


def new_execution(workflow: Workflow, **values: object) -> Execution:
    return Execution(**{"workflow_id": workflow.id, "workflow_version": 1, **values})


async def test_a_new_run_has_the_defaults_of_the_model(session: AsyncSession, execution: Execution) -> None:
    assert {name: getattr(execution, name) for name in DEFAULTS} == DEFAULTS
    assert execution.started_at.tzinfo is not None


async def test_a_row_written_without_the_model_has_the_same_defaults(session: AsyncSession, workflow: Workflow) -> None:
    await session.execute(
        text("INSERT INTO workflow_executions (id, workflow_id, workflow_version) VALUES ('raw', :workflow, 1)"),
        {"workflow": workflow.id},
    )
    execution = await session.get_one(Execution, "raw")
    assert {name: getattr(execution, name) for name in DEFAULTS} == DEFAULTS
    assert execution.started_at.tzinfo is not None


async def test_runs_are_stored_after_their_workflow_and_their_parent(session: AsyncSession) -> None:
    workflow = Workflow(id="w", name="review", description="Read and decide.")
    parent = Execution(id="parent", workflow=workflow, workflow_version=1)
    child = Execution(id="child", workflow=workflow, workflow_version=1, parent_execution=parent)
    session.add_all([child, parent, workflow])
    await session.flush()
    assert set(await session.scalars(select(Execution.id))) == {"child", "parent"}


async def test_a_run_without_a_workflow_is_refused(session: AsyncSession) -> None:
    session.add(Execution(workflow_id="missing", workflow_version=1))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_the_runs_go_with_their_workflow(session: AsyncSession, execution: Execution) -> None:
    await session.execute(delete(Workflow).where(Workflow.id == execution.workflow_id))
    assert (await session.scalars(select(Execution.id))).all() == []


async def test_a_run_outlives_its_parent(session: AsyncSession, workflow: Workflow, execution: Execution) -> None:
    child = new_execution(workflow, parent_execution_id=execution.id)
    session.add(child)
    await session.flush()
    await session.execute(delete(Execution).where(Execution.id == execution.id))
    await session.refresh(child)
    assert child.parent_execution_id is None


async def test_one_key_starts_a_workflow_once(session: AsyncSession, workflow: Workflow) -> None:
    session.add_all([new_execution(workflow, idempotency_key="k"), new_execution(workflow, idempotency_key="k")])
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_two_workflows_may_use_the_same_key(session: AsyncSession, workflow: Workflow) -> None:
    other = Workflow(name="review", description="Read and decide.")
    session.add(other)
    await session.flush()
    session.add_all([new_execution(workflow, idempotency_key="k"), new_execution(other, idempotency_key="k")])
    await session.flush()
    assert (await session.scalars(select(Execution.idempotency_key))).all() == ["k", "k"]


async def test_runs_without_a_key_do_not_collide(session: AsyncSession, workflow: Workflow) -> None:
    session.add_all([new_execution(workflow), new_execution(workflow)])
    await session.flush()
    assert (await session.scalars(select(Execution.idempotency_key))).all() == [None, None]


@pytest.mark.parametrize("column", ["status", "trigger_type"])
async def test_the_database_refuses_a_word_outside_the_vocabulary(
    session: AsyncSession, execution: Execution, column: str
) -> None:
    with pytest.raises(IntegrityError):
        await session.execute(text(f"UPDATE workflow_executions SET {column} = 'x'"))


async def test_the_model_refuses_the_state_of_a_definition(session: AsyncSession, workflow: Workflow) -> None:
    session.add(new_execution(workflow, status="draft"))
    with pytest.raises(StatementError):
        await session.flush()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("workflow_version", 0),
        ("current_step_index", -1),
        ("execution_time_seconds", -0.5),
        ("cpu_time_seconds", -0.5),
        ("memory_peak_mb", -0.5),
        ("retry_count", -1),
    ],
)
async def test_a_number_below_its_minimum_is_refused(
    session: AsyncSession, workflow: Workflow, column: str, value: float
) -> None:
    session.add(new_execution(workflow, **{column: value}))
    with pytest.raises(IntegrityError):
        await session.flush()
