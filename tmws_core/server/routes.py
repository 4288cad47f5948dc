"""The HTTP endpoints that plugins bring themselves."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as Endpoint

from tmws_core.application import Application
from tmws_core.context import Context
from tmws_core.contributions import Route
from tmws_core.server.caller import established

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def plugin_routes(application: Application) -> list[Endpoint]:
    """The endpoints of every `@route` in the catalogue."""
    return [
        Endpoint(route.path, _handler(application, route), methods=list(route.methods))
        for route in application.catalogue.routes
    ]


def _handler(application: Application, route: Route) -> Callable[[Request], Awaitable[Response]]:
    read_only = _SAFE_METHODS.issuperset(method.upper() for method in route.methods)

    async def handle(request: Request) -> Response:
        async def work(context: Context) -> Response:
            response: Response = await route.function(context, request)
            return response

        call = established(request.scope).call("http")
        return await application.pipeline.run(
            call, route.name, route.scope, work, read_only=read_only, kind="route", rate_limit=route.rate_limit
        )

    return handle
