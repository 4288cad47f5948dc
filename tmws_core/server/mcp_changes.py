"""Tells the MCP clients that a list changed, in both eras of the protocol.

Up to 2025-11-25 the server sends `notifications/tools/list_changed` and the like on the connection's own stream. Since
2026-07-28 a client asks for them with `subscriptions/listen`, whose answer is a stream (MCP 2026-07-28,
basic/utilities/subscriptions).
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.session import ServerSession
from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    ListenHandler,
    PromptsListChanged,
    ResourcesListChanged,
    ServerEvent,
    ToolsListChanged,
)
from mcp.shared.exceptions import MCPError

from tmws_core.list_changes import LISTS, ListChange, ListChanges, ListName
from tmws_core.server.caller import Caller, Door, Request
from tmws_core.server.protocol_errors import as_protocol_error
from tmws_core.tool_errors import ToolError

if TYPE_CHECKING:
    from tmws_core.application import Application

LISTEN = "subscriptions/listen"
MOST_STREAMS_OF_ONE_AGENT = 64

_KEY = "tmws.announced to"

logger = logging.getLogger(__name__)

_EVENTS: dict[ListName, ServerEvent] = {
    "tools": ToolsListChanged(),
    "prompts": PromptsListChanged(),
    "resources": ResourcesListChanged(),
}


class ChangeHandlers:
    """Answers `subscriptions/listen`, and remembers the connections of the earlier era."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._streams: set[ListenHandler] = set()
        self._agents: Counter[str] = Counter()

    @property
    def _application(self) -> "Application":
        return self._door.application()

    def register(self, server: Server[Any]) -> None:
        """Make a server answer with these handlers."""
        server.add_request_handler(LISTEN, types.SubscriptionsListenRequestParams, self.listen)
        server.add_notification_handler("notifications/initialized", types.NotificationParams, self.remember)

    async def listen(
        self, request: Request, params: types.SubscriptionsListenRequestParams
    ) -> types.SubscriptionsListenResult:
        """Answer `subscriptions/listen` until the client or the server ends it.

        Changes of single resources are not announced here, so the acknowledgement leaves them out.

        Raises:
            MCPError: the agent listens on too many streams at once, or begins to listen too often.
        """
        caller = self._door.caller(request)
        agent = caller.principal.agent_id
        try:
            self._application.rate_limits.count(caller.call("mcp"), "subscription", LISTEN, None)
        except ToolError as error:
            raise as_protocol_error(error) from error
        if self._agents[agent] >= MOST_STREAMS_OF_ONE_AGENT:
            raise MCPError(types.INTERNAL_ERROR, f"{agent!r} listens on {MOST_STREAMS_OF_ONE_AGENT} streams already")
        stream = ListenHandler(_ForCaller(self._application.list_changes, caller))
        wanted = params.notifications.model_copy(update={"resource_subscriptions": None})
        self._streams.add(stream)
        self._agents[agent] += 1
        try:
            return await stream(request, params.model_copy(update={"notifications": wanted}))
        finally:
            self._streams.discard(stream)
            self._agents -= Counter([agent])

    def end(self) -> None:
        """End every stream; each says so to its client."""
        for stream in list(self._streams):
            stream.close()

    async def remember(self, request: Request, _params: types.NotificationParams) -> None:
        """Tell a connection of the earlier era of changes from now on, until it ends."""
        # the SDK has no other way to learn of a connection's end
        connection = request.session._connection
        if connection.state.setdefault(_KEY, request.session) is not request.session:
            return  # it says so once more
        announcer = _Announcer(request.session, self._door.caller(request))
        connection.exit_stack.callback(announcer.stop)
        connection.exit_stack.callback(self._application.list_changes.hear(announcer.hear))


class _ForCaller(InMemorySubscriptionBus):
    """The changes that concern one caller."""

    def __init__(self, changes: ListChanges, caller: Caller) -> None:
        super().__init__()
        self._changes, self._caller = changes, caller

    def subscribe(self, listener: Callable[[ServerEvent], None]) -> Callable[[], None]:
        """Have a listener hear of them."""

        def hear(change: ListChange) -> None:
            if self._caller.hears_of(change):
                for one in LISTS:
                    if one in change.lists:
                        listener(_EVENTS[one])

        return self._changes.hear(hear)


class _Announcer:
    """Sends one connection what concerns its caller, one after the other; what waits twice is sent once."""

    def __init__(self, session: ServerSession, caller: Caller) -> None:
        self._send = {
            "tools": session.send_tool_list_changed,
            "prompts": session.send_prompt_list_changed,
            "resources": session.send_resource_list_changed,
        }
        self._caller = caller
        self._waiting: set[ListName] = set()
        self._sending: asyncio.Task[None] | None = None

    def hear(self, change: ListChange) -> None:
        if self._caller.hears_of(change):
            self._waiting |= change.lists
            if self._sending is None or self._sending.done():
                self._sending = asyncio.create_task(self._send_all())

    def stop(self) -> None:
        if self._sending is not None:
            self._sending.cancel()

    async def _send_all(self) -> None:
        while self._waiting:
            one = next(name for name in LISTS if name in self._waiting)
            self._waiting.discard(one)
            try:
                await self._send[one]()
            except Exception:
                logger.exception("a client could not be told that its %s changed", one)
