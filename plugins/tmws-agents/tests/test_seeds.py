"""The namespace, the agents and the personas that a new database begins with."""

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.models.persona import Persona
from tmws_agents.seeds import default_agents, default_namespace, default_personas
from tmws_core.application import Application
from tmws_core.settings import Settings


async def seeded(session: AsyncSession, agent_id: str) -> Agent:
    return (await session.scalars(select(Agent).where(Agent.agent_id == agent_id))).one()


async def seed_again(session: AsyncSession) -> None:
    await session.flush()
    await session.run_sync(default_namespace)
    await session.run_sync(default_agents)
    await session.flush()


async def test_a_new_database_holds_nine_agents_of_different_types(session: AsyncSession) -> None:
    assert set(await session.scalars(select(Agent.agent_type))) == {
        "conductor",
        "optimizer",
        "auditor",
        "coordinator",
        "strategist",
        "documenter",
        "designer",
        "developer",
        "researcher",
    }
    assert await session.scalar(select(func.count()).select_from(Agent)) == 9


async def test_no_seeded_agent_is_preferred_to_another(session: AsyncSession) -> None:
    standing = select(
        Agent.namespace,
        Agent.status,
        Agent.tier,
        Agent.role,
        Agent.trust_score,
        Agent.health_score,
        Agent.default_access_level,
    )
    assert set(await session.execute(standing)) == {("default", "active", "free", "viewer", 0.5, 1.0, "system")}


async def test_a_seeded_agent_has_no_key_and_no_past(session: AsyncSession) -> None:
    past = select(Agent.api_key_hash, Agent.total_tasks, Agent.total_verifications, Agent.last_active_at)
    assert set(await session.execute(past)) == {(None, 0, 0, None)}


async def test_every_seeded_agent_can_do_something(session: AsyncSession) -> None:
    assert all(await session.scalars(select(Agent.capabilities)))


async def test_seeds_run_again_add_nothing(session: AsyncSession) -> None:
    await seed_again(session)
    assert await session.scalar(select(func.count()).select_from(Agent)) == 9
    assert await session.scalar(select(func.count()).select_from(Namespace)) == 1


async def test_an_agent_that_was_changed_is_left_alone(session: AsyncSession) -> None:
    agent = await seeded(session, "hestia-auditor")
    agent.display_name, agent.capabilities = "Our own", ["patience"]
    await seed_again(session)
    await session.refresh(agent)
    assert (agent.display_name, agent.capabilities) == ("Our own", ["patience"])


async def test_an_agent_that_was_deactivated_stays_so(session: AsyncSession) -> None:
    agent = await seeded(session, "hestia-auditor")
    agent.status = "inactive"
    await seed_again(session)
    await session.refresh(agent)
    assert agent.status == "inactive"


async def test_a_namespace_that_was_changed_is_left_alone(session: AsyncSession) -> None:
    namespace = (await session.scalars(select(Namespace))).one()
    namespace.description, namespace.is_active = "Our own.", False
    await seed_again(session)
    await session.refresh(namespace)
    assert (namespace.description, namespace.is_active) == ("Our own.", False)


async def test_an_agent_that_was_deleted_comes_back_when_seeds_run(session: AsyncSession) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == "muses-documenter"))
    await seed_again(session)
    assert (await seeded(session, "muses-documenter")).display_name == "Documenter"


async def test_an_agent_that_was_deleted_does_not_come_back_with_a_start(
    application: Application, settings: Settings
) -> None:
    async with application.database.session(read_only=False) as session:
        await session.execute(delete(Agent).where(Agent.agent_id == "muses-documenter"))
        await session.commit()
    async with Application(settings) as again, again.database.session(read_only=True) as session:
        assert await session.scalar(select(func.count()).select_from(Agent)) == 8


async def test_each_default_agent_has_a_persona_that_comes_with_the_server(session: AsyncSession) -> None:
    found = (await session.scalars(select(Persona))).all()
    assert {one.agent_id for one in found} == set(await session.scalars(select(Agent.agent_id)))
    assert all(one.is_system and one.is_active and one.trigger_words for one in found)
    assert all(one.markdown_source and "{task}" in one.markdown_source for one in found)


async def test_a_persona_that_was_changed_is_left_alone(session: AsyncSession) -> None:
    persona = (await session.scalars(select(Persona).where(Persona.name == "auditor"))).one()
    persona.markdown_source = "Our own"
    await session.flush()
    await session.run_sync(default_personas)
    await session.refresh(persona)
    assert persona.markdown_source == "Our own"


async def test_a_seed_gives_way_to_a_name_that_looks_like_its_own(session: AsyncSession) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == "muses-documenter"))
    await session.execute(delete(Persona).where(Persona.name == "documenter"))
    session.add(Agent(agent_id="muses.documenter", display_name="x"))
    await session.flush()
    await session.run_sync(default_agents)
    await session.run_sync(default_personas)
    await session.flush()
    assert await session.scalar(select(func.count()).select_from(Agent)) == 9
    assert await session.scalar(select(Persona.agent_id).where(Persona.name == "documenter")) is None
