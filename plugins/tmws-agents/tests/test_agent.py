"""What the database holds true of an agent."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace


def agent(**values: object) -> Agent:
    return Agent(**({"agent_id": "scribe", "display_name": "Scribe"} | values))


async def test_a_public_name_is_given_once(session: AsyncSession) -> None:
    session.add(agent(agent_id="hestia-auditor"))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


@pytest.mark.parametrize("length", [3, 64])
async def test_a_public_name_has_3_to_64_characters(session: AsyncSession, length: int) -> None:
    session.add(agent(agent_id="a" * length))
    await session.flush()
    assert await session.scalar(select(Agent.display_name).where(Agent.agent_id == "a" * length)) == "Scribe"


@pytest.mark.parametrize("length", [0, 2, 65])
async def test_a_public_name_of_another_length_is_refused(session: AsyncSession, length: int) -> None:
    session.add(agent(agent_id="a" * length))
    with pytest.raises(IntegrityError, match="ck_agents_agent_id_length"):
        await session.flush()


async def test_a_row_written_by_hand_gets_the_defaults_of_the_model(session: AsyncSession) -> None:
    new = agent()
    session.add(new)
    await session.flush()
    await session.execute(text("INSERT INTO agents (id, agent_id, display_name) VALUES ('1', 'by-hand', 'x')"))
    by_hand = await session.get_one(Agent, "1")
    defaults = [column.key for column in Agent.__table__.columns if column.default is not None]
    same = set(defaults) - {"id", "created_at", "updated_at", "metadata", "look_alike"}
    assert {key: getattr(by_hand, key) for key in same} == {key: getattr(new, key) for key in same}


async def test_a_new_agent_is_an_active_viewer_of_the_default_namespace(session: AsyncSession) -> None:
    new = agent()
    session.add(new)
    await session.flush()
    assert (new.namespace, new.status, new.role, new.tier) == ("default", "active", "viewer", "free")
    assert (new.health_score, new.trust_score, new.default_access_level) == (1.0, 0.5, "private")


@pytest.mark.parametrize("column", ["status", "tier", "role", "default_access_level"])
async def test_the_database_refuses_an_unknown_word(session: AsyncSession, column: str) -> None:
    with pytest.raises(IntegrityError, match=f"ck_agents_{column}"):
        await session.execute(text(f"UPDATE agents SET {column} = 'x'"))


@pytest.mark.parametrize("column", ["health_score", "trust_score"])
@pytest.mark.parametrize("value", [-0.01, 1.01])
async def test_a_score_outside_0_to_1_is_refused(session: AsyncSession, column: str, value: float) -> None:
    with pytest.raises(IntegrityError, match=f"ck_agents_{column}_range"):
        await session.execute(update(Agent).values({column: value}))


@pytest.mark.parametrize("column", ["total_memories", "successful_tasks", "accurate_verifications"])
async def test_a_count_below_nought_is_refused(session: AsyncSession, column: str) -> None:
    with pytest.raises(IntegrityError, match=f"ck_agents_{column}_minimum"):
        await session.execute(update(Agent).values({column: -1}))


@pytest.mark.parametrize(
    ("part", "whole"),
    [("successful_tasks", "total_tasks"), ("accurate_verifications", "total_verifications")],
)
async def test_a_part_is_not_more_than_the_whole(session: AsyncSession, part: str, whole: str) -> None:
    await session.execute(update(Agent).values({part: 2, whole: 2}))
    with pytest.raises(IntegrityError, match=f"ck_agents_{part}_bound"):
        await session.execute(update(Agent).values({whole: 1}))


async def test_a_capability_added_in_place_is_saved(session: AsyncSession) -> None:
    new = agent(capabilities=["writing"])
    session.add(new)
    await session.flush()
    new.capabilities.append("reading")
    await session.flush()
    await session.refresh(new)
    assert new.capabilities == ["writing", "reading"]


async def test_an_agent_lives_in_a_namespace_that_exists(session: AsyncSession) -> None:
    session.add(agent(namespace="nowhere"))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_a_namespace_that_is_lived_in_is_not_deleted(session: AsyncSession) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.execute(delete(Namespace).where(Namespace.namespace == "default"))


async def test_an_agent_follows_its_namespace_to_a_new_name(session: AsyncSession) -> None:
    await session.execute(update(Namespace).where(Namespace.namespace == "default").values(namespace="home"))
    assert set(await session.scalars(select(Agent.namespace))) == {"home"}
