"""To register, read, find, change and deactivate agents."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import update

from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, NotFound, PermissionDenied, RateLimited

CallTool = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def lab(call: CallTool) -> None:
    """A namespace of alice."""
    await call("namespace_create", namespace="lab")


@pytest.fixture
async def helper(call: CallTool, lab: None) -> None:
    """An agent in it."""
    await call("agent_register", agent_id="helper", namespace="lab", capabilities=["Testing", "search"])


async def change(application: Application, agent_id: str, **values: object) -> None:
    """Change an agent behind the server's back."""
    statement = update(Agent).where(Agent.agent_id == agent_id).values(values)
    await application.database.transaction(lambda session: session.execute(statement), read_only=False)


async def test_who_has_written_nothing_is_told_that_it_is_not_registered(call: CallTool) -> None:
    told = await call("agent_whoami")
    assert (told["agent_id"], told["namespace"], told["registered"], told["operator"]) == (
        "alice",
        "place",
        False,
        False,
    )
    assert told["scopes"] == ["*:read", "*:write"]


async def test_who_acts_for_another_is_told_both(call: CallTool) -> None:
    told = await call("agent_whoami", Principal("hestia-auditor", "default", frozenset({"*"}), actor="alice"))
    assert (told["agent_id"], told["acting_agent"], told["operator"]) == ("hestia-auditor", "alice", True)


async def test_everybody_is_told_what_it_owns_administers_and_is_in(call: CallTool, lab: None, bob: Principal) -> None:
    await call("agent_update", bob, display_name="Bob", access_level="public")
    await call("namespace_member_set", namespace="lab", agent_id="bob", position="admin")
    await call("team_create", team_id="crew", namespace="lab")
    await call("team_member_set", team_id="crew", agent_id="bob")
    mine, his = await call("agent_whoami"), await call("agent_whoami", bob)
    assert (mine["owns"], mine["administers"], mine["teams"]) == (["lab"], [], ["crew"])
    assert (his["owns"], his["administers"], his["teams"], his["display_name"]) == ([], ["lab"], ["crew"], "Bob")


async def test_a_registered_agent_is_as_it_was_described(call: CallTool, lab: None) -> None:
    said = {
        "agent_id": "helper",
        "display_name": "The helper",
        "namespace": "lab",
        "capabilities": ["testing"],
        "agent_type": "tester",
        "access_level": "private",
        "notes": {"a": [1, None, "x"]},
    }
    registered = await call("agent_register", **said)
    assert {key: registered[key] for key in said} == said
    assert (registered["status"], registered["trust"], registered["registered_by"]) == ("active", 0.5, "alice")
    assert await call("agent_get", agent_id="helper") == registered


async def test_an_agent_without_a_level_gets_the_one_of_its_namespace(call: CallTool) -> None:
    await call("namespace_create", namespace="open", default_access_level="public")
    assert (await call("agent_register", agent_id="helper", namespace="open"))["access_level"] == "public"


@pytest.mark.parametrize("agent_id", ["helper", "he1per", "h.elper"])
async def test_a_name_that_is_taken_or_looks_like_one_is_refused(call: CallTool, helper: None, agent_id: str) -> None:
    if agent_id == "h.elper":
        await call("agent_register", agent_id="h-elper", namespace="lab")
    with pytest.raises(AlreadyChanged, match=f"agent_id: '{agent_id}' is taken, or looks like"):
        await call("agent_register", agent_id=agent_id, namespace="lab")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "agent_id", ["ab", "a" * 65, "Upper", "two words", "-dash", "../../admin", "nul\0", "line\nbreak", "аdmin", ""]
)
async def test_an_impossible_name_is_refused(call: CallTool, lab: None, agent_id: str) -> None:
    with pytest.raises(InvalidArguments, match="agent_id"):
        await call("agent_register", agent_id=agent_id, namespace="lab")


async def test_a_reserved_name_is_the_operators_to_give(call: CallTool, lab: None, operator: Principal) -> None:
    with pytest.raises(PermissionDenied, match="kept for the server"):
        await call("agent_register", agent_id="system", namespace="lab")
    assert (await call("agent_register", operator, agent_id="system", namespace="lab"))["agent_id"] == "system"


async def test_the_level_of_the_system_is_the_operators_to_give(call: CallTool, lab: None) -> None:
    with pytest.raises(PermissionDenied, match="'agents:govern'"):
        await call("agent_register", agent_id="helper", namespace="lab", access_level="system")


async def test_nobody_registers_in_a_namespace_that_it_merely_calls_from(call: CallTool) -> None:
    await call("agent_update", display_name="Alice")
    with pytest.raises(PermissionDenied, match="may not register agents in namespace 'place'"):
        await call("agent_register", agent_id="helper")


