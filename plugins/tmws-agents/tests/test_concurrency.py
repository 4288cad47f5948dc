"""Two processes change the same thing at once, and neither loses what the other did."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_core.tool_errors import ToolError

CallTool = Callable[..., Awaitable[dict[str, Any]]]
Both = Callable[..., Awaitable[list[str]]]


@pytest.fixture
async def both(application: Application, settings: Settings, alice: Principal) -> AsyncIterator[Both]:
    """Calls a tool from two processes at once, ten times each; what came of each call, `ok` or the error's code."""
    async with Application(settings) as other:

        async def one(process: Application, tool: str, said: dict[str, object]) -> str:
            process.rate_limits = application.rate_limits.__class__("1000000/second")
            try:
                await process.pipeline.call_tool(Call(alice, "mcp"), tool, said)
            except ToolError as error:
                return error.code
            return "ok"

        async def both(tool: str, **said: Callable[[int], object]) -> list[str]:
            calls = [
                one(process, tool, {name: value(2 * number + turn) for name, value in said.items()})
                for number in range(10)
                for turn, process in enumerate((application, other))
            ]
            return list(await asyncio.gather(*calls))

        yield both


async def test_a_namespace_never_gets_more_agents_than_it_has_room_for(
    call: CallTool, both: Both, operator: Principal
) -> None:
    await call("namespace_create", namespace="lab")
    await call("namespace_update", operator, namespace="lab", max_agents=3)
    told = await both("agent_register", agent_id=lambda number: f"helper-{number:02}", namespace=lambda _: "lab")
    assert (told.count("ok"), told.count("conflict")) == (3, 17)
    assert (await call("agent_search", namespace="lab"))["total"] == 3


async def test_a_name_is_given_to_one(call: CallTool, both: Both) -> None:
    await call("namespace_create", namespace="lab")
    told = await both(
        "agent_register", agent_id=lambda number: ("h.0.1", "h-o-l")[number % 2], namespace=lambda _: "lab"
    )
    assert (told.count("ok"), told.count("conflict")) == (1, 19)


async def test_no_member_is_lost(call: CallTool, both: Both) -> None:
    await call("namespace_create", namespace="lab")
    names = [f"helper-{number:02}" for number in range(20)]
    for name in names:
        await call("agent_register", agent_id=name, namespace="lab")
    await call("team_create", team_id="crew", namespace="lab")
    assert set(await both("team_member_set", team_id=lambda _: "crew", agent_id=lambda number: names[number])) == {"ok"}
    assert set(
        await both("namespace_member_set", namespace=lambda _: "lab", agent_id=lambda number: names[number])
    ) == {"ok"}
    team, namespace = await call("team_get", team_id="crew"), await call("namespace_get", namespace="lab")
    assert {one["agent_id"] for one in team["members"]} == {"alice", *names}
    assert set(namespace["members"]) == set(names)
