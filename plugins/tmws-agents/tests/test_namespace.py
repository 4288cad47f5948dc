"""What the database holds true of a namespace."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace


@pytest.fixture
async def workshop(session: AsyncSession) -> Namespace:
    workshop = Namespace(namespace="workshop", owner_agent_id="metis-developer")
    session.add(workshop)
    await session.flush()
    return workshop


async def test_a_name_is_given_once(session: AsyncSession) -> None:
    session.add(Namespace(namespace="default"))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_a_row_written_by_hand_is_private_and_active_as_a_new_one(
    session: AsyncSession, workshop: Namespace
) -> None:
    await session.execute(text("INSERT INTO agent_namespaces (id, namespace) VALUES ('1', 'by-hand')"))
    by_hand = await session.get_one(Namespace, "1")
    for row in (by_hand, workshop):
        assert (row.default_access_level, row.is_active, row.admin_agents, row.member_agents) == (
            "private",
            True,
            [],
            [],
        )


async def test_the_database_refuses_an_unknown_access_level(session: AsyncSession, workshop: Namespace) -> None:
    with pytest.raises(IntegrityError, match="ck_agent_namespaces_default_access_level"):
        await session.execute(text("UPDATE agent_namespaces SET default_access_level = 'x'"))


async def test_a_namespace_has_room_for_one_agent_at_least(session: AsyncSession, workshop: Namespace) -> None:
    with pytest.raises(IntegrityError, match="ck_agent_namespaces_max_agents_minimum"):
        await session.execute(update(Namespace).values(max_agents=0))


async def test_only_an_agent_owns_a_namespace(session: AsyncSession) -> None:
    session.add(Namespace(namespace="workshop", owner_agent_id="nobody"))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_a_namespace_outlives_its_owner(session: AsyncSession, workshop: Namespace) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))
    owner = select(Namespace.namespace, Namespace.owner_agent_id).where(Namespace.id == workshop.id)
    assert (await session.execute(owner)).one() == ("workshop", None)


async def test_a_namespace_follows_its_owner_to_a_new_name(session: AsyncSession, workshop: Namespace) -> None:
    await session.execute(update(Agent).where(Agent.agent_id == "metis-developer").values(agent_id="metis"))
    assert await session.scalar(select(Namespace.owner_agent_id).where(Namespace.id == workshop.id)) == "metis"


async def test_an_empty_namespace_can_be_deleted(session: AsyncSession, workshop: Namespace) -> None:
    await session.execute(delete(Namespace).where(Namespace.id == workshop.id))
    assert set(await session.scalars(select(Namespace.namespace))) == {"default"}
