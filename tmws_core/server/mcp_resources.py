"""Resources on MCP: what a client reads by URI."""

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from tmws_core.context import Context
from tmws_core.contributions import Resource
from tmws_core.pipeline import Call
from tmws_core.server.caller import ApplicationSource, principal_of
from tmws_core.server.cancellation import cancelled_once
from tmws_core.server.protocol_errors import as_protocol_error
from tmws_core.tool_errors import NotFound, ToolError

if TYPE_CHECKING:
    from tmws_core.application import Application

Request = ServerRequestContext[Any, Any]
Page = types.PaginatedRequestParams


class ResourceHandlers:
    """Answers `resources/list`, `resources/templates/list` and `resources/read` from an application's catalogue."""

    def __init__(self, source: ApplicationSource) -> None:
        self._source = source

    @property
    def _application(self) -> "Application":
        return self._source()

    def register(self, server: Server[Any]) -> None:
        """Make a server answer with these handlers."""
        server.add_request_handler("resources/list", Page, self.list_resources)
        server.add_request_handler("resources/templates/list", Page, self.list_templates)
        server.add_request_handler("resources/read", types.ReadResourceRequestParams, self.read_resource)

    async def list_resources(self, _request: Request, _params: Page) -> types.ListResourcesResult:
        """Answer `resources/list`: the resources without variables."""
        return types.ListResourcesResult(
            resources=[
                types.Resource(name=one.name, uri=one.uri, description=one.description, mime_type=one.mime_type)
                for one in self._visible()
                if not one.is_template
            ]
        )

    async def list_templates(self, _request: Request, _params: Page) -> types.ListResourceTemplatesResult:
        """Answer `resources/templates/list`: those with variables."""
        return types.ListResourceTemplatesResult(
            resource_templates=[
                types.ResourceTemplate(
                    name=one.name, uri_template=one.uri, description=one.description, mime_type=one.mime_type
                )
                for one in self._visible()
                if one.is_template
            ]
        )

    async def read_resource(
        self, _request: Request, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        """Answer `resources/read`.

        Raises:
            MCPError: there is no such resource, or the principal may not see it; the two are answered alike.
        """
        uri = str(params.uri)
        resource, variables = self._find(uri)
        call = Call(principal_of(self._application), "mcp")

        async def work(context: Context) -> str:
            return str(await resource.function(context, **variables))

        running = self._application.pipeline.run(
            call, resource.name, resource.scope, work, read_only=True, kind="resource"
        )
        try:
            text = await cancelled_once(running)
        except NotFound:
            raise unknown_resource(uri) from None
        except ToolError as error:
            raise as_protocol_error(error, uri=uri) from error
        return types.ReadResourceResult(
            contents=[types.TextResourceContents(uri=uri, mime_type=resource.mime_type, text=text)]
        )

    def _visible(self) -> list[Resource]:
        principal = principal_of(self._application)
        return [one for one in self._application.catalogue.resources if principal.may(one.scope)]

    def _find(self, uri: str) -> tuple[Resource, dict[str, str]]:
        for one in sorted(self._visible(), key=lambda resource: resource.is_template):
            variables = one.variables_in(uri)
            if variables is not None:
                return one, {name: unquote(value) for name, value in variables.items()}
        raise unknown_resource(uri)


def unknown_resource(uri: str) -> MCPError:
    """The answer for a resource that does not exist, and for one that the principal may not see."""
    return MCPError(types.INVALID_PARAMS, "Resource not found", {"uri": uri})
