"""One client's conversation over lines, in both eras of the protocol."""

import logging
from typing import Any

import anyio
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp import types
from mcp.server.lowlevel import Server
from mcp.shared.message import SessionMessage
from pydantic import ValidationError

from tmws_core.server.lines import LONGEST_LINE_BYTES, Lines
from tmws_core.server.mcp_changes import LISTEN

logger = logging.getLogger(__name__)

SECONDS_TO_ANSWER_AFTER_THE_END = 1.0


class Conversation:
    """Serves a client until the end of its input.

    The SDK decides with a connection's first request whether it speaks the handshake of 2025 or the protocol of
    2026-07-28, and refuses the other for the rest of the stream. There are clients that ask `server/discover` first,
    get their answer, and send `initialize` all the same. So `initialize` opens a new connection here when the present
    one was opened with something else; the earlier connection answers what it was asked, and hears nothing more.

    Attributes:
        greeted: set when the first request is answered, or is no handshake, or the conversation is over.
        open: until it is set, nothing is delivered but handshakes.
    """

    def __init__(self, server: Server[Any], lines: Lines) -> None:
        self._server = server
        self._lines = lines
        self._options = server.create_initialization_options()
        self._answers, self._to_send = anyio.create_memory_object_stream[SessionMessage](0)
        self._connections: list[MemoryObjectSendStream[SessionMessage | Exception]] = []
        self._with_handshake = False
        self._unanswered: set[types.RequestId] = set()
        self._all_answered = anyio.Event()
        self.greeted = anyio.Event()
        self.open = anyio.Event()

    async def run(self) -> None:
        """Serve the client; what is unanswered at the end of its input has a moment to finish, then it ends."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._send)
            async for line in self._lines.lines():
                await self._receive(line, tasks)
            await self._answer_the_rest()
            for connection in self._connections:
                connection.close()
            self._answers.close()
            self.greeted.set()

    async def _receive(self, line: bytes, tasks: TaskGroup) -> None:
        try:
            message = types.jsonrpc_message_adapter.validate_json(line, by_name=False)
        except ValidationError as error:
            await self._answers.send(SessionMessage(_refusal(line, error)))
        else:
            self._count(message)
            if not _greets(message):
                self.greeted.set()
                await self.open.wait()
            await self._deliver(message, tasks)

    async def _deliver(self, message: types.JSONRPCMessage, tasks: TaskGroup) -> None:
        initializes = isinstance(message, types.JSONRPCRequest) and message.method == "initialize"
        if not self._connections or (initializes and not self._with_handshake):
            self._with_handshake = initializes
            self._open_connection(tasks)
        try:
            await self._connections[-1].send(SessionMessage(message))
        except anyio.BrokenResourceError:
            logger.error("the connection has broken down; a message to it is lost")

    def _open_connection(self, tasks: TaskGroup) -> None:
        incoming, received = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        self._connections.append(incoming)
        tasks.start_soon(self._serve, received, self._answers.clone())

    async def _serve(
        self,
        received: MemoryObjectReceiveStream[SessionMessage | Exception],
        answers: MemoryObjectSendStream[SessionMessage],
    ) -> None:
        try:
            await self._server.run(received, answers, self._options)
        except Exception:
            logger.exception("a connection has broken down")
        finally:
            received.close()
            answers.close()

    async def _send(self) -> None:
        async for outgoing in self._to_send:
            message = outgoing.message
            try:
                await self._lines.write(message.model_dump_json(by_alias=True, exclude_unset=True).encode())
            except OSError as error:
                logger.info("the client does not read any more (%s)", error.strerror)
                self._lines.end()
            self.greeted.set()
            if isinstance(message, types.JSONRPCResponse | types.JSONRPCError) and message.id is not None:
                self._settle(message.id)

    def _count(self, message: types.JSONRPCMessage) -> None:
        if isinstance(message, types.JSONRPCRequest):
            if message.method != LISTEN:  # its answer comes when the conversation is over
                self._unanswered.add(message.id)
        elif isinstance(message, types.JSONRPCNotification) and message.method == "notifications/cancelled":
            self._settle((message.params or {}).get("requestId", ""))

    def _settle(self, request: types.RequestId) -> None:
        self._unanswered.discard(request)
        if not self._unanswered:
            self._all_answered.set()

    async def _answer_the_rest(self) -> None:
        self._all_answered = anyio.Event()
        with anyio.move_on_after(SECONDS_TO_ANSWER_AFTER_THE_END):
            while self._unanswered:
                await self._all_answered.wait()
                self._all_answered = anyio.Event()


def _greets(message: types.JSONRPCMessage) -> bool:
    """Whether a message is part of a handshake, which is answered without the application."""
    return isinstance(message, types.JSONRPCRequest) and message.method in ("initialize", "server/discover", "ping")


def _refusal(line: bytes, error: ValidationError) -> types.JSONRPCError:
    """The answer to a line that is no message; without an id, as JSON-RPC 2.0, section 5, has it."""
    code, reason = types.INVALID_REQUEST, "the line is not one JSON-RPC 2.0 message"
    if not line:
        reason = f"a message may have {LONGEST_LINE_BYTES} bytes at most; send less at once"
    elif error.errors()[0]["type"] == "json_invalid":
        code, reason = types.PARSE_ERROR, "Parse error: the line is not JSON"
    return types.JSONRPCError(jsonrpc="2.0", id=None, error=types.ErrorData(code=code, message=reason))
