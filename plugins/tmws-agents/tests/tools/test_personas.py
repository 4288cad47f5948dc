"""To create and change personas, to take one on, and to find the one that suits a task."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tmws_core import Principal
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, NotFound, PermissionDenied

CallTool = Callable[..., Awaitable[dict[str, Any]]]
Get = Callable[..., Awaitable[str]]
Complete = Callable[..., Awaitable[list[str]]]

CRITIC = {
    "name": "critic",
    "description": "Finds fault.",
    "role": "auditor",
    "prompt": "Find fault with {task}, and only with {task}.",
    "triggers": ["fault", "what is wrong"],
    "display_name": "The critic",
    "tier": "support",
    "type": "judge",
    "specialties": ["prose"],
    "capabilities": ["review"],
    "emoji": "🧐",
    "version": "2",
    "notes": {"k": 1},
}


@pytest.fixture
async def critic(call: CallTool) -> None:
    """A persona of alice, whom her namespace sees."""
    await call("agent_update", access_level="team")
    await call("persona_create", **CRITIC)


async def test_a_new_persona_is_as_it_was_described(call: CallTool) -> None:
    created = await call("persona_create", **CRITIC)
    assert {key: created[key] for key in CRITIC} == CRITIC
    assert (created["agent_id"], created["system"], created["active"]) == ("alice", False, True)
    assert await call("persona_get", name="critic") == created


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["critic", "cr1tic", "auditor", "aud1tor", "Critic", "admin"])
async def test_a_name_that_is_taken_impossible_or_reserved_is_refused(call: CallTool, critic: None, name: str) -> None:
    if name in ("cr1tic", "aud1tor"):  # 1 looks like l and not like i
        await call("persona_create", **CRITIC | {"name": name.replace("1", "l")})
    with pytest.raises((AlreadyChanged, InvalidArguments, PermissionDenied)):
        await call("persona_create", **CRITIC | {"name": name})


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("field", "value"), [("role", "king"), ("tier", "top"), ("prompt", ""), ("prompt", "x" * 20_001)]
)
async def test_an_impossible_value_is_refused_by_name(call: CallTool, field: str, value: str) -> None:
    with pytest.raises(InvalidArguments, match=field):
        await call("persona_create", **CRITIC | {field: value})


async def test_a_prompt_that_no_answer_could_carry_is_refused(call: CallTool) -> None:
    with pytest.raises(InvalidArguments, match="bytes as JSON, of 40000"):
        await call("persona_create", **CRITIC | {"prompt": "🧐" * 15_000})


async def test_a_persona_is_for_an_agent_that_one_may_change(call: CallTool) -> None:
    with pytest.raises(PermissionDenied, match="may not write personas for agent 'hestia-auditor'"):
        await call("persona_create", **CRITIC, agent_id="hestia-auditor")


async def test_what_is_changed_is_changed_and_the_rest_stays(call: CallTool, critic: None) -> None:
    changed = await call("persona_update", name="critic", prompt="New.", triggers=[])
    assert (changed["prompt"], changed["triggers"]) == ("New.", [])
    assert {key: changed[key] for key in CRITIC.keys() - {"prompt", "triggers"}} == {
        key: value for key, value in CRITIC.items() if key not in ("prompt", "triggers")
    }


async def test_a_persona_goes_to_another_agent_that_one_may_change(call: CallTool, critic: None) -> None:
    await call("namespace_create", namespace="lab")
    await call("agent_register", agent_id="helper", namespace="lab")
    assert (await call("persona_update", name="critic", agent_id="helper"))["agent_id"] == "helper"


async def test_a_default_persona_is_changed_by_the_operator_alone(call: CallTool, operator: Principal) -> None:
    with pytest.raises(PermissionDenied, match="may not change persona 'auditor'"):
        await call("persona_update", name="auditor", prompt="x")
    assert (await call("persona_update", operator, name="auditor", prompt="x"))["prompt"] == "x"


async def test_a_persona_that_is_put_away_is_offered_to_nobody(
    call: CallTool, critic: None, bob: Principal, pick: Get, complete: Complete
) -> None:
    assert (await call("persona_deactivate", name="critic"))["active"] is False
    for caller in (Principal("alice", "place", frozenset({"*:read"})), bob):
        with pytest.raises(NotFound):
            await pick("persona", caller, name="critic", task="x")
        assert await complete("persona", "name", "crit", caller) == []
    assert [one["name"] for one in (await call("persona_list", active=False))["personas"]] == ["critic"]
    assert (await call("persona_list", bob, active=False))["personas"] == []
    assert (await call("persona_activate", name="critic"))["active"] is True
    assert "Find fault" in await pick("persona", bob, name="critic", task="x")


async def test_personas_are_listed_by_what_they_can_do_their_role_and_their_rank(call: CallTool, critic: None) -> None:
    async def listed(**about: object) -> list[str]:
        return [one["name"] for one in (await call("persona_list", **about))["personas"]]

    assert await listed(capability="REVIEW") == ["critic"]
    assert await listed(capability="prose") == ["critic"]
    assert await listed(role="auditor") == ["auditor", "critic"]
    assert await listed(role="auditor", tier="support") == ["critic"]
    assert len(await listed()) == 10


async def test_the_nine_personas_of_the_default_agents_are_there(call: CallTool) -> None:
    found = (await call("persona_list"))["personas"]
    assert len({one["agent_id"] for one in found}) == 9
    assert all(one["system"] and one["triggers"] and one["agent_id"].endswith(one["role"]) for one in found)


async def test_a_task_is_routed_to_a_persona_with_reasons(call: CallTool, critic: None) -> None:
    found = await call("persona_route", task="What is wrong here? Find the fault.")
    (first, *_) = found["personas"]
    assert (first["name"], first["agent_id"], first["display_name"]) == ("critic", "alice", "The critic")
    assert any("'fault'" in reason for reason in first["reasons"])


async def test_a_persona_of_a_deactivated_agent_is_suggested_for_nothing(call: CallTool, operator: Principal) -> None:
    await call("agent_deactivate", operator, agent_id="hestia-auditor")
    found = await call("persona_route", task="a security audit")
    assert "auditor" not in [one["name"] for one in found["personas"]]


async def test_the_prompt_puts_the_task_where_the_template_wants_it(critic: None, pick: Get) -> None:
    assert await pick("persona", name="critic", task="a {task}") == "Find fault with a {task}, and only with a {task}."


async def test_the_prompt_puts_the_task_after_a_template_without_a_place_for_it(call: CallTool, pick: Get) -> None:
    await call("persona_create", **CRITIC | {"prompt": "Find fault."})
    assert await pick("persona", name="critic", task="x") == "Find fault.\n\nYour task:\n\nx"
    assert await pick("persona", name="critic") == "Find fault."


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("task", ["x" * 10_001, "nul\0", "half \ud800"])
async def test_an_impossible_task_is_refused_by_name(pick: Get, task: str) -> None:
    with pytest.raises(InvalidArguments, match="task"):
        await pick("persona", name="auditor", task=task)


@pytest.mark.parametrize("name", ["nobody", "nul\0", "%"])
async def test_there_is_no_persona_of_another_name(call: CallTool, pick: Get, read: Get, name: str) -> None:
    with pytest.raises(NotFound, match="no persona"):
        await pick("persona", name=name, task="x")
    with pytest.raises(NotFound, match="no persona"):
        await call("persona_get", name=name)
    with pytest.raises(NotFound, match="no persona"):
        await read(f"persona://{name}")


async def test_the_resource_is_the_persona_as_the_tool_tells_it(call: CallTool, critic: None, read: Get) -> None:
    assert json.loads(await read("persona://critic")) == await call("persona_get", name="critic")


@pytest.mark.parametrize(
    ("typed", "names"), [("co", ["conductor", "coordinator"]), ("CON", ["conductor"]), ("%", []), ("\0", [])]
)
async def test_names_are_completed(complete: Complete, typed: str, names: list[str]) -> None:
    assert await complete("persona", "name", typed) == names
