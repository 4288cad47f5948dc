"""What the database enforces of workflows."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_workflows.models.workflow import Workflow

DEFAULTS = {
    "namespace": "default",
    "version": 1,
    "workflow_type": "sequential",
    "status": "draft",
    "steps": [],
    "tags": [],
    "config": {},
    "metadata_json": {},
}


def new_workflow(**values: object) -> Workflow:
    return Workflow(**{"name": "review", "description": "Read, comment and decide.", **values})


async def test_a_new_workflow_has_the_defaults_of_the_model(session: AsyncSession) -> None:
    workflow = new_workflow()
    session.add(workflow)
    await session.flush()
    assert {name: getattr(workflow, name) for name in DEFAULTS} == DEFAULTS


async def test_a_row_written_without_the_model_has_the_same_defaults(session: AsyncSession) -> None:
    await session.execute(text("INSERT INTO workflows (id, name, description) VALUES ('raw', 'n', 'd')"))
    workflow = await session.get_one(Workflow, "raw")
    assert {name: getattr(workflow, name) for name in DEFAULTS} == DEFAULTS


async def test_a_name_has_each_version_once(session: AsyncSession) -> None:
    session.add_all([new_workflow(version=2), new_workflow(version=2)])
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("values", [{"version": 2}, {"namespace": "other"}, {"name": "release"}])
async def test_another_version_namespace_or_name_may_stand_beside_it(
    session: AsyncSession, values: dict[str, object]
) -> None:
    session.add_all([new_workflow(), new_workflow(**values)])
    await session.flush()
    assert len((await session.scalars(select(Workflow.id))).all()) == 2


@pytest.mark.parametrize("column", ["workflow_type", "status"])
async def test_the_database_refuses_a_word_outside_the_vocabulary(
    session: AsyncSession, workflow: Workflow, column: str
) -> None:
    with pytest.raises(IntegrityError):
        await session.execute(text(f"UPDATE workflows SET {column} = 'x'"))


async def test_the_model_refuses_the_state_of_a_run(session: AsyncSession) -> None:
    session.add(new_workflow(status="running"))
    with pytest.raises(StatementError):
        await session.flush()


@pytest.mark.parametrize("column", ["version", "timeout_seconds"])
async def test_a_number_below_one_is_refused(session: AsyncSession, column: str) -> None:
    session.add(new_workflow(**{column: 0}))
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("column", ["owner_agent_id", "created_by"])
async def test_an_unknown_agent_is_refused(session: AsyncSession, column: str) -> None:
    session.add(new_workflow(**{column: "nobody-here"}))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_workflow_outlives_its_agents(session: AsyncSession) -> None:
    workflow = new_workflow(owner_agent_id="metis-developer", created_by="metis-developer")
    session.add(workflow)
    await session.flush()
    await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))
    await session.refresh(workflow)
    assert (workflow.owner_agent_id, workflow.created_by) == (None, None)


async def test_a_workflow_follows_its_agents_to_a_new_name(session: AsyncSession) -> None:
    workflow = new_workflow(owner_agent_id="metis-developer", created_by="metis-developer")
    session.add(workflow)
    await session.flush()
    await session.execute(update(Agent).where(Agent.agent_id == "metis-developer").values(agent_id="metis-builder"))
    await session.refresh(workflow)
    assert (workflow.owner_agent_id, workflow.created_by) == ("metis-builder", "metis-builder")
