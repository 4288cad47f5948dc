"""Methods of extensions on MCP: what the plugins declare with `@mcp_method`."""

import logging
from typing import TYPE_CHECKING, Any

from mcp import types
from mcp.server.lowlevel import Server
from mcp.types.methods import SPEC_CLIENT_METHODS
from pydantic import BaseModel, ConfigDict, ValidationError

from tmws_core.context import Context
from tmws_core.contributions import McpMethod
from tmws_core.server.caller import Door, Request
from tmws_core.server.cancellation import cancelled_once
from tmws_core.server.mcp_tools import progress_of
from tmws_core.server.protocol_errors import as_protocol_error
from tmws_core.server.scope_refusal import note_refusal
from tmws_core.tool_errors import InvalidArguments, ToolError

if TYPE_CHECKING:
    from tmws_core.application import Application

logger = logging.getLogger(__name__)


class _AnyParams(types.RequestParams):
    """The parameters as they came; each method validates its own."""

    model_config = ConfigDict(extra="allow")


class MethodHandlers:
    """Answers the methods of extensions from an application's catalogue."""

    def __init__(self, door: Door) -> None:
        self._door = door

    @property
    def _application(self) -> "Application":
        return self._door.application()

    def register(self, server: Server[Any]) -> None:
        """Make a server answer with these handlers, and say which extensions it has; the application is open.

        A method of MCP itself stays the server's own.
        """
        methods = self._application.catalogue.methods.values()
        for declared in methods:
            if declared.method in SPEC_CLIENT_METHODS:
                logger.error("%s declares %r, which is a method of MCP itself", declared.place, declared.method)
            else:
                server.add_request_handler(declared.method, _AnyParams, self._handler(declared))
        server.extensions = {one.extension.identifier: dict(one.extension.settings) for one in methods}

    def _handler(self, declared: McpMethod) -> Any:  # noqa: ANN401 -- the SDK's type for a handler
        async def handle(request: Request, _params: _AnyParams) -> dict[str, Any]:
            return await self._call(declared, request)

        return handle

    async def _call(self, declared: McpMethod, request: Request) -> dict[str, Any]:
        async def work(context: Context) -> BaseModel:
            result: BaseModel = await declared.function(context, **_validated(declared, request))
            return result

        running = self._application.pipeline.run(
            self._door.caller(request).call("mcp", progress_of(request)),
            declared.method,
            declared.scope,
            work,
            read_only=declared.read_only,
            kind="method",
            rate_limit=declared.rate_limit,
        )
        try:
            result = await cancelled_once(running)
        except ToolError as error:
            if request.request is not None:
                note_refusal(request.request.scope, request.request_id, error)
            raise as_protocol_error(error) from error
        return {**result.model_dump(mode="json", by_alias=True, exclude_none=True), **_lifetime(declared)}


def _validated(declared: McpMethod, request: Request) -> dict[str, Any]:
    fields = declared.parameters.model_fields
    given = {name: value for name, value in (request.params or {}).items() if name in fields}
    try:
        model = declared.parameters.model_validate(given)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        told = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
        raise InvalidArguments(f"{declared.method}: {told}") from error
    return {name: getattr(model, name) for name in fields}


def _lifetime(declared: McpMethod) -> dict[str, Any]:
    if declared.lifetime is None:
        return {}
    return {"ttlMs": round(declared.lifetime * 1000), "cacheScope": "public" if declared.shared else "private"}
