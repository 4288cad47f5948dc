"""A workflow, a run of it and a step of that run, each stored."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_workflows.models.execution import Execution
from tmws_workflows.models.step_execution import StepExecution
from tmws_workflows.models.workflow import Workflow


@pytest.fixture
async def workflow(session: AsyncSession) -> Workflow:
    stored = Workflow(name="release", description="Build, test and publish.")
    session.add(stored)
    await session.flush()
    return stored


@pytest.fixture
async def execution(session: AsyncSession, workflow: Workflow) -> Execution:
    stored = Execution(workflow_id=workflow.id, workflow_version=1)
    session.add(stored)
    await session.flush()
    return stored


@pytest.fixture
async def step(session: AsyncSession, execution: Execution) -> StepExecution:
    stored = StepExecution(workflow_execution_id=execution.id, step_name="build", step_index=0)
    session.add(stored)
    await session.flush()
    return stored
