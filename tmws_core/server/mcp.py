"""Builds the SDK's server from an application; only this package knows the SDK, no plugin sees a type of it."""

from typing import Any

from mcp.server.caching import CacheableMethod, CacheHint
from mcp.server.lowlevel import Server

from tmws_core.application import Application
from tmws_core.server.mcp_prompts import PromptHandlers
from tmws_core.server.mcp_resources import ResourceHandlers
from tmws_core.server.mcp_tools import ToolHandlers

NAME = "tmws"
LIST_LIFETIME_MILLISECONDS = 300_000
_LISTS: tuple[CacheableMethod, ...] = (
    "tools/list",
    "resources/list",
    "resources/templates/list",
    "prompts/list",
    "server/discover",
)


def mcp_server(application: Application) -> Server[Any]:
    """The MCP server of an opened application, for any number of connections in both eras of the protocol."""
    tools = ToolHandlers(application)
    server: Server[Any] = Server(
        NAME,
        title="TMWS",
        version=application.version,
        instructions=instructions(application),
        cache_hints=_cache_hints(),
        get_tool_input_schema=tools.input_schema,
    )
    tools.register(server)
    if application.catalogue.resources:
        ResourceHandlers(application).register(server)
    if application.catalogue.prompts:
        PromptHandlers(application).register(server)
    return server


def instructions(application: Application) -> str:
    """What a client tells its model about the server."""
    names = ", ".join(record.name for record in application.assembly.active[1:]) or "none"
    return (
        "TMWS gives agents a lasting memory and the tools of its plugins. "
        f"Active plugins: {names}. "
        "Only the most used tools are listed: tool_search finds the others by what they do, tool_call calls them."
    )


def _cache_hints() -> dict[CacheableMethod, CacheHint]:
    lists = {method: CacheHint(ttl_ms=LIST_LIFETIME_MILLISECONDS, scope="private") for method in _LISTS}
    return {**lists, "resources/read": CacheHint(ttl_ms=0, scope="private")}
