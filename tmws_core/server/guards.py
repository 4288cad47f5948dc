"""What every request has to pass, on every path: it means this server, and it is not too large."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tmws_core.server.address import Address
from tmws_core.server.answers import error_answer, refusal
from tmws_core.tool_errors import TooLarge

_OPTIONAL_WHITESPACE = b" \t"  # around a header's value, and no part of it (RFC 9110, section 5.5)
LARGEST_BODY_BYTES = 4 * 1024 * 1024


class HostGuard:
    """Refuses foreign `Host` and `Origin` headers, so that no web page reaches the server through DNS rebinding.

    A server on a loopback address must check both (MCP 2026-07-28, transports, security warning).
    """

    def __init__(self, app: ASGIApp, address: Address) -> None:
        self._app = app
        self._hosts = frozenset(address.allowed_hosts)
        self._origins = frozenset(address.allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 421 to a foreign host and 403 to a foreign origin; pass everything else on."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        scope["headers"] = [(name, value.strip(_OPTIONAL_WHITESPACE)) for name, value in scope["headers"]]
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            answer = refusal(HTTPStatus.MISDIRECTED_REQUEST, "the Host header does not name this server")
            return await answer(scope, receive, send)
        if not self._origins.issuperset(origin.lower() for origin in headers.getlist("origin")):
            answer = refusal(HTTPStatus.FORBIDDEN, "the Origin header does not name this server")
            return await answer(scope, receive, send)
        return await self._app(scope, receive, send)


class BodyGuard:
    """Refuses bodies beyond the limit, whether the client declares their length or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 to a body that is declared too large; count the others while they come in."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > LARGEST_BODY_BYTES:
            return await error_answer(_too_large())(scope, receive, send)
        return await self._app(scope, _counted(receive), send)


def _counted(receive: Receive) -> Receive:
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > LARGEST_BODY_BYTES:
            raise _too_large()
        return message

    return counted


def _too_large() -> TooLarge:
    return TooLarge(f"the request's body has more than {LARGEST_BODY_BYTES} bytes", hint="send less at once")
