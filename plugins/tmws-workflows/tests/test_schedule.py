"""What the database enforces of schedules."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core.columns import utc_now
from tmws_workflows.models.schedule import Schedule
from tmws_workflows.models.workflow import Workflow

DEFAULTS = {
    "timezone": "UTC",
    "is_active": True,
    "max_concurrency": 1,
    "misfire_policy": "run_once",
    "metadata_json": {},
    "total_runs": 0,
    "successful_runs": 0,
    "failed_runs": 0,
}


def new_schedule(workflow: Workflow, **values: object) -> Schedule:
    return Schedule(
        **{"workflow_id": workflow.id, "schedule_type": "cron", "schedule_expression": "0 3 * * *", **values}
    )


async def test_a_new_schedule_has_the_defaults_of_the_model(session: AsyncSession, workflow: Workflow) -> None:
    schedule = new_schedule(workflow)
    session.add(schedule)
    await session.flush()
    assert {name: getattr(schedule, name) for name in DEFAULTS} == DEFAULTS


async def test_a_row_written_without_the_model_has_the_same_defaults(session: AsyncSession, workflow: Workflow) -> None:
    await session.execute(
        text("INSERT INTO workflow_schedules (id, workflow_id, schedule_type) VALUES ('raw', :workflow, 'once')"),
        {"workflow": workflow.id},
    )
    schedule = await session.get_one(Schedule, "raw")
    assert {name: getattr(schedule, name) for name in DEFAULTS} == DEFAULTS


async def test_a_schedule_is_stored_after_its_workflow(session: AsyncSession) -> None:
    workflow = Workflow(id="w", name="review", description="Read and decide.")
    session.add_all([new_schedule(workflow), workflow])
    await session.flush()
    assert (await session.scalars(select(Schedule.workflow_id))).all() == ["w"]


async def test_a_schedule_without_a_workflow_is_refused(session: AsyncSession) -> None:
    session.add(Schedule(workflow_id="missing", schedule_type="once"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_the_schedules_go_with_their_workflow(session: AsyncSession, workflow: Workflow) -> None:
    session.add(new_schedule(workflow))
    await session.flush()
    await session.execute(delete(Workflow).where(Workflow.id == workflow.id))
    assert (await session.scalars(select(Schedule.id))).all() == []


@pytest.mark.parametrize("duration", [timedelta(0), timedelta(days=-1)])
async def test_a_schedule_cannot_end_before_it_has_begun(
    session: AsyncSession, workflow: Workflow, duration: timedelta
) -> None:
    start = utc_now()
    session.add(new_schedule(workflow, start_date=start, end_date=start + duration))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_schedule_may_lack_a_beginning_or_an_end(session: AsyncSession, workflow: Workflow) -> None:
    session.add_all([new_schedule(workflow, start_date=utc_now()), new_schedule(workflow, end_date=utc_now())])
    await session.flush()
    assert len((await session.scalars(select(Schedule.id))).all()) == 2


@pytest.mark.parametrize("column", ["schedule_type", "misfire_policy"])
async def test_the_database_refuses_a_word_outside_the_vocabulary(
    session: AsyncSession, workflow: Workflow, column: str
) -> None:
    session.add(new_schedule(workflow))
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(text(f"UPDATE workflow_schedules SET {column} = 'x'"))


async def test_the_model_refuses_an_unknown_policy(session: AsyncSession, workflow: Workflow) -> None:
    session.add(new_schedule(workflow, misfire_policy="ignore"))
    with pytest.raises(StatementError):
        await session.flush()


@pytest.mark.parametrize(
    "values",
    [
        {"max_concurrency": 0},
        {"successful_runs": -1},
        {"failed_runs": -1},
        {"total_runs": 1, "successful_runs": 1, "failed_runs": 1},
    ],
)
async def test_impossible_numbers_are_refused(
    session: AsyncSession, workflow: Workflow, values: dict[str, object]
) -> None:
    session.add(new_schedule(workflow, **values))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_run_that_is_not_over_counts_for_the_total_alone(session: AsyncSession, workflow: Workflow) -> None:
    session.add(new_schedule(workflow, total_runs=3, successful_runs=1, failed_runs=1))
    await session.flush()
    assert (await session.scalars(select(Schedule.total_runs))).all() == [3]
