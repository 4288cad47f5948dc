"""A client hears that a list changed: in the earlier era by itself, since 2026-07-28 on a stream that it asked for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from mcp import Client, MCPError, types
from mcp.client.client import ConnectMode
from mcp.client.streamable_http import streamable_http_client
from mcp.client.subscriptions import PromptsListChanged, Subscription, ToolsListChanged
from mcp.shared._httpx_utils import create_mcp_http_client

from tmws_core.application import Application
from tmws_core.context import Context
from tmws_core.contributions.authenticator import Authenticator
from tmws_core.credentials import Credentials
from tmws_core.principal import Principal
from tmws_core.server import mcp_changes
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin, PluginDistribution

from .conftest import Command, serving
from .protocol import ENVELOPE, call, close, initialize, receive, request, send

SHELF = """
    import sys

    from tmws_core import Context, Principal, hookimpl, tool

    here = sys.modules[__name__]


    @tool(scope="shelf:write")
    async def shelf_change(ctx: Context, lists: list[str], agents: list[str] = []) -> None:
        \"\"\"Change lists.\"\"\"
        ctx.list_changed(*lists, agents=agents)


    @tool(scope="shelf:write")
    async def shelf_act_as(ctx: Context, agent: str) -> None:
        \"\"\"Act for another.\"\"\"
        ctx.act_as(Principal(agent, "lab", frozenset({"*"}), actor=ctx.principal.agent_id))


    @hookimpl
    def tmws_tools():
        return here
"""
CHANGED = "notifications/{}/list_changed"


@pytest_asyncio.fixture
async def url(install_plugin: InstallPlugin, tmp_path: Path) -> AsyncIterator[str]:
    """Where the shelf is served, to agents who show their names."""
    install_plugin("shelf", SHELF)
    settings = Settings({}, home=tmp_path / "home", plugins="shelf", strict=True)

    async def know(_context: Context, credentials: Credentials) -> Principal:
        return Principal(credentials.token or "", "lab", frozenset({"*"}))

    async with Application(settings) as application:
        application.catalogue.authenticator = Authenticator(function=know)
        async with serving(application) as address:
            yield f"{address}/mcp"


class Heard:
    """What a client of the earlier era is told without asking."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[str] = asyncio.Queue()

    async def hear(self, message: object) -> None:
        if isinstance(message, types.Notification):
            self.waiting.put_nowait(message.method)


@asynccontextmanager
async def client(url: str, agent: str, mode: ConnectMode, heard: Heard | None = None) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {agent}"}
    async with (
        create_mcp_http_client(headers=headers) as streams,
        Client(
            streamable_http_client(url, http_client=streams),
            mode=mode,
            message_handler=heard.hear if heard else None,
        ) as connected,
    ):
        yield connected


async def first(subscription: Subscription) -> object:
    async for event in subscription:
        return event
    return None


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_the_capabilities_say_that_lists_change_and_that_single_resources_are_not_watched(
    url: str, mode: ConnectMode
) -> None:
    async with client(url, "ada", mode) as connected:
        told = connected.server_capabilities
    assert told.tools is not None
    assert told.prompts is not None
    assert told.resources is not None
    assert told.tools.list_changed is told.prompts.list_changed is told.resources.list_changed is True
    assert not told.resources.subscribe


async def test_all_connections_of_an_agent_hear_in_the_earlier_era(url: str) -> None:
    one, other = Heard(), Heard()
    async with client(url, "ada", "legacy", one) as ada, client(url, "ada", "legacy", other):
        while one.waiting.empty() or other.waiting.empty():  # a stream that is not open yet brings nothing
            await ada.call_tool("shelf_change", {"lists": ["tools"]})
        heard = {one.waiting.get_nowait(), other.waiting.get_nowait()}
    assert heard == {CHANGED.format("tools")}


async def test_another_agent_hears_what_is_for_it_alone_in_the_earlier_era(url: str) -> None:
    told = Heard()
    async with client(url, "ada", "legacy") as ada, client(url, "bob", "legacy", told):
        while told.waiting.empty():
            await ada.call_tool("shelf_change", {"lists": ["tools"]})
            await ada.call_tool("shelf_change", {"lists": ["prompts"], "agents": ["bob"]})
        assert {told.waiting.get_nowait() for _ in range(told.waiting.qsize())} == {CHANGED.format("prompts")}


async def test_a_stream_brings_what_was_asked_for_since_2026(url: str) -> None:
    async with (
        client(url, "ada", "2026-07-28") as ada,
        ada.listen(tools_list_changed=True, resource_subscriptions=["shelf://one"]) as listening,
    ):
        await ada.call_tool("shelf_change", {"lists": ["prompts"]})
        await ada.call_tool("shelf_change", {"lists": ["tools"]})
        assert await first(listening) == ToolsListChanged()
        assert listening.honored.resource_subscriptions is None


