"""A skill says which tools it needs; those of this server are shown while it is active."""

import pytest

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.tool_errors import InvalidArguments, NotFound, PermissionDenied
from tmws_core.tool_listing import tools_shown
from tmws_skills.needed_tools import MOST_TOOLS, LoadCondition

from ..conftest import CallTool
from .conftest import ALICE, Add, Change, set_columns


async def shown(application: Application, principal: Principal = ALICE) -> set[str]:
    return set(await tools_shown(application, Call(principal, "mcp")) or ())


async def test_a_tool_of_this_server_is_shown_while_the_skill_is_active(
    call: CallTool, application: Application, add: Add, bob: Principal
) -> None:
    await add()
    await call("skill_tool_set", skill="code-review", tool="agent_get")
    assert await shown(application) == set()
    await call("skill_activate", skill="code-review")
    assert await shown(application) == {"agent_get"}
    assert await shown(application, bob) == set()
    await call("skill_deactivate", skill="code-review")
    assert await shown(application) == set()


async def test_a_tool_is_shown_to_those_alone_who_may_use_it(
    call: CallTool, application: Application, add: Add
) -> None:
    await add()
    await call("skill_tool_set", skill="code-review", tool="agent_get")
    reader = Principal("reader", "place", frozenset({"skills:read", "skills:write"}))
    told = (await call("skill_activate", reader, skill="code-review"))["loaded"]["tools"]
    assert [(one["tool"], one["available"], one["description"]) for one in told] == [("agent_get", False, None)]
    assert await shown(application, reader) == set()


async def test_the_tools_of_a_skill_that_was_hidden_are_shown_no_more(
    call: CallTool, application: Application, add: Add, change: Change, bob: Principal
) -> None:
    skill_id = await add()
    await call("skill_tool_set", skill=skill_id, tool="agent_get")
    await call("skill_activate", bob, skill=skill_id)
    assert await shown(application, bob) == {"agent_get"}
    await change(set_columns, skill_id, access_level="private")
    assert await shown(application, bob) == set()


async def test_an_activation_tells_of_the_tools_as_fully_as_the_skill_wants(call: CallTool, add: Add) -> None:
    await add()
    await call("skill_tool_set", skill="code-review", tool="agent_get", detail_level="full")
    await call("skill_tool_set", skill="code-review", tool="agent_search")
    await call("skill_tool_set", skill="code-review", tool="no_such")
    await call("skill_tool_set", skill="code-review", tool="search", server="github")
    tools = (await call("skill_activate", skill="code-review"))["loaded"]["tools"]
    told = {one["tool"]: (one["server"], one["available"], one["input_schema"] is not None) for one in tools}
    assert told == {
        "search": ("github", None, False),
        "agent_get": ("tmws", True, True),
        "agent_search": ("tmws", True, False),
        "no_such": ("tmws", False, False),
    }


@pytest.mark.parametrize(
    ("condition", "needed"),
    [
        ({}, True),
        ({"level": 2}, True),
        ({"level": 3}, False),
        ({"agents": ["alice"]}, True),
        ({"agents": ["bob"]}, False),
        ({"namespaces": ["place"]}, True),
        ({"namespaces": ["elsewhere"]}, False),
        ({"level": 1, "agents": ["alice"], "namespaces": ["elsewhere"]}, False),
    ],
)
async def test_a_tool_is_needed_when_its_condition_holds(
    call: CallTool, application: Application, add: Add, condition: dict[str, object], needed: bool
) -> None:
    await add()
    await call("skill_tool_set", skill="code-review", tool="agent_get", condition=condition)
    active = await call("skill_activate", skill="code-review", level=2)
    assert bool(active["loaded"]["tools"]) == needed
    assert bool(await shown(application)) == needed


@pytest.mark.parametrize("condition", [{"unless": 1}, {"level": 4}, {"agents": []}, {"level": "2"}])
async def test_a_condition_that_nobody_understands_is_refused(
    call: CallTool, add: Add, condition: dict[str, object]
) -> None:
    await add()
    with pytest.raises(InvalidArguments, match="condition"):
        await call("skill_tool_set", skill="code-review", tool="agent_get", condition=condition)


def test_a_stored_condition_that_is_not_understood_never_holds() -> None:
    assert LoadCondition.of({"phase_of_the_moon": "full"}) is None


async def test_a_tool_is_changed_and_taken_away(call: CallTool, add: Add) -> None:
    await add()
    await call("skill_tool_set", skill="code-review", tool="agent_get")
    changed = await call("skill_tool_set", skill="code-review", tool="agent_get", detail_level="full")
    assert [one["detail_level"] for one in changed["tools"]] == ["full"]
    assert (await call("skill_tool_set", skill="code-review", tool="agent_get", remove=True))["tools"] == []
    with pytest.raises(NotFound, match="needs no tool 'agent_get' of the server 'tmws'"):
        await call("skill_tool_set", skill="code-review", tool="agent_get", remove=True)


async def test_who_may_only_read_a_skill_does_not_change_what_it_needs(
    call: CallTool, add: Add, bob: Principal
) -> None:
    await add()
    with pytest.raises(PermissionDenied, match="may not change the tools of"):
        await call("skill_tool_set", bob, skill="code-review", tool="agent_get")
    with pytest.raises(PermissionDenied, match="may not change the memory filters of"):
        await call("skill_filter_set", bob, skill="code-review", filter_type="tag", value={"tags": ["a"]})


async def test_a_skill_needs_so_many_tools_at_most(call: CallTool, add: Add) -> None:
    await add()
    for number in range(MOST_TOOLS):
        await call("skill_tool_set", skill="code-review", tool=f"tool_{number}", server="elsewhere")
    with pytest.raises(InvalidArguments, match=f"needs {MOST_TOOLS} tools"):
        await call("skill_tool_set", skill="code-review", tool="one_more")
