"""What an OAuth client asks first: whose tokens this server takes (RFC 9728; MCP 2026-07-28, authorization)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tmws_accounts.settings import AccountsSettings
from tmws_core import Context, route
from tmws_core.principal import PUBLIC

WELL_KNOWN = "/.well-known/oauth-protected-resource"
MCP_PATH = "/mcp"


@route(WELL_KNOWN, scope=PUBLIC)
async def server_metadata(ctx: Context, request: Request) -> Response:
    """The metadata of the whole server."""
    return _metadata(ctx, request, "")


@route(f"{WELL_KNOWN}{MCP_PATH}", scope=PUBLIC)
async def mcp_metadata(ctx: Context, request: Request) -> Response:
    """The metadata of the MCP endpoint."""
    return _metadata(ctx, request, MCP_PATH)


def _metadata(ctx: Context, request: Request, path: str) -> Response:
    settings = ctx.settings(AccountsSettings)
    base = settings.public_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
    scopes = {offered.tool.scope for offered in ctx.application.catalogue.tools.values()} - {PUBLIC}
    document: dict[str, object] = {
        "resource": f"{base}{path}",
        "resource_name": "TMWS",
        "bearer_methods_supported": ["header"],
        "scopes_supported": sorted(scopes),
    }
    if settings.authorization_servers:
        document["authorization_servers"] = sorted(settings.authorization_servers)
    return JSONResponse(document)
