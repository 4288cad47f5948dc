"""The templates of phases that a new database begins with."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_workflows.models.phase_template import PhaseTemplate
from tmws_workflows.seeds import system_phase_templates


async def seeded(session: AsyncSession, template_id: str) -> PhaseTemplate:
    return (await session.scalars(select(PhaseTemplate).where(PhaseTemplate.template_id == template_id))).one()


async def test_a_new_database_holds_the_four_templates_of_the_system(session: AsyncSession) -> None:
    templates = (await session.scalars(select(PhaseTemplate).where(PhaseTemplate.is_system))).all()
    assert {
        template.template_id: (len(template.phases), template.task_complexity, template.estimated_minutes)
        for template in templates
    } == {
        "quick_fix": (2, "low", 30),
        "security_audit": (3, "high", 240),
        "full": (4, "high", 480),
        "research": (2, "medium", 120),
    }


async def test_the_phases_are_worked_on_by_agents_that_exist(session: AsyncSession) -> None:
    agents = set(await session.scalars(select(Agent.agent_id)))
    for template in await session.scalars(select(PhaseTemplate)):
        for phase in template.phases.values():
            assert phase["personas"]
            assert set(phase["personas"]) <= agents


async def test_a_template_that_was_changed_is_left_alone(session: AsyncSession) -> None:
    template = await seeded(session, "quick_fix")
    template.description = "In our own words."
    await session.flush()
    await session.run_sync(system_phase_templates)
    await session.flush()
    assert (await seeded(session, "quick_fix")).description == "In our own words."


async def test_a_template_that_was_deleted_does_not_come_back(session: AsyncSession) -> None:
    template = await seeded(session, "research")
    template.is_deleted = True
    await session.flush()
    await session.run_sync(system_phase_templates)
    await session.flush()
    assert (await seeded(session, "research")).is_deleted
