"""Establishes who sends an HTTP request, once, before anything else looks at it."""

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tmws_core.application import Application
from tmws_core.call import Call
from tmws_core.context import Context
from tmws_core.contributions import Authenticator
from tmws_core.credentials import Credentials
from tmws_core.events import Event
from tmws_core.principal import ANONYMOUS, PUBLIC, Principal
from tmws_core.server.address import Address
from tmws_core.server.answers import message_answer
from tmws_core.server.bearer import INVALID_TOKEN, token_in
from tmws_core.server.caller import Caller, establish
from tmws_core.server.challenge import Challenges
from tmws_core.tool_errors import ToolError, Unauthenticated

OPEN_PATHS = frozenset({"/healthz", "/readyz"})
"""What a load balancer asks, without any credential."""


class Authentication:
    """Lets in whom the authenticator knows, and refuses everybody else with 401.

    What is public stays open; there the caller is nobody known. Without an authenticator every caller is the machine's
    own user.
    """

    def __init__(
        self, app: ASGIApp, application: Application, address: Address, challenges: Challenges, mcp_path: str
    ) -> None:
        self._app = app
        self._application = application
        self._address = address
        self._challenges = challenges
        self._mcp_path = mcp_path
        self._authenticator = application.catalogue.authenticator
        self._public = [
            Route(route.path, app, methods=list(route.methods))
            for route in application.catalogue.routes
            if route.scope == PUBLIC
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its caller, or answer it with the challenge."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        client = scope["client"][0] if scope["client"] else None
        if self._authenticator is None:
            principal = self._application.local_principal
        elif self._is_open(scope):
            principal = ANONYMOUS
        else:
            try:
                principal = await self._authenticate(self._authenticator, scope, client)
            except ToolError as error:
                return await self._refuse(scope, error, client)(scope, receive, send)
        establish(scope, Caller(principal, client))
        if scope["path"] == self._mcp_path and self._authenticator is not None:
            scope["user"] = _owner_of_sessions(principal)
        return await self._app(scope, receive, send)

    def _is_open(self, scope: Scope) -> bool:
        return scope["path"] in OPEN_PATHS or any(route.matches(scope)[0] is Match.FULL for route in self._public)

    async def _authenticate(self, authenticator: Authenticator, scope: Scope, client: str | None) -> Principal:
        host = Headers(scope=scope).get("host", "")
        credentials = Credentials(token_in(scope), client, self._address.is_local(host))

        async def work(context: Context) -> Principal:
            principal = await authenticator.function(context, credentials)
            if not isinstance(principal, Principal):
                raise TypeError(f"authenticator {authenticator.place} returned {type(principal).__name__}")
            return principal

        call = Call(ANONYMOUS, "http", client=client)
        try:
            return await self._application.pipeline.run(call, "authentication", None, work, read_only=True)
        except Unauthenticated as error:
            if credentials.token is not None:
                error.error = INVALID_TOKEN
            raise

    def _refuse(self, scope: Scope, error: ToolError, client: str | None) -> Response:
        details = {"reason": error.message, "client": client, "path": scope["path"]}
        self._application.tell(Event("authentication.refused", ANONYMOUS, details))
        if scope["path"] == self._mcp_path:
            return message_answer(None, error, self._challenges.headers(scope, error))
        return self._challenges.answer(scope, error)


def _owner_of_sessions(principal: Principal) -> AuthenticatedUser:
    """By whom the SDK knows the sessions of 2025: another agent's credential does not open them."""
    return AuthenticatedUser(AccessToken(token="", client_id=principal.agent_id, scopes=[], subject=principal.actor))
