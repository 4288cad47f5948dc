"""Builds the SDK's server from an application; only this package knows the SDK, no plugin sees a type of it."""

import json
import os
from importlib.metadata import version
from typing import Any

from mcp import types
from mcp.server.caching import CacheableMethod, CacheHint
from mcp.server.lowlevel import NotificationOptions, Server
from mcp.server.models import InitializationOptions
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity

from tmws_core.server.caller import Door, Request
from tmws_core.server.mcp_changes import ChangeHandlers
from tmws_core.server.mcp_completions import CompletionHandlers
from tmws_core.server.mcp_methods import MethodHandlers
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


class MCPServer(Server[Any]):
    """The SDK's server, which says that its lists may change.

    Attributes:
        changes: tells the clients so.
        methods: what the plugins' extensions add, to be registered once the application is open.
    """

    changes: ChangeHandlers
    methods: MethodHandlers

    def create_initialization_options(
        self,
        notification_options: NotificationOptions | None = None,
        experimental_capabilities: dict[str, dict[str, Any]] | None = None,
        extensions: dict[str, dict[str, Any]] | None = None,
    ) -> InitializationOptions:
        """What the handshake of the earlier era tells; every list may change."""
        every = notification_options or NotificationOptions(True, True, True)
        return super().create_initialization_options(every, experimental_capabilities, extensions)

    def get_capabilities(
        self,
        notification_options: NotificationOptions | None = None,
        experimental_capabilities: dict[str, dict[str, Any]] | None = None,
        extensions: dict[str, dict[str, Any]] | None = None,
        *,
        protocol_version: str | None = None,
    ) -> types.ServerCapabilities:
        """The capabilities; changes of a single resource are announced in neither era."""
        capabilities = super().get_capabilities(
            notification_options, experimental_capabilities, extensions, protocol_version=protocol_version
        )
        if capabilities.resources is not None:
            capabilities.resources.subscribe = False
        return capabilities


def mcp_server(door: Door) -> MCPServer:
    """The MCP server of an application, for any number of connections in both eras of the protocol.

    Args:
        door: where the requests come in; nobody asks it for the application before the handshake is over.
    """
    tools = ToolHandlers(door)
    server = MCPServer(
        NAME,
        title="TMWS",
        version=version(DISTRIBUTION),
        instructions=INSTRUCTIONS,
        cache_hints=_cache_hints(),
        get_tool_input_schema=tools.input_schema,
    )
    tools.register(server)
    ResourceHandlers(door).register(server)
    PromptHandlers(door).register(server)
    CompletionHandlers(door).register(server)
    server.changes = ChangeHandlers(door)
    server.changes.register(server)
    server.methods = MethodHandlers(door)
    server.middleware.append(_sealed_state(door))
    return server


def _sealed_state(door: Door) -> RequestStateBoundary:
    """Encrypts what a client carries from one round of a call to the next, and refuses what is not the same.

    The key lives as long as the process; the state is bound to the principal, the tool and its arguments, and lapses.
    """

    def caller(request: Request) -> str:
        principal = door.caller(request).principal
        return json.dumps([principal.agent_id, principal.actor])

    security = RequestStateSecurity(keys=[os.urandom(_KEY_BYTES)], bind_principal=caller)
    return RequestStateBoundary(security, default_audience=NAME)


def _cache_hints() -> dict[CacheableMethod, CacheHint]:
    lists = {method: CacheHint(ttl_ms=LIST_LIFETIME_MILLISECONDS, scope="private") for method in _LISTS}
    return {**lists, "resources/read": CacheHint(ttl_ms=0, scope="private")}
