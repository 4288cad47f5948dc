"""Builds the SDK's server from an application; only this package knows the SDK, no plugin sees a type of it."""

from importlib.metadata import version
from typing import Any

from mcp.server.caching import CacheableMethod, CacheHint
from mcp.server.lowlevel import Server

from tmws_core.server.caller import ApplicationSource
from tmws_core.server.mcp_prompts import PromptHandlers
from tmws_core.server.mcp_resources import ResourceHandlers
from tmws_core.server.mcp_tools import ToolHandlers

NAME = "tmws"
DISTRIBUTION = "tmws-core"
INSTRUCTIONS = (
    "TMWS gives agents a lasting memory and the tools of its plugins. Only the most used tools are listed: tool_search "
    "finds the others by what they do, tool_call calls them, and server_status tells which plugins run."
)
LIST_LIFETIME_MILLISECONDS = 300_000
_LISTS: tuple[CacheableMethod, ...] = (
    "tools/list",
    "resources/list",
    "resources/templates/list",
    "prompts/list",
    "server/discover",
)


def mcp_server(source: ApplicationSource) -> Server[Any]:
    """The MCP server of an application, for any number of connections in both eras of the protocol.

    Args:
        source: gives the opened application; nobody asks it before the handshake is over.
    """
    tools = ToolHandlers(source)
    server: Server[Any] = Server(
        NAME,
        title="TMWS",
        version=version(DISTRIBUTION),
        instructions=INSTRUCTIONS,
        cache_hints=_cache_hints(),
        get_tool_input_schema=tools.input_schema,
    )
    tools.register(server)
    ResourceHandlers(source).register(server)
    PromptHandlers(source).register(server)
    return server


def _cache_hints() -> dict[CacheableMethod, CacheHint]:
    lists = {method: CacheHint(ttl_ms=LIST_LIFETIME_MILLISECONDS, scope="private") for method in _LISTS}
    return {**lists, "resources/read": CacheHint(ttl_ms=0, scope="private")}
