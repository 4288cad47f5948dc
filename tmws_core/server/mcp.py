"""Builds the SDK's server from an application; only this package knows the SDK, no plugin sees a type of it."""

import os
from importlib.metadata import version
from typing import Any

from mcp.server.caching import CacheableMethod, CacheHint
from mcp.server.lowlevel import Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity

from tmws_core.server.caller import ApplicationSource, principal_of
from tmws_core.server.mcp_completions import CompletionHandlers
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
_KEY_BYTES = 32
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
    CompletionHandlers(source).register(server)
    server.middleware.append(_sealed_state(source))
    return server


def _sealed_state(source: ApplicationSource) -> RequestStateBoundary:
    """Encrypts what a client carries from one round of a call to the next, and refuses what is not the same.

    The key lives as long as the process; the state is bound to the principal, the tool and its arguments, and lapses.
    """
    security = RequestStateSecurity(
        keys=[os.urandom(_KEY_BYTES)], bind_principal=lambda _request: principal_of(source()).agent_id
    )
    return RequestStateBoundary(security, default_audience=NAME)


def _cache_hints() -> dict[CacheableMethod, CacheHint]:
    lists = {method: CacheHint(ttl_ms=LIST_LIFETIME_MILLISECONDS, scope="private") for method in _LISTS}
    return {**lists, "resources/read": CacheHint(ttl_ms=0, scope="private")}
