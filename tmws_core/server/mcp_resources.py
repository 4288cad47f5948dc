"""Resources on MCP: what a client reads by URI."""

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mcp import types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from tmws_core.context import Context
from tmws_core.contributions import ListedResource, Resource, ResourceContent, ResourcePage
from tmws_core.principal import Principal
from tmws_core.server.caller import Door, Request
from tmws_core.server.cancellation import cancelled_once
from tmws_core.server.lister_pages import ListerPages
from tmws_core.server.protocol_errors import as_protocol_error
from tmws_core.tool_errors import NotFound, PermissionDenied, ToolError

if TYPE_CHECKING:
    from tmws_core.application import Application

LIST = "resources/list"
Page = types.PaginatedRequestParams


class ResourceHandlers:
    """Answers `resources/list`, `resources/templates/list` and `resources/read` from an application's catalogue."""

    def __init__(self, door: Door) -> None:
        self._door = door

    @property
    def _application(self) -> "Application":
        return self._door.application()

    def register(self, server: Server[Any]) -> None:
        """Make a server answer with these handlers."""
        server.add_request_handler(LIST, Page, self.list_resources)
        server.add_request_handler("resources/templates/list", Page, self.list_templates)
        server.add_request_handler("resources/read", types.ReadResourceRequestParams, self.read_resource)

    async def list_resources(self, request: Request, params: Page) -> types.ListResourcesResult:
        """Answer `resources/list`: the resources without variables, then page by page those of each lister.

        Raises:
            MCPError: the cursor is not the caller's.
        """
        caller = self._door.caller(request)
        listers = [one for one in self._application.catalogue.resource_listers if caller.principal.may(one.scope)]
        declared = [
            types.Resource(name=one.name, uri=one.uri, description=one.description, mime_type=one.mime_type)
            for one in self._visible(request)
            if not one.is_template
        ]
        if not listers:
            return types.ListResourcesResult(resources=declared)
        pages: ListerPages[ResourcePage] = ListerPages(self._application, caller.call("mcp"), listers, LIST)
        try:
            page, following = await pages.page(params.cursor)
        except ToolError as error:
            raise as_protocol_error(error, cursor=params.cursor or "") from error
        listed = [_listed(one) for one in page.resources] if page is not None else []
        resources = [*(declared if params.cursor is None else ()), *listed]
        return types.ListResourcesResult(resources=resources, next_cursor=following, ttl_ms=0)

    async def list_templates(self, request: Request, _params: Page) -> types.ListResourceTemplatesResult:
        """Answer `resources/templates/list`: those with variables."""
        return types.ListResourceTemplatesResult(
            resource_templates=[
                types.ResourceTemplate(
                    name=one.name, uri_template=one.uri, description=one.description, mime_type=one.mime_type or None
                )
                for one in self._visible(request)
                if one.is_template
            ]
        )

    async def read_resource(
        self, request: Request, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        """Answer `resources/read`.

        Raises:
            MCPError: there is no such resource, or the principal may not see it; the two are answered alike.
        """
        uri, caller = str(params.uri), self._door.caller(request)
        resource, variables = self._find(uri, caller.principal)

        async def work(context: Context) -> str | ResourceContent:
            read: str | ResourceContent = await resource.function(context, **variables)
            return read

        running = self._application.pipeline.run(
            caller.call("mcp"),
            resource.name,
            resource.scope,
            work,
            read_only=True,
            kind="resource",
            rate_limit=resource.rate_limit,
        )
        try:
            read = await cancelled_once(running)
        except (NotFound, PermissionDenied):
            raise unknown_resource(uri) from None
        except ToolError as error:
            raise as_protocol_error(error, uri=uri) from error
        content = read if isinstance(read, ResourceContent) else ResourceContent(str(read))
        return types.ReadResourceResult(contents=[_contents(uri, resource.mime_type, content)])

    def _visible(self, request: Request) -> list[Resource]:
        principal = self._door.caller(request).principal
        return [one for one in self._application.catalogue.resources if principal.may(one.scope)]

    def _find(self, uri: str, principal: Principal) -> tuple[Resource, dict[str, str]]:
        """The resource of a URI; one that the principal may not see comes last, and the pipeline refuses it."""
        found = self._application.catalogue.resources
        for one in sorted(found, key=lambda resource: (not principal.may(resource.scope), resource.is_template)):
            variables = one.variables_in(uri)
            if variables is not None:
                return one, {name: unquote(value) for name, value in variables.items()}
        raise unknown_resource(uri)


def _listed(resource: ListedResource) -> types.Resource:
    return types.Resource(
        uri=resource.uri,
        name=resource.name,
        title=resource.title or None,
        description=resource.description or None,
        mime_type=resource.mime_type,
        size=resource.size,
    )


def _contents(
    uri: str, mime_type: str, content: ResourceContent
) -> types.TextResourceContents | types.BlobResourceContents:
    described: dict[str, Any] = {"uri": uri, "mime_type": content.mime_type or mime_type or None}
    if content.metadata:
        described["_meta"] = dict(content.metadata)
    if isinstance(content.content, str):
        return types.TextResourceContents(**described, text=content.content)
    return types.BlobResourceContents(**described, blob=base64.b64encode(content.content).decode())


def unknown_resource(uri: str) -> MCPError:
    """The answer for a resource that does not exist, and for one that the principal may not see."""
    return MCPError(types.INVALID_PARAMS, "Resource not found", {"uri": uri})
