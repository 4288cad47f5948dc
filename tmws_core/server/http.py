"""HTTP: MCP, the API of the tools, the plugins' own routes, health and metrics, to callers that are known."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from socket import socket
from time import monotonic

import uvicorn
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp

from tmws_core.application import Application
from tmws_core.authentication import refuse_unguarded
from tmws_core.server.address import Address, bind
from tmws_core.server.answers import on_any_error, on_http_exception
from tmws_core.server.api import ToolAPI
from tmws_core.server.authentication import Authentication
from tmws_core.server.caller import Door, caller_over_http
from tmws_core.server.challenge import Challenges
from tmws_core.server.guards import LARGEST_BODY_BYTES, BodyGuard, HostGuard
from tmws_core.server.health import Health
from tmws_core.server.mcp import MCPServer, mcp_server
from tmws_core.server.metrics import Metrics
from tmws_core.server.routes import plugin_routes
from tmws_core.server.scope_refusal import ScopeRefusals
from tmws_core.server.stopping import on_stop_signal
from tmws_core.tool_errors import ToolError

MCP_PATH = "/mcp"
SECONDS_TO_FINISH = 3
SECONDS_BETWEEN_WISHES = 0.5


async def serve_http(application: Application, *, host: str, port: int, on_started: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; calls that run then have a few seconds to finish.

    Args:
        application: opened.
        host: an address, or `localhost`; one that is not loopback needs a plugin that authenticates.
        port: the TCP port; 0 for any free one.
        on_started: called with the server's URL when it listens.

    Raises:
        ConfigurationError: others would reach the server without authentication, or the address cannot be bound.
    """
    refuse_unguarded(application)
    names, authenticated = application.settings.core.api_allowed_hosts, application.catalogue.authenticator is not None
    bound, address = bind(host, port, names, authenticated=authenticated)
    mcp = mcp_server(Door(lambda: application, caller_over_http))
    mcp.methods.register(mcp)
    app = http_app(application, address, mcp)
    server = _Server(_configuration(app), partial(on_started, address.url), mcp.changes.end)
    with bound, on_stop_signal(server.stop):
        await server.listen(bound)


def http_app(application: Application, address: Address, mcp: MCPServer) -> Starlette:
    """The ASGI application.

    Args:
        application: opened.
        address: where it is served; it answers to the names of this address alone.
        mcp: its MCP server.
    """
    sessions = StreamableHTTPSessionManager(
        mcp,
        security_settings=TransportSecuritySettings(
            allowed_hosts=address.allowed_hosts, allowed_origins=address.allowed_origins
        ),
        max_request_body_size=LARGEST_BODY_BYTES,
    )
    metrics, challenges = Metrics(application), Challenges(application, address)
    endpoint: ASGIApp = StreamableHTTPASGIApp(sessions)
    if application.catalogue.authenticator is not None:
        endpoint = ScopeRefusals(endpoint, challenges)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with sessions.run(), metrics.counting():
            yield

    return Starlette(
        routes=[
            Route(MCP_PATH, endpoint),
            *ToolAPI(application).routes,
            *Health(application).routes,
            *metrics.routes,
            *plugin_routes(application),
        ],
        middleware=[
            Middleware(HostGuard, address=address),
            Middleware(
                Authentication, application=application, address=address, challenges=challenges, mcp_path=MCP_PATH
            ),
            Middleware(BodyGuard),
        ],
        exception_handlers={
            ToolError: challenges.on_tool_error,
            HTTPException: on_http_exception,
            Exception: on_any_error,
        },
        lifespan=lifespan,
    )


def _configuration(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="on",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )


class _Server(uvicorn.Server):
    """Uvicorn without its own handling of signals, which ends the process where the application has yet to close."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None], before_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started
        self._before_stop = before_stop
        self._asked_to_stop: float | None = None

    async def listen(self, bound: socket) -> None:
        """Serve on a bound socket until `stop`."""
        await self._serve([bound])

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start as uvicorn does, then tell that it is done."""
        await super().startup(sockets)
        self._on_started()

    def stop(self) -> None:
        """Stop soon; when asked again after a while, at once.

        A launcher passes on the signal that the terminal has sent to the whole group already: that is one wish.
        """
        self._before_stop()
        now = monotonic()
        if self._asked_to_stop is None:
            self._asked_to_stop = now
        self.force_exit = now - self._asked_to_stop > SECONDS_BETWEEN_WISHES
        self.should_exit = True
