"""The HTTP API: one endpoint for each tool of the catalogue."""

from typing import Any

from pydantic_core import from_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tmws_core.application import Application
from tmws_core.catalogue import OfferedTool
from tmws_core.server.answers import json_answer
from tmws_core.server.caller import established
from tmws_core.server.numbers import refuse_not_finite
from tmws_core.server.openapi import openapi_document
from tmws_core.tool_errors import ToolError

PREFIX = "/api/v1"
MOST_DOCUMENTS = 32


class MalformedJSONError(ToolError):
    """The body is not a JSON object."""

    code = "malformed_json"
    status = 400


class ToolAPI:
    """Answers `POST /api/v1/<plugin>/<method>` with the tool of that name, and describes itself in OpenAPI.

    Attributes:
        endpoints: the tools by their paths.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self.endpoints: dict[str, OfferedTool] = {path_of(one): one for one in application.catalogue.tools.values()}
        self._documents: dict[frozenset[str], dict[str, Any]] = {}

    @property
    def routes(self) -> list[Route]:
        """The API's two routes."""
        return [
            Route(f"{PREFIX}/openapi.json", self.describe, methods=["GET"]),
            Route(f"{PREFIX}/{{plugin}}/{{method}}", self.call, methods=["POST"]),
        ]

    async def describe(self, request: Request) -> JSONResponse:
        """Answer with the OpenAPI document of what the caller may use."""
        principal = established(request.scope).principal
        if principal.scopes not in self._documents:
            if len(self._documents) >= MOST_DOCUMENTS:
                self._documents.clear()
            usable = {path: one for path, one in self.endpoints.items() if principal.may(one.tool.scope)}
            self._documents[principal.scopes] = openapi_document(usable, self._application.version)
        return json_answer(self._documents[principal.scopes])

    async def call(self, request: Request) -> JSONResponse:
        """Call a tool with the body as its arguments.

        Raises:
            ToolError: whatever the tool answers with.
            HTTPException: there is no such endpoint.
        """
        offered = self.endpoints.get(request.url.path)
        if offered is None:
            raise HTTPException(404, f"there is no endpoint {request.url.path}")
        arguments = arguments_in(await request.body())
        call = established(request.scope).call("http")
        return json_answer(await self._application.pipeline.call_tool(call, offered.tool.name, arguments))


def path_of(offered: OfferedTool) -> str:
    """The path of a tool's endpoint."""
    return f"{PREFIX}/{offered.plugin}/{offered.method}"


def arguments_in(body: bytes) -> dict[str, Any]:
    """The arguments in a request's body; an empty body has none.

    Raises:
        MalformedJSONError: the body is not a JSON object.
        InvalidArguments: a number is NaN or infinite.
    """
    try:
        arguments = from_json(body or b"{}")
    except ValueError as error:
        raise MalformedJSONError(
            f"the body is not JSON: {error}", hint="send the arguments as a JSON object"
        ) from error
    if not isinstance(arguments, dict):
        raise MalformedJSONError("the body is JSON but no object", hint="send a JSON object")
    refuse_not_finite(arguments)
    return arguments
