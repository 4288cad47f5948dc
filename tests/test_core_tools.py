"""Whoever may use anything finds it and calls it through the core's own tools, and nothing else."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from tmws_core.application import Application
from tmws_core.call import Call
from tmws_core.principal import Principal
from tmws_core.testing.distributions import InstallPlugin
from tmws_core.tool_errors import PermissionDenied

SHELF = """
    import sys

    from tmws_core import Context, hookimpl, tool


    @tool(scope="shelf:read", read_only=True)
    async def shelf_look(ctx: Context) -> str:
        \"\"\"Look at the shelf.\"\"\"
        return "books"


    @tool(scope="shelf:write")
    async def shelf_clear(ctx: Context) -> str:
        \"\"\"Clear the shelf.\"\"\"
        return "gone"


    @hookimpl
    def tmws_tools():
        return sys.modules[__name__]
"""
READER = Principal("ada", "lab", frozenset({"shelf:read"}))


@pytest_asyncio.fixture
async def application(install_plugin: InstallPlugin, start: Callable[..., Application]) -> AsyncIterator[Application]:
    install_plugin("shelf", SHELF)
    async with start("shelf", strict=True) as opened:
        yield opened


async def call(application: Application, tool: str, **arguments: object) -> Any:  # noqa: ANN401 -- any result
    answer = await application.pipeline.call_tool(Call(READER, "mcp"), tool, arguments)
    return answer["result"]


async def test_a_caller_with_one_scope_finds_what_it_may_use(application: Application) -> None:
    found = await call(application, "tool_search")
    assert {one["name"] for one in found} == {"shelf_look", "tool_search", "tool_call"}


async def test_it_calls_what_it_has_found(application: Application) -> None:
    assert await call(application, "tool_call", name="shelf_look", arguments={}) == "books"


@pytest.mark.parametrize("tool", ["shelf_clear", "server_status"])
async def test_it_calls_nothing_else(application: Application, tool: str) -> None:
    with pytest.raises(PermissionDenied, match=f"may not call {tool}"):
        await call(application, "tool_call", name=tool, arguments={})


async def test_what_it_may_use_is_what_it_sees_at_once(application: Application) -> None:
    listed = application.catalogue.listed(READER, "default")
    assert [one.tool.name for one in listed] == ["tool_search", "tool_call"]