async def test_what_is_changed_is_changed_and_the_rest_stays(call: CallTool, helper: None) -> None:
    before = await call("agent_get", agent_id="helper")
    after = await call("agent_update", agent_id="helper", display_name="New", capabilities=["a", "b", "a"])
    assert (after["display_name"], after["capabilities"]) == ("New", ["a", "b"])
    same = before.keys() - {"display_name", "capabilities", "updated_at"}
    assert {key: after[key] for key in same} == {key: before[key] for key in same}


async def test_an_agent_changes_itself_without_naming_itself(call: CallTool) -> None:
    assert (await call("agent_update", capabilities=["x"]))["agent_id"] == "alice"
    assert (await call("agent_get"))["capabilities"] == ["x"]


async def test_who_may_not_change_an_agent_is_not_told_who_registered_it(
    call: CallTool, helper: None, stranger: Principal
) -> None:
    await call("agent_update", agent_id="helper", access_level="public")
    assert (await call("agent_get", stranger, agent_id="helper"))["registered_by"] is None


async def test_an_agent_is_moved_by_who_administers_both_namespaces(call: CallTool, helper: None) -> None:
    await call("namespace_create", namespace="shop")
    assert (await call("agent_move", agent_id="helper", namespace="shop"))["namespace"] == "shop"
    with pytest.raises(NotFound, match="no namespace 'default'"):
        await call("agent_move", agent_id="helper", namespace="default")


async def test_a_deactivated_agent_changes_nothing_until_it_is_activated(call: CallTool, helper: None) -> None:
    itself = Principal("helper", "lab", frozenset({"*:write", "*:read"}))
    stopped = await call("agent_deactivate", agent_id="helper", reason="it loops")
    assert stopped["status"] == "inactive"
    assert (stopped["deactivation"]["by"], stopped["deactivation"]["reason"]) == ("alice", "it loops")
    with pytest.raises(PermissionDenied, match="agent 'helper' is inactive"):
        await call("agent_update", itself, display_name="x")
    working = await call("agent_activate", agent_id="helper")
    assert (working["status"], working["deactivation"]) == ("active", None)
    assert (await call("agent_update", itself, display_name="x"))["display_name"] == "x"


async def test_an_agent_that_retires_itself_cannot_come_back_by_itself(call: CallTool) -> None:
    await call("agent_update", display_name="Alice")
    await call("agent_deactivate", agent_id="alice")
    with pytest.raises(PermissionDenied, match="agent 'alice' is inactive"):
        await call("agent_activate", agent_id="alice")


async def test_an_operator_does_not_lock_itself_out(call: CallTool, operator: Principal) -> None:
    await call("agent_update", operator, display_name="Boss")
    with pytest.raises(InvalidArguments, match="does not deactivate itself"):
        await call("agent_deactivate", operator, agent_id="boss")


@pytest.mark.parametrize("agent_id", ["hestia-auditor", "athena-conductor"])
async def test_a_default_agent_is_deactivated_by_the_operator_alone(
    call: CallTool, operator: Principal, agent_id: str
) -> None:
    for caller in (
        Principal("alice", "default", frozenset({"*:write"})),
        Principal(agent_id, "default", frozenset({"*:write"})),
    ):
        with pytest.raises(PermissionDenied, match=f"may not deactivate agent '{agent_id}'"):
            await call("agent_deactivate", caller, agent_id=agent_id)
    assert (await call("agent_deactivate", operator, agent_id=agent_id))["status"] == "inactive"


async def test_an_agent_with_a_reserved_name_is_not_deactivated_by_who_administers_its_namespace(
    call: CallTool, application: Application, lab: None
) -> None:
    local = Principal("local-agent", "lab", frozenset({"*:write"}))
    await call("agent_update", local, access_level="team")
    with pytest.raises(PermissionDenied, match="may not deactivate agent 'local-agent'"):
        await call("agent_deactivate", agent_id="local-agent")
    assert (await call("agent_deactivate", local, agent_id="local-agent"))["status"] == "inactive"


async def test_a_suspended_agent_is_activated_by_the_operator_alone(
    call: CallTool, helper: None, operator: Principal
) -> None:
    await call("agent_deactivate", operator, agent_id="helper", status="suspended")
    for tool in ("agent_activate", "agent_deactivate"):
        with pytest.raises(PermissionDenied, match="'agents:govern'"):
            await call(tool, agent_id="helper")
    assert (await call("agent_activate", operator, agent_id="helper"))["status"] == "active"


async def test_nothing_of_an_agent_is_deleted(call: CallTool, helper: None) -> None:
    await call("agent_deactivate", agent_id="helper", status="deprecated")
    assert (await call("agent_get", agent_id="helper"))["status"] == "deprecated"
    assert (await call("agent_search", query="helper"))["agents"] == []
    assert [one["agent_id"] for one in (await call("agent_search", query="helper", status="any"))["agents"]] == [
        "helper"
    ]


