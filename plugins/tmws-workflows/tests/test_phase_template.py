"""What the database enforces of templates of phases."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_workflows.models.phase_template import PhaseTemplate

DEFAULTS = {
    "trigger_keywords": [],
    "is_system": False,
    "is_active": True,
    "version": "1.0.0",
    "usage_count": 0,
    "success_rate": 0.0,
    "is_deleted": False,
    "metadata_json": {},
}


def new_template(**values: object) -> PhaseTemplate:
    return PhaseTemplate(
        **{
            "template_id": "migration",
            "template_type": "custom",
            "display_name": "Migration",
            "description": "Move data from one place to another.",
            "phases": {"phase_1_copy": {"name": "Copy", "personas": ["metis-developer"]}},
            "task_complexity": "medium",
            "estimated_minutes": 60,
            **values,
        }
    )


async def test_a_new_template_has_the_defaults_of_the_model(session: AsyncSession) -> None:
    template = new_template()
    session.add(template)
    await session.flush()
    assert {name: getattr(template, name) for name in DEFAULTS} == DEFAULTS


async def test_a_row_written_without_the_model_has_the_same_defaults(session: AsyncSession) -> None:
    await session.execute(
        text(
            "INSERT INTO phase_templates (id, template_id, template_type, display_name, description, phases, "
            "task_complexity, estimated_minutes) VALUES ('raw', 't', 'custom', 'T', 'd', '{}', 'low', 1)"
        )
    )
    template = await session.get_one(PhaseTemplate, "raw")
    assert {name: getattr(template, name) for name in DEFAULTS} == DEFAULTS


async def test_two_living_templates_cannot_share_an_id(session: AsyncSession) -> None:
    session.add_all([new_template(), new_template()])
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_the_id_of_a_deleted_template_can_be_used_again(session: AsyncSession) -> None:
    session.add_all([new_template(is_deleted=True), new_template(is_deleted=True), new_template()])
    await session.flush()
    ids = await session.scalars(select(PhaseTemplate.id).where(PhaseTemplate.template_id == "migration"))
    assert len(ids.all()) == 3


async def test_a_deleted_template_cannot_come_back_beside_its_successor(session: AsyncSession) -> None:
    deleted = new_template(is_deleted=True)
    session.add_all([deleted, new_template()])
    await session.flush()
    deleted.is_deleted = False
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("column", ["template_type", "task_complexity"])
async def test_the_database_refuses_a_word_outside_the_vocabulary(session: AsyncSession, column: str) -> None:
    session.add(new_template())
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(text(f"UPDATE phase_templates SET {column} = 'x'"))


async def test_the_model_refuses_an_unknown_complexity(session: AsyncSession) -> None:
    session.add(new_template(task_complexity="extreme"))
    with pytest.raises(StatementError):
        await session.flush()


@pytest.mark.parametrize(
    ("column", "value"),
    [("estimated_minutes", 0), ("usage_count", -1), ("success_rate", -0.1), ("success_rate", 1.1)],
)
async def test_a_number_out_of_range_is_refused(session: AsyncSession, column: str, value: float) -> None:
    session.add(new_template(**{column: value}))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_an_unknown_creator_is_refused(session: AsyncSession) -> None:
    session.add(new_template(created_by="nobody-here"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_template_outlives_its_creator(session: AsyncSession) -> None:
    template = new_template(created_by="metis-developer")
    session.add(template)
    await session.flush()
    await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))
    await session.refresh(template)
    assert template.created_by is None


async def test_a_template_follows_its_creator_to_a_new_name(session: AsyncSession) -> None:
    template = new_template(created_by="metis-developer")
    session.add(template)
    await session.flush()
    await session.execute(update(Agent).where(Agent.agent_id == "metis-developer").values(agent_id="metis-builder"))
    await session.refresh(template)
    assert template.created_by == "metis-builder"
