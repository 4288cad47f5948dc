"""Turns the refusal of a scope on MCP into the answer 403 that has a client ask for more rights.

MCP 2026-07-28, authorization, runtime insufficient scope errors.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from mcp import types
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tmws_core.server.answers import message_answer
from tmws_core.server.challenge import Challenges
from tmws_core.tool_errors import PermissionDenied, ToolError

_KEY = "tmws.refusal"


@dataclass(frozen=True)
class _Refusal:
    request: types.RequestId | None
    error: PermissionDenied


def note_refusal(scope: MutableMapping[str, Any], request: types.RequestId | None, error: ToolError) -> None:
    """Note in an HTTP request that its MCP call was refused, when it was refused for want of a scope.

    Args:
        scope: the HTTP request.
        request: the number of the MCP request.
        error: why the call failed.
    """
    if isinstance(error, PermissionDenied) and "scope" in error.details:
        scope[_KEY] = _Refusal(request, error)


class ScopeRefusals:
    """Holds back the head of each MCP answer until its body comes, and puts a refusal in the place of both."""

    def __init__(self, app: ASGIApp, challenges: Challenges) -> None:
        self._app = app
        self._challenges = challenges

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; its answer is 403 with the challenge when it lacks a scope."""
        if scope["method"] != "POST":  # a stream of the server's own begins at once
            return await self._app(scope, receive, send)
        held: list[Message] = []
        over = False

        async def send_checked(message: Message) -> None:
            nonlocal over
            if message["type"] == "http.response.start":
                held.append(message)
                return
            if over:
                return
            if held:
                refusal: _Refusal | None = scope.get(_KEY)
                if refusal is not None:
                    over = True
                    headers = self._challenges.headers(scope, refusal.error)
                    await message_answer(refusal.request, refusal.error, headers)(scope, receive, send)
                    return
                await send(held.pop())
            await send(message)

        return await self._app(scope, receive, send_checked)
