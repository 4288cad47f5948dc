"""What the database enforces of tasks."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core.columns import utc_now
from tmws_tasks.models.task import Task
from tmws_workflows.models.workflow import Workflow

DEFAULTS = {
    "task_type": "general",
    "collaborating_agents": [],
    "namespace": "default",
    "access_level": "private",
    "status": "pending",
    "priority": "medium",
    "dependencies": [],
    "task_config": {},
    "input_data": {},
    "output_data": {},
    "progress_percentage": 0.0,
    "retry_count": 0,
    "max_retries": 3,
    "error_details": {},
    "execution_log": [],
    "tags": [],
    "context_tags": [],
    "resource_requirements": {},
    "resource_usage": {},
    "success_criteria": {},
    "metadata_json": {},
}


def new_task(**values: object) -> Task:
    return Task(**{"title": "Write the tests", "description": "One for each rule.", **values})


async def stored(session: AsyncSession, task: Task) -> Task:
    session.add(task)
    await session.flush()
    return task


async def test_a_new_task_has_the_defaults_of_the_model(session: AsyncSession) -> None:
    task = await stored(session, new_task())
    assert {name: getattr(task, name) for name in DEFAULTS} == DEFAULTS


async def test_a_row_written_without_the_model_has_the_same_defaults(session: AsyncSession) -> None:
    await session.execute(text("INSERT INTO tasks (id, title, description) VALUES ('raw', 't', 'd')"))
    task = await session.get_one(Task, "raw")
    assert {name: getattr(task, name) for name in DEFAULTS} == DEFAULTS


@pytest.mark.parametrize("column", ["title", "description"])
async def test_an_empty_text_is_refused(session: AsyncSession, column: str) -> None:
    session.add(new_task(**{column: ""}))
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("column", ["status", "priority", "access_level"])
async def test_the_database_refuses_a_word_outside_the_vocabulary(session: AsyncSession, column: str) -> None:
    await stored(session, new_task())
    with pytest.raises(IntegrityError):
        await session.execute(text(f"UPDATE tasks SET {column} = 'x'"))


async def test_the_model_refuses_an_unknown_state(session: AsyncSession) -> None:
    session.add(new_task(status="in_progress"))
    with pytest.raises(StatementError):
        await session.flush()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("progress_percentage", -0.1),
        ("progress_percentage", 100.1),
        ("quality_score", -0.1),
        ("quality_score", 10.1),
        ("estimated_duration", 0),
        ("actual_duration", -1),
        ("retry_count", -1),
        ("max_retries", -1),
    ],
)
async def test_a_number_out_of_range_is_refused(session: AsyncSession, column: str, value: float) -> None:
    session.add(new_task(**{column: value}))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_the_bounds_of_progress_and_quality_are_allowed(session: AsyncSession) -> None:
    session.add_all(
        [new_task(progress_percentage=0, quality_score=0), new_task(progress_percentage=100, quality_score=10)]
    )
    await session.flush()
    assert set(await session.scalars(select(Task.progress_percentage))) == {0, 100}


async def test_a_task_cannot_be_completed_before_it_was_started(session: AsyncSession) -> None:
    start = utc_now()
    session.add(new_task(started_at=start, completed_at=start - timedelta(seconds=1)))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_task_may_be_completed_in_the_moment_of_its_start(session: AsyncSession) -> None:
    start = utc_now()
    await stored(session, new_task(started_at=start, completed_at=start))
    assert (await session.scalars(select(Task.completed_at))).all() == [start]


async def test_a_change_inside_a_list_is_saved(session: AsyncSession) -> None:
    task = await stored(session, new_task())
    task.dependencies.append("earlier")
    await session.flush()
    await session.refresh(task)
    assert task.dependencies == ["earlier"]


@pytest.mark.parametrize("column", ["assigned_agent_id", "claimed_by", "parent_task_id", "workflow_id"])
async def test_a_link_to_nothing_is_refused(session: AsyncSession, column: str) -> None:
    session.add(new_task(**{column: "nobody-here"}))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_task_outlives_its_agents(session: AsyncSession) -> None:
    task = await stored(session, new_task(assigned_agent_id="metis-developer", claimed_by="metis-developer"))
    await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))
    await session.refresh(task)
    assert (task.assigned_agent_id, task.claimed_by) == (None, None)


async def test_a_task_follows_its_agents_to_a_new_name(session: AsyncSession) -> None:
    task = await stored(session, new_task(assigned_agent_id="metis-developer", claimed_by="metis-developer"))
    await session.execute(update(Agent).where(Agent.agent_id == "metis-developer").values(agent_id="metis-builder"))
    await session.refresh(task)
    assert (task.assigned_agent_id, task.claimed_by) == ("metis-builder", "metis-builder")


async def test_a_task_outlives_its_parent(session: AsyncSession) -> None:
    parent = await stored(session, new_task())
    child = await stored(session, new_task(parent_task_id=parent.id))
    await session.execute(delete(Task).where(Task.id == parent.id))
    await session.refresh(child)
    assert child.parent_task_id is None


async def test_a_task_outlives_its_workflow(session: AsyncSession) -> None:
    workflow = Workflow(id="w", name="release", description="Build and publish.")
    session.add(workflow)
    task = await stored(session, new_task(workflow_id="w"))
    await session.execute(delete(Workflow).where(Workflow.id == "w"))
    await session.refresh(task)
    assert task.workflow_id is None


async def test_a_task_is_stored_after_its_workflow_and_its_parent(session: AsyncSession) -> None:
    workflow = Workflow(id="w", name="release", description="Build and publish.")
    child, parent = new_task(id="child"), new_task(id="parent")
    child.workflow, child.parent_task = workflow, parent
    session.add_all([child, parent, workflow])
    await session.flush()
    assert (await session.scalars(select(Task.parent_task_id).where(Task.workflow_id == "w"))).all() == ["parent"]
