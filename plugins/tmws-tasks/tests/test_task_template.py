"""What the database enforces of templates of tasks."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_tasks.models.task_template import TaskTemplate

DEFAULTS = {
    "required_fields": [],
    "optional_fields": [],
    "default_task_type": "templated",
    "default_priority": "medium",
    "default_access_level": "private",
    "default_config": {},
    "namespace": "default",
    "is_active": True,
    "usage_count": 0,
    "success_rate": 0.0,
    "metadata_json": {},
}


def new_template(**values: object) -> TaskTemplate:
    return TaskTemplate(
        **{
            "template_id": "fix",
            "name": "Fix",
            "title_template": "Fix {fault}",
            "description_template": "Repair {fault}.",
            **values,
        }
    )


async def stored(session: AsyncSession, template: TaskTemplate) -> TaskTemplate:
    session.add(template)
    await session.flush()
    return template


async def test_a_new_template_has_the_defaults_of_the_model(session: AsyncSession) -> None:
    template = await stored(session, new_template())
    assert {name: getattr(template, name) for name in DEFAULTS} == DEFAULTS


async def test_a_row_written_without_the_model_has_the_same_defaults(session: AsyncSession) -> None:
    await session.execute(
        text(
            "INSERT INTO task_templates (id, template_id, name, title_template, description_template) "
            "VALUES ('raw', 't', 'n', 'title', 'description')"
        )
    )
    template = await session.get_one(TaskTemplate, "raw")
    assert {name: getattr(template, name) for name in DEFAULTS} == DEFAULTS


async def test_two_templates_cannot_share_an_id(session: AsyncSession) -> None:
    session.add_all([new_template(), new_template(namespace="other")])
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("column", ["default_priority", "default_access_level"])
async def test_the_database_refuses_a_word_outside_the_vocabulary(session: AsyncSession, column: str) -> None:
    await stored(session, new_template())
    with pytest.raises(IntegrityError):
        await session.execute(text(f"UPDATE task_templates SET {column} = 'x'"))


async def test_the_model_refuses_an_unknown_priority(session: AsyncSession) -> None:
    session.add(new_template(default_priority="someday"))
    with pytest.raises(StatementError):
        await session.flush()


@pytest.mark.parametrize(
    ("column", "value"),
    [("estimated_duration", 0), ("usage_count", -1), ("success_rate", -0.1), ("success_rate", 1.1)],
)
async def test_a_number_out_of_range_is_refused(session: AsyncSession, column: str, value: float) -> None:
    session.add(new_template(**{column: value}))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_the_bounds_of_the_success_rate_are_allowed(session: AsyncSession) -> None:
    session.add_all([new_template(success_rate=0), new_template(template_id="other", success_rate=1)])
    await session.flush()
    assert set(await session.scalars(select(TaskTemplate.success_rate))) == {0, 1}


async def test_an_unknown_creator_is_refused(session: AsyncSession) -> None:
    session.add(new_template(created_by="nobody-here"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_template_outlives_its_creator(session: AsyncSession) -> None:
    template = await stored(session, new_template(created_by="metis-developer"))
    await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))
    await session.refresh(template)
    assert template.created_by is None


async def test_a_template_follows_its_creator_to_a_new_name(session: AsyncSession) -> None:
    template = await stored(session, new_template(created_by="metis-developer"))
    await session.execute(update(Agent).where(Agent.agent_id == "metis-developer").values(agent_id="metis-builder"))
    await session.refresh(template)
    assert template.created_by == "metis-builder"
