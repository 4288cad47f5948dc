"""To create and change namespaces, and to say who belongs to them."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tmws_core import Principal
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, NotFound, PermissionDenied

CallTool = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def lab(call: CallTool, bob: Principal) -> None:
    """A namespace of alice, who sees bob."""
    await call("agent_update", bob, access_level="public")
    await call("namespace_create", namespace="lab", description="Where we try things.")


async def test_a_new_namespace_belongs_to_who_created_it(call: CallTool) -> None:
    said = {"namespace": "lab", "display_name": "The lab", "description": "x", "default_access_level": "private"}
    created = await call("namespace_create", **said, notes={"k": 1})
    assert {key: created[key] for key in said} == said
    assert (created["owner"], created["admins"], created["members"], created["active"], created["notes"]) == (
        "alice",
        [],
        [],
        True,
        {"k": 1},
    )
    assert await call("namespace_get", namespace="lab") == created


@pytest.mark.parametrize("name", ["lab", "1ab"])
async def test_a_name_that_is_taken_or_looks_like_one_is_refused(call: CallTool, lab: None, name: str) -> None:
    with pytest.raises(AlreadyChanged, match="is taken, or looks like"):
        await call("namespace_create", namespace=name)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["system", "public", "admin", "l0ca1"])
async def test_a_reserved_name_is_refused(call: CallTool, name: str) -> None:
    with pytest.raises(PermissionDenied, match="kept for the server"):
        await call("namespace_create", namespace=name)


async def test_the_namespaces_are_listed_that_one_belongs_to(call: CallTool, lab: None, bob: Principal) -> None:
    async def listed(principal: Principal, **about: object) -> list[str]:
        page = await call("namespace_list", principal, **about)
        return [one["namespace"] for one in page["namespaces"]]

    assert await listed(bob) == ["place"]
    await call("namespace_member_set", namespace="lab", agent_id="bob")
    assert await listed(bob) == ["lab", "place"]
    await call("namespace_deactivate", namespace="lab")
    assert await listed(bob) == ["place"]
    assert await listed(bob, active=False) == ["lab"]


async def test_what_is_said_of_a_namespace_is_changed_and_the_rest_stays(call: CallTool, lab: None) -> None:
    changed = await call("namespace_update", namespace="lab", display_name="Lab", default_access_level="private")
    assert (changed["display_name"], changed["default_access_level"]) == ("Lab", "private")
    assert changed["description"] == "Where we try things."


async def test_a_namespace_is_given_away_for_good(call: CallTool, lab: None, bob: Principal) -> None:
    assert (await call("namespace_update", namespace="lab", owner="bob"))["owner"] == "bob"
    with pytest.raises(NotFound):
        await call("namespace_update", namespace="lab", owner="alice")
    assert (await call("namespace_update", bob, namespace="lab", description="mine"))["description"] == "mine"


async def test_an_agent_is_member_or_administrator_and_never_both(call: CallTool, lab: None) -> None:
    changed = await call("namespace_member_set", namespace="lab", agent_id="bob")
    assert (changed["admins"], changed["members"]) == ([], ["bob"])
    changed = await call("namespace_member_set", namespace="lab", agent_id="bob", position="admin")
    assert (changed["admins"], changed["members"]) == (["bob"], [])
    changed = await call("namespace_member_set", namespace="lab", agent_id="bob", position="member")
    assert (changed["admins"], changed["members"]) == ([], ["bob"])


async def test_an_administrator_says_who_belongs_and_not_who_administers(
    call: CallTool, lab: None, bob: Principal
) -> None:
    await call("namespace_member_set", namespace="lab", agent_id="bob", position="admin")
    assert (await call("namespace_member_set", bob, namespace="lab", agent_id="hestia-auditor"))["members"] == [
        "hestia-auditor"
    ]
    with pytest.raises(PermissionDenied, match="may not change the administrators of namespace 'lab'"):
        await call("namespace_member_set", bob, namespace="lab", agent_id="hestia-auditor", position="admin")


async def test_a_member_leaves_by_itself_and_sees_nothing_any_more(call: CallTool, lab: None, bob: Principal) -> None:
    await call("namespace_member_set", namespace="lab", agent_id="bob")
    assert (await call("namespace_member_remove", bob, namespace="lab", agent_id="bob"))["members"] == []
    with pytest.raises(NotFound):
        await call("namespace_get", bob, namespace="lab")


async def test_an_agent_that_one_does_not_see_cannot_be_taken_in(call: CallTool, lab: None, bob: Principal) -> None:
    await call("agent_update", bob, access_level="private")
    answers = []
    for name in ("bob", "zzz"):
        with pytest.raises(NotFound) as refused:
            await call("namespace_member_set", namespace="lab", agent_id=name)
        answers.append(str(refused.value).replace(name, ""))
    assert answers[0] == answers[1]


async def test_a_deactivated_agent_cannot_be_taken_in(call: CallTool, lab: None, bob: Principal) -> None:
    await call("agent_deactivate", bob, agent_id="bob")
    with pytest.raises(AlreadyChanged, match="agent 'bob' is inactive"):
        await call("namespace_member_set", namespace="lab", agent_id="bob")


async def test_a_closed_namespace_takes_nothing_in_until_it_is_opened(call: CallTool, lab: None) -> None:
    assert (await call("namespace_deactivate", namespace="lab"))["active"] is False
    for tool, said in (("agent_register", {"agent_id": "helper"}), ("team_create", {"team_id": "crew"})):
        with pytest.raises(AlreadyChanged, match="namespace 'lab' is deactivated"):
            await call(tool, namespace="lab", **said)
    assert (await call("namespace_activate", namespace="lab"))["active"] is True
    await call("agent_register", agent_id="helper", namespace="lab")


async def test_the_default_namespace_stays_open(call: CallTool, operator: Principal) -> None:
    with pytest.raises(InvalidArguments, match="stays active"):
        await call("namespace_deactivate", operator, namespace="default")


async def test_a_quota_is_the_operators_to_set(call: CallTool, lab: None, operator: Principal) -> None:
    with pytest.raises(PermissionDenied, match="'agents:govern'"):
        await call("namespace_update", namespace="lab", max_agents=5)
    changed = await call("namespace_update", operator, namespace="lab", max_agents=5, max_teams=6)
    assert (changed["max_agents"], changed["max_teams"]) == (5, 6)
    changed = await call("namespace_update", operator, namespace="lab", max_agents=0, max_teams=0)
    assert (changed["max_agents"], changed["max_teams"]) == (None, None)


async def test_no_more_agents_are_registered_activated_or_moved_in_than_there_is_room_for(
    call: CallTool, lab: None, operator: Principal
) -> None:
    await call("namespace_update", operator, namespace="lab", max_agents=1)
    await call("namespace_create", namespace="shop")
    await call("agent_register", agent_id="other", namespace="shop")
    await call("agent_register", agent_id="helper-a", namespace="lab")
    for tool, said in (
        ("agent_register", {"agent_id": "helper-b", "namespace": "lab"}),
        ("agent_move", {"agent_id": "other", "namespace": "lab"}),
    ):
        with pytest.raises(AlreadyChanged, match="namespace 'lab' has room for 1 agents, and has 1"):
            await call(tool, **said)
    await call("agent_deactivate", agent_id="helper-a")
    await call("agent_register", agent_id="helper-b", namespace="lab")
    with pytest.raises(AlreadyChanged, match="has room for 1 agents"):
        await call("agent_activate", agent_id="helper-a")


async def test_no_more_teams_are_created_or_activated_than_there_is_room_for(
    call: CallTool, lab: None, operator: Principal
) -> None:
    await call("namespace_update", operator, namespace="lab", max_teams=1)
    await call("team_create", team_id="one", namespace="lab")
    with pytest.raises(AlreadyChanged, match="namespace 'lab' has room for 1 teams, and has 1"):
        await call("team_create", team_id="two", namespace="lab")
    await call("team_deactivate", team_id="one")
    await call("team_create", team_id="two", namespace="lab")
    with pytest.raises(AlreadyChanged, match="has room for 1 teams"):
        await call("team_activate", team_id="one")
