"""The list of tools on MCP shows each caller what the listers say, and costs nothing where there is none."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from mcp import Client
from mcp.client.client import ConnectMode

from tmws_core.application import Application
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin

from .conftest import Served, serving

PINS = """
    import sys

    from tmws_core import Context, hookimpl, tool, tool_lister

    here = sys.modules[__name__]
    pinned = set()


    @tool(scope="pins:write", listed=True)
    async def pins_set(ctx: Context, names: list[str]) -> None:
        \"\"\"Keep tools in the list.\"\"\"
        pinned.clear()
        pinned.update(names)


    @tool(scope="pins:read", read_only=True)
    async def pins_look(ctx: Context) -> str:
        \"\"\"Look.\"\"\"
        return "pins"


    @tool_lister(scope="pins:read")
    async def pins_shown(ctx: Context) -> set[str]:
        return pinned


    @hookimpl
    def tmws_tools():
        return here


    @hookimpl
    def tmws_tool_listers():
        return here
"""


@pytest.fixture(params=["legacy", "auto", "2026-07-28"])
def mode(request: pytest.FixtureRequest) -> ConnectMode:
    wanted: ConnectMode = request.param
    return wanted


@pytest_asyncio.fixture
async def url(install_plugin: InstallPlugin, tmp_path: Path) -> AsyncIterator[str]:
    install_plugin("pins", PINS)
    settings = Settings({}, home=tmp_path / "home", plugins="pins", strict=True)
    async with Application(settings) as application, serving(application) as address:
        yield f"{address}/mcp"


async def names(client: Client) -> list[str]:
    return [tool.name for tool in (await client.list_tools()).tools]


async def test_the_list_follows_what_the_lister_says(url: str, mode: ConnectMode) -> None:
    async with Client(url, mode=mode) as client:
        before = await names(client)
        await client.call_tool("pins_set", {"names": ["pins_look"]})
        after = await names(client)
        await client.call_tool("pins_set", {"names": []})
        assert (after, await names(client)) == ([*before, "pins_look"], before)


async def test_a_list_that_may_change_at_any_time_is_not_fresh_for_long(url: str) -> None:
    async with Client(url, mode="2026-07-28") as client:
        listed = await client.list_tools()
    assert (listed.ttl_ms, listed.cache_scope) == (0, "private")


async def test_the_same_list_is_answered_from_memory(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Client(f"{served.url}/mcp", mode="2026-07-28") as client:
        first = await client.list_tools()
        monkeypatch.setattr(type(served.application.catalogue), "listed", None)
        assert await client.list_tools() == first
