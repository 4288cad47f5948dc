"""A lister shows tools to a caller besides those of the profile, as far as there are any and it may use them."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
import pytest_asyncio

from tmws_core.application import Application
from tmws_core.call import Call
from tmws_core.testing.distributions import InstallPlugin
from tmws_core.tool_listing import tools_shown

SHELF = """
    import sys

    from tmws_core import Context, hookimpl, tool, tool_lister

    here = sys.modules[__name__]
    asked = []


    @tool(scope="shelf:read", read_only=True)
    async def shelf_look(ctx: Context) -> str:
        \"\"\"Look.\"\"\"
        return "books"


    @tool(scope="shelf:write")
    async def shelf_put(ctx: Context) -> str:
        \"\"\"Put.\"\"\"
        return "put"


    @tool_lister(scope="shelf:show")
    async def opened(ctx: Context) -> list[str]:
        asked.append(ctx.principal.agent_id)
        return ["shelf_look", "shelf_put", "shelf_that_never_was"]


    @tool_lister(scope="shelf:break")
    async def broken(ctx: Context) -> list[str]:
        raise RuntimeError("the shelf has fallen")


    @hookimpl
    def tmws_tools():
        return here


    @hookimpl
    def tmws_tool_listers():
        return here
"""


@pytest_asyncio.fixture
async def application(install_plugin: InstallPlugin, start: Callable[..., Application]) -> AsyncIterator[Application]:
    install_plugin("shelf", SHELF)
    async with start("shelf", strict=True) as opened:
        yield opened


def by(application: Application, *scopes: str) -> Call:
    return Call(replace(application.local_principal, scopes=frozenset(scopes)), "mcp")


async def test_it_shows_the_tools_that_there_are(application: Application) -> None:
    caller = by(application, "shelf:show", "shelf:read", "shelf:write")
    assert await tools_shown(application, caller) == frozenset({"shelf_look", "shelf_put"})


async def test_it_shows_no_tool_that_the_caller_may_not_use(application: Application) -> None:
    assert await tools_shown(application, by(application, "shelf:show", "shelf:read")) == frozenset({"shelf_look"})


async def test_it_is_not_asked_for_a_caller_without_its_scope(application: Application) -> None:
    assert await tools_shown(application, by(application, "shelf:read", "shelf:write")) is None


async def test_one_that_fails_keeps_no_other_from_showing(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    shown = await tools_shown(application, by(application, "shelf:*"))
    assert shown == frozenset({"shelf_look", "shelf_put"})
    assert "tool lister shelf:broken gave no names" in caplog.text


async def test_it_is_not_asked_where_every_tool_is_listed(
    install_plugin: InstallPlugin, start: Callable[..., Application]
) -> None:
    install_plugin("shelf", SHELF)
    async with start("shelf", strict=True, profile="full") as application:
        assert await tools_shown(application, by(application, "*")) is None


async def test_without_a_lister_nobody_is_asked(start: Callable[..., Application]) -> None:
    async with start(strict=True) as application:
        assert await tools_shown(application, by(application, "*")) is None
