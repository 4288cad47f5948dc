"""What the database holds true of a team."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.models.team import Team


def new_team(**values: object) -> Team:
    return Team(**({"team_id": "builders", "team_name": "Builders", "shared_namespace": "default"} | values))


@pytest.fixture
async def team(session: AsyncSession) -> Team:
    team = new_team(members=["metis-developer"], leader_agent_id="metis-developer")
    session.add(team)
    await session.flush()
    return team


async def test_a_public_name_is_given_once(session: AsyncSession, team: Team) -> None:
    session.add(new_team(team_name="Others"))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_a_row_written_by_hand_collaborates_and_is_active_as_a_new_one(session: AsyncSession, team: Team) -> None:
    await session.execute(
        text(
            "INSERT INTO agent_teams (id, team_id, team_name, shared_namespace) VALUES ('1', 'by-hand', 'x', 'default')"
        )
    )
    by_hand = await session.get_one(Team, "1")
    assert (by_hand.team_type, by_hand.is_active, by_hand.members) == ("collaborative", True, [])
    assert (team.team_type, team.is_active) == ("collaborative", True)


async def test_the_database_refuses_an_unknown_type(session: AsyncSession, team: Team) -> None:
    with pytest.raises(IntegrityError, match="ck_agent_teams_team_type"):
        await session.execute(text("UPDATE agent_teams SET team_type = 'x'"))


async def test_a_team_has_room_for_one_member_at_least(session: AsyncSession, team: Team) -> None:
    with pytest.raises(IntegrityError, match="ck_agent_teams_max_members_minimum"):
        await session.execute(update(Team).values(max_members=0))


async def test_a_member_added_in_place_is_saved(session: AsyncSession, team: Team) -> None:
    team.members.append("hestia-auditor")
    await session.flush()
    await session.refresh(team)
    assert team.members == ["metis-developer", "hestia-auditor"]


@pytest.mark.parametrize("values", [{"leader_agent_id": "nobody"}, {"shared_namespace": "nowhere"}])
async def test_leader_and_namespace_exist(session: AsyncSession, values: dict[str, str]) -> None:
    session.add(new_team(**values))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_a_team_outlives_its_leader(session: AsyncSession, team: Team) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))
    assert (await session.execute(select(Team.team_id, Team.leader_agent_id))).one() == ("builders", None)


async def test_the_namespace_of_a_team_is_not_deleted(session: AsyncSession) -> None:
    session.add(Namespace(namespace="workshop"))
    await session.flush()
    session.add(new_team(shared_namespace="workshop"))
    await session.flush()
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.execute(delete(Namespace).where(Namespace.namespace == "workshop"))
