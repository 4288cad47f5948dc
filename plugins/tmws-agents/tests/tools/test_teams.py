"""To create and change teams, and to say who leads them and who does what in them."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tmws_core import Principal
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, NotFound, PermissionDenied

CallTool = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def crew(call: CallTool, bob: Principal) -> None:
    """A team of alice, who sees bob."""
    await call("agent_update", bob, access_level="team")
    await call("team_create", team_id="crew", description="x")


async def test_who_creates_a_team_leads_it_and_is_in_it(call: CallTool) -> None:
    said = {"team_id": "crew", "team_name": "The crew", "description": "x", "team_type": "hierarchical"}
    created = await call("team_create", **said, max_members=3, role="chief", notes={"k": 1})
    assert {key: created[key] for key in said} == said
    assert (created["leader"], created["namespace"], created["max_members"], created["notes"]) == (
        "alice",
        "place",
        3,
        {"k": 1},
    )
    assert created["members"] == [{"agent_id": "alice", "role": "chief", "leads": True}]
    assert await call("team_get", team_id="crew") == created


async def test_another_can_lead_it(call: CallTool) -> None:
    created = await call("team_create", team_id="crew", leader="hestia-auditor")
    assert created["leader"] == "hestia-auditor"
    assert [one["agent_id"] for one in created["members"]] == ["alice", "hestia-auditor"]


async def test_a_team_is_in_a_namespace_that_one_belongs_to(call: CallTool) -> None:
    with pytest.raises(NotFound, match="no namespace 'default'"):
        await call("team_create", team_id="crew", namespace="default")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["crew", "Crew", "root"])
async def test_a_name_that_is_taken_impossible_or_reserved_is_refused(call: CallTool, crew: None, name: str) -> None:
    with pytest.raises((AlreadyChanged, InvalidArguments, PermissionDenied), match="team_id"):
        await call("team_create", team_id=name)


async def test_members_come_change_their_role_and_go(call: CallTool, crew: None) -> None:
    async def members(tool: str, **said: object) -> dict[str, str | None]:
        team = await call(tool, team_id="crew", agent_id="bob", **said)
        return {one["agent_id"]: one["role"] for one in team["members"]}

    assert await members("team_member_set", role="reviewer") == {"alice": None, "bob": "reviewer"}
    assert await members("team_member_set", role="tester") == {"alice": None, "bob": "tester"}
    assert await members("team_member_set") == {"alice": None, "bob": None}
    assert await members("team_member_remove") == {"alice": None}


async def test_a_member_leaves_by_itself_and_takes_nobody_along(call: CallTool, crew: None, bob: Principal) -> None:
    await call("team_member_set", team_id="crew", agent_id="bob")
    with pytest.raises(PermissionDenied, match="may not change the members of team 'crew'"):
        await call("team_member_remove", bob, team_id="crew", agent_id="alice")
    left = await call("team_member_remove", bob, team_id="crew", agent_id="bob")
    assert [one["agent_id"] for one in left["members"]] == ["alice"]


async def test_a_leader_leaves_once_another_leads(call: CallTool, crew: None, bob: Principal) -> None:
    with pytest.raises(InvalidArguments, match="leads team 'crew'"):
        await call("team_member_remove", team_id="crew", agent_id="alice")
    changed = await call("team_update", team_id="crew", leader="bob")
    assert (changed["leader"], [one["agent_id"] for one in changed["members"]]) == ("bob", ["alice", "bob"])
    assert len((await call("team_member_remove", team_id="crew", agent_id="alice"))["members"]) == 1
    with pytest.raises(PermissionDenied):
        await call("team_update", team_id="crew", team_name="x")


async def test_an_agent_that_one_does_not_see_cannot_be_taken_in(
    call: CallTool, crew: None, stranger: Principal
) -> None:
    await call("agent_update", stranger, display_name="Stranger")
    with pytest.raises(NotFound, match="no agent 'stranger'"):
        await call("team_member_set", team_id="crew", agent_id="stranger")


async def test_a_deactivated_agent_cannot_be_taken_in(call: CallTool, crew: None, bob: Principal) -> None:
    await call("agent_deactivate", bob, agent_id="bob")
    with pytest.raises(AlreadyChanged, match="agent 'bob' is inactive"):
        await call("team_member_set", team_id="crew", agent_id="bob")


async def test_no_more_members_are_taken_in_than_there_is_room_for(call: CallTool, crew: None) -> None:
    await call("team_update", team_id="crew", max_members=1)
    with pytest.raises(AlreadyChanged, match="team 'crew' has room for 1 members, and would have 2"):
        await call("team_member_set", team_id="crew", agent_id="bob")
    with pytest.raises(AlreadyChanged, match="has room for 1 members"):
        await call("team_update", team_id="crew", leader="bob")
    assert len((await call("team_get", team_id="crew"))["members"]) == 1


async def test_in_a_specialized_team_each_has_a_role(call: CallTool, crew: None) -> None:
    with pytest.raises(InvalidArguments, match="each member has one, and 'alice' has none"):
        await call("team_update", team_id="crew", team_type="specialized")
    await call("team_member_set", team_id="crew", agent_id="alice", role="chief")
    await call("team_update", team_id="crew", team_type="specialized")
    with pytest.raises(InvalidArguments, match="'bob' has none"):
        await call("team_member_set", team_id="crew", agent_id="bob")
    await call("team_member_set", team_id="crew", agent_id="bob", role="tester")


async def test_the_teams_are_listed_that_one_sees_and_those_that_one_is_in(
    call: CallTool, crew: None, bob: Principal, stranger: Principal
) -> None:
    async def listed(principal: Principal, **about: object) -> list[str]:
        return [one["team_id"] for one in (await call("team_list", principal, **about))["teams"]]

    await call("team_create", team_id="band")
    assert await listed(bob) == ["band", "crew"]
    assert await listed(bob, mine=True) == []
    assert await listed(stranger) == []
    await call("team_member_set", team_id="crew", agent_id="bob")
    await call("team_deactivate", team_id="band")
    assert await listed(bob, mine=True) == ["crew"]
    assert await listed(bob, active=False) == ["band"]
    assert await listed(bob, namespace="elsewhere") == []


async def test_a_dissolved_team_takes_nobody_in_until_it_is_back(call: CallTool, crew: None) -> None:
    assert (await call("team_deactivate", team_id="crew"))["active"] is False
    with pytest.raises(AlreadyChanged, match="team 'crew' is deactivated"):
        await call("team_member_set", team_id="crew", agent_id="bob")
    assert (await call("team_activate", team_id="crew"))["active"] is True
    await call("team_member_set", team_id="crew", agent_id="bob")
