"""The challenges that go with 401 and 403: what a client has to show (RFC 6750, section 3)."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from tmws_core.application import Application
from tmws_core.server.address import Address
from tmws_core.server.answers import error_answer, on_any_error
from tmws_core.server.bearer import MalformedCredentialsError
from tmws_core.tool_errors import PermissionDenied, ToolError, Unauthenticated

METADATA_PATH = "/.well-known/oauth-protected-resource"
"""Below it stands what RFC 9728 has a client read of a resource, section 3."""


class Challenges:
    """Answers refusals with the challenge that belongs to them.

    It points to the metadata of the resource when a plugin serves them (RFC 9728, section 5.1).
    """

    def __init__(self, application: Application, address: Address) -> None:
        self._address = address
        self._metadata = [
            Route(route.path, _never, methods=["GET"])
            for route in application.catalogue.routes
            if route.path.startswith(METADATA_PATH) and "GET" in route.methods
        ]

    async def on_tool_error(self, request: Request, error: Exception) -> Response:
        """Answer an error that a handler raised on purpose."""
        return self.answer(request.scope, error) if isinstance(error, ToolError) else await on_any_error(request, error)

    def answer(self, scope: Scope, error: ToolError) -> Response:
        """The answer to a request that failed, with a challenge when it was refused."""
        answer = error_answer(error)
        answer.headers.update(self.headers(scope, error))
        return answer

    def headers(self, scope: Scope, error: ToolError) -> Mapping[str, str]:
        """The headers that belong to a refusal; none for any other error."""
        parameters: dict[str, str] = {}
        if isinstance(error, PermissionDenied) and "scope" in error.details:
            parameters = {"error": "insufficient_scope", "scope": str(error.details["scope"])}
        elif isinstance(error, MalformedCredentialsError):
            parameters = {"error": "invalid_request"}
        elif isinstance(error, Unauthenticated):
            parameters = {"error": error.error} if error.error else {}
        else:
            return {}
        if metadata := self._metadata_of(scope):
            parameters["resource_metadata"] = metadata
        told = ", ".join(f'{name}="{value}"' for name, value in parameters.items())
        return {"WWW-Authenticate": f"Bearer {told}".rstrip()}

    def _metadata_of(self, scope: Scope) -> str:
        """The URL of the metadata of what was asked for; empty when nobody serves it."""
        path = f"{METADATA_PATH}{scope['path']}"
        asked = {"type": "http", "method": "GET", "path": path, "root_path": ""}
        if not any(route.matches(asked)[0] is Match.FULL for route in self._metadata):
            return ""
        return f"{self._address.url_for(Headers(scope=scope).get('host', ''))}{quote(path)}"


async def _never(_request: Request) -> Response:
    """Nobody asks: the route is there to be compared with a path."""
    raise NotImplementedError