@pytest.mark.parametrize("query", ["HELP", "the helper", "elpe"])
async def test_an_agent_is_found_by_a_part_of_its_names(call: CallTool, helper: None, query: str) -> None:
    await call("agent_update", agent_id="helper", display_name="The Helper")
    assert [one["agent_id"] for one in (await call("agent_search", query=query))["agents"]] == ["helper"]


@pytest.mark.parametrize("query", ["%", "_", "h%r", "\\", "'", "' OR 1=1 --"])
async def test_a_query_is_no_pattern(call: CallTool, helper: None, query: str) -> None:
    assert (await call("agent_search", query=query))["total"] == 0


async def test_an_agent_is_found_by_all_of_several_capabilities(call: CallTool, helper: None) -> None:
    async def found(*capabilities: str) -> list[str]:
        page = await call("agent_search", capabilities=list(capabilities))
        return [one["agent_id"] for one in page["agents"]]

    assert await found("testing") == ["helper", "metis-developer"]
    assert await found("TESTING", "search") == ["helper"]
    assert await found("testing", "baking") == []


async def test_agents_are_found_by_trust_kind_and_namespace(
    call: CallTool, application: Application, helper: None
) -> None:
    await change(application, "helper", trust_score=0.9, agent_type="tester")
    for about in ({"min_trust": 0.8}, {"agent_type": "tester"}, {"namespace": "lab"}):
        assert [one["agent_id"] for one in (await call("agent_search", **about))["agents"]] == ["helper"]


async def test_pages_hold_each_agent_once_in_the_order_of_the_names(call: CallTool) -> None:
    names: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await call("agent_search", limit=4, **cursor)
        assert page["total"] == 9
        names += [one["agent_id"] for one in page["agents"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(names) == 9
    assert names == sorted(set(names))


async def test_a_cursor_of_another_question_is_refused(call: CallTool, bob: Principal) -> None:
    cursor = (await call("agent_search", limit=1))["next_cursor"]
    with pytest.raises(InvalidArguments, match="cursor"):
        await call("agent_search", limit=1, min_trust=0.5, cursor=cursor)
    with pytest.raises(InvalidArguments, match="cursor"):
        await call("agent_search", bob, limit=1, cursor=cursor)


async def test_the_agents_that_suit_a_task_are_recommended_with_reasons(
    call: CallTool, application: Application, helper: None
) -> None:
    await change(application, "helper", total_tasks=4, successful_tasks=4)
    found = (await call("agent_recommend", task="some testing of the parser"))["result"]
    assert [one["agent_id"] for one in found] == ["helper", "metis-developer"]
    assert "it has done 4 of 4 tasks well" in found[0]["reasons"]


async def test_a_deactivated_or_little_trusted_agent_is_not_recommended(
    call: CallTool, application: Application, helper: None
) -> None:
    await call("agent_deactivate", agent_id="helper")
    await change(application, "metis-developer", trust_score=0.1)
    assert (await call("agent_recommend", task="testing", min_trust=0.3))["result"] == []


async def test_the_numbers_of_an_agent_are_told(call: CallTool, application: Application, helper: None) -> None:
    await change(
        application,
        "helper",
        total_tasks=4,
        successful_tasks=3,
        total_verifications=10,
        accurate_verifications=9,
        trust_score=0.7,
    )
    await call("team_create", team_id="crew", namespace="lab")
    await call("team_member_set", team_id="crew", agent_id="helper")
    await call("persona_create", name="mine", description="x", role="auditor", prompt="x", agent_id="helper")
    told = await call("agent_stats", agent_id="helper")
    assert (told["tasks"], told["success_rate"], told["verification_accuracy"]) == (4, 0.75, 0.9)
    assert (told["requires_verification"], told["teams"], told["personas"]) == (False, 1, 1)


async def test_an_agent_of_which_nothing_is_known_has_no_rates(call: CallTool, helper: None) -> None:
    told = await call("agent_stats", agent_id="helper")
    assert (told["success_rate"], told["verification_accuracy"], told["requires_verification"]) == (None, None, True)


async def test_who_registers_too_many_is_refused_by_name(application: Application, alice: Principal) -> None:
    calling = Call(alice, "mcp")
    await application.pipeline.call_tool(calling, "namespace_create", {"namespace": "lab"})
    with pytest.raises(RateLimited, match="'agent_register' more often than 5 per 1 hour"):
        for number in range(6):
            await application.pipeline.call_tool(
                calling, "agent_register", {"agent_id": f"helper-{number}", "namespace": "lab"}
            )
