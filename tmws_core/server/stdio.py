"""MCP over standard input and output: one client, one JSON-RPC message per line."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import TYPE_CHECKING

from tmws_core.connection import Connection
from tmws_core.extensions import Extensions, refuse_silence
from tmws_core.server.caller import Caller, Door, Request
from tmws_core.server.conversation import Conversation
from tmws_core.server.lines import Lines
from tmws_core.server.mcp import mcp_server
from tmws_core.server.standard_streams import StandardStreams, claim_standard_streams
from tmws_core.server.stopping import on_stop_signal

if TYPE_CHECKING:
    from tmws_core.application import Application

__all__ = ["StandardStreams", "claim_standard_streams", "serve_stdio"]


async def serve_stdio(
    make_application: "Callable[[], Application]", streams: StandardStreams, extensions: Extensions
) -> None:
    """Serve one client until its input ends, or SIGTERM or SIGINT comes.

    The handshake needs no plugin, and clients give up when it takes long: it is answered first. Then the application is
    made and opened, and everything that the client asked in the meantime is answered in its order.

    Args:
        make_application: discovers the plugins; the application is opened here.
        streams: what `claim_standard_streams` took before the plugins are loaded.
        extensions: the extensions that the client is told of before that.

    Raises:
        TMWSError: the application cannot be opened; the client hears nothing more.
    """
    lines = Lines(streams)
    opened = _Opened()
    server = mcp_server(Door(opened.application, opened.caller))
    server.extensions = dict(extensions)
    conversation = Conversation(server, lines)

    @asynccontextmanager
    async def opening() -> AsyncIterator[None]:
        async with make_application() as opened.found:
            server.methods.register(server)
            refuse_silence(extensions, server.extensions)
            yield

    try:
        with on_stop_signal(lines.end):
            await _serve(conversation, opening)
    finally:
        lines.close()


class _Opened:
    """Where the application is found once it is open."""

    def __init__(self) -> None:
        self.found: Application | None = None
        self._connection: Connection | None = None

    def application(self) -> "Application":
        if self.found is None:
            raise RuntimeError("a request was answered before the application was opened")
        return self.found

    def caller(self, _request: Request) -> Caller:
        """Standard input belongs to the machine's own user, until that one acts for another agent."""
        if self._connection is None:
            self._connection = Connection(self.application().local_principal)
        return Caller(self._connection.principal, connection=self._connection)


async def _serve(conversation: Conversation, opening: Callable[[], AbstractAsyncContextManager[None]]) -> None:
    running = asyncio.ensure_future(conversation.run())
    try:
        await conversation.greeted.wait()
        async with opening():
            conversation.open.set()
            await running
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
