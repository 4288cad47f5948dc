"""What the database holds true of a persona."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_agents.models.persona import Persona


def new_persona(**values: object) -> Persona:
    necessary = {"name": "critic", "type": "critic", "role": "auditor", "display_name": "Critic", "description": "x"}
    return Persona(**(necessary | values))


@pytest.fixture
async def persona(session: AsyncSession) -> Persona:
    persona = new_persona(agent_id="hestia-auditor")
    session.add(persona)
    await session.flush()
    return persona


async def test_a_name_is_given_once(session: AsyncSession, persona: Persona) -> None:
    session.add(new_persona(type="other"))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_a_row_written_by_hand_gets_the_defaults_of_the_model(session: AsyncSession, persona: Persona) -> None:
    await session.execute(
        text(
            "INSERT INTO personas (id, name, type, role, display_name, description) "
            "VALUES ('1', 'by-hand', 'x', 'auditor', 'x', 'x')"
        )
    )
    by_hand = await session.get_one(Persona, "1")
    for row in (by_hand, persona):
        assert (row.is_system, row.is_active, row.total_tasks, row.successful_tasks) == (False, True, 0, 0)
        assert (row.specialties, row.capabilities, row.config, row.preferences) == ([], [], {}, {})


@pytest.mark.parametrize("column", ["role", "tier"])
async def test_the_database_refuses_an_unknown_word(session: AsyncSession, persona: Persona, column: str) -> None:
    with pytest.raises(IntegrityError, match=f"ck_personas_{column}"):
        await session.execute(text(f"UPDATE personas SET {column} = 'x'"))


@pytest.mark.parametrize(
    ("successful", "total", "constraint"), [(-1, 0, "successful_tasks_minimum"), (2, 1, "successful_tasks_bound")]
)
async def test_successes_lie_between_nought_and_all(
    session: AsyncSession, persona: Persona, successful: int, total: int, constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=f"ck_personas_{constraint}"):
        await session.execute(update(Persona).values(successful_tasks=successful, total_tasks=total))


async def test_a_preference_changed_in_place_is_saved(session: AsyncSession, persona: Persona) -> None:
    persona.preferences["tone"] = "dry"
    await session.flush()
    await session.refresh(persona)
    assert persona.preferences == {"tone": "dry"}


async def test_only_an_agent_takes_on_a_persona(session: AsyncSession) -> None:
    session.add(new_persona(agent_id="nobody"))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_a_persona_outlives_its_agent(session: AsyncSession, persona: Persona) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == "hestia-auditor"))
    mine = select(Persona.name, Persona.agent_id).where(Persona.id == persona.id)
    assert (await session.execute(mine)).one() == ("critic", None)


async def test_a_persona_follows_its_agent_to_a_new_name(session: AsyncSession, persona: Persona) -> None:
    await session.execute(update(Agent).where(Agent.agent_id == "hestia-auditor").values(agent_id="hestia"))
    assert await session.scalar(select(Persona.agent_id).where(Persona.id == persona.id)) == "hestia"