async def test_another_agent_hears_what_is_for_it_alone_since_2026(url: str) -> None:
    async with (
        client(url, "ada", "2026-07-28") as ada,
        client(url, "bob", "2026-07-28") as bob,
        bob.listen(tools_list_changed=True, prompts_list_changed=True) as listening,
    ):
        await ada.call_tool("shelf_change", {"lists": ["tools"]})
        await ada.call_tool("shelf_change", {"lists": ["prompts"], "agents": ["bob"]})
        assert await first(listening) == PromptsListChanged()


async def test_the_end_of_the_server_ends_a_stream_properly(install_plugin: InstallPlugin, tmp_path: Path) -> None:
    install_plugin("shelf", SHELF)
    settings = Settings({}, home=tmp_path / "home", plugins="shelf", strict=True)
    async with AsyncExitStack() as clients, Application(settings) as application:
        async with serving(application) as address:
            connected = await clients.enter_async_context(Client(f"{address}/mcp", mode="2026-07-28"))
            listening = await clients.enter_async_context(connected.listen(tools_list_changed=True))
        assert await first(listening) is None


async def test_one_agent_cannot_use_up_all_streams(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_changes, "MOST_STREAMS_OF_ONE_AGENT", 1)
    async with client(url, "ada", "2026-07-28") as ada, client(url, "bob", "2026-07-28") as bob:
        async with ada.listen(tools_list_changed=True):
            with pytest.raises(MCPError, match="'ada' listens on 1 streams already"):
                async with ada.listen(tools_list_changed=True):
                    pass
            async with bob.listen(tools_list_changed=True):
                pass
        async with ada.listen(tools_list_changed=True):
            pass


async def test_to_begin_to_listen_counts_as_a_call(install_plugin: InstallPlugin, tmp_path: Path) -> None:
    install_plugin("shelf", SHELF)
    settings = Settings({}, home=tmp_path / "home", plugins="shelf", strict=True, rate_limit="1/hour")
    async with (
        Application(settings) as application,
        serving(application) as address,
        Client(f"{address}/mcp", mode="2026-07-28") as connected,
    ):
        async with connected.listen(tools_list_changed=True):
            pass
        with pytest.raises(MCPError, match="more often than 1 per 1 hour"):
            async with connected.listen(tools_list_changed=True):
                pass


@pytest.fixture
def command(stdio_command: Command, tmp_path: Path) -> Command:
    PluginDistribution("shelf", SHELF).write(tmp_path / "site")
    return replace(stdio_command, environment=stdio_command.environment | {"TMWS_PLUGINS": "shelf"})


async def test_a_client_over_standard_input_hears_in_the_earlier_era(command: Command) -> None:
    server = await command.start()
    capabilities = (await initialize(server))["result"]["capabilities"]
    await send(server, call(1, "shelf_change", lists=["tools"]))
    heard = [await receive(server), await receive(server)]
    await close(server)
    assert capabilities["tools"] == {"listChanged": True}
    assert {message.get("method", "answer") for message in heard} == {"answer", CHANGED.format("tools")}


async def test_who_says_twice_that_it_is_ready_hears_once(command: Command) -> None:
    server = await command.start()
    await initialize(server)
    await send(
        server, {"jsonrpc": "2.0", "method": "notifications/initialized"}, call(1, "shelf_change", lists=["tools"])
    )
    await send(server, call(2, "shelf_change", lists=["prompts"]))
    heard = [(await receive(server)).get("method", "answer") for _ in range(4)]
    code, rest = await close(server)
    assert sorted(heard) == ["answer", "answer", CHANGED.format("prompts"), CHANGED.format("tools")]
    assert (code, rest) == (0, b"")


async def test_all_lists_may_be_others_when_the_connection_acts_for_another_agent(command: Command) -> None:
    server = await command.start()
    await initialize(server)
    await send(server, call(1, "shelf_act_as", agent="bob"))
    heard = [await receive(server) for _ in range(4)]
    await send(server, call(2, "shelf_change", lists=["prompts"]))
    heard += [await receive(server) for _ in range(2)]
    await close(server)
    told = [message["method"] for message in heard if "method" in message]
    assert told == [CHANGED.format(one) for one in ("tools", "prompts", "resources", "prompts")]


async def test_a_client_over_standard_input_hears_on_its_stream_since_2026(command: Command) -> None:
    server = await command.start()
    wanted = {"toolsListChanged": True}
    await send(server, request(1, "subscriptions/listen", notifications=wanted, _meta=ENVELOPE))
    acknowledged = await receive(server)
    change = call(2, "shelf_change", lists=["prompts", "tools"])
    change["params"]["_meta"] = ENVELOPE
    await send(server, change)
    heard = [await receive(server), await receive(server)]
    code, _ = await close(server)
    assert acknowledged["method"] == "notifications/subscriptions/acknowledged"
    [told] = [message for message in heard if "method" in message]
    assert told["method"] == CHANGED.format("tools")
    assert told["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"] == 1
    assert code == 0
