"""Who calls through a connection, and which application answers."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mcp.server.context import ServerRequestContext

from tmws_core.call import Call
from tmws_core.client_model import AskModel, no_model
from tmws_core.connection import Connection
from tmws_core.list_changes import ListChange
from tmws_core.principal import Principal
from tmws_core.progress import ReportProgress, no_progress

if TYPE_CHECKING:
    from tmws_core.application import Application

Request = ServerRequestContext[Any, Any]

_KEY = "tmws.caller"


@dataclass(frozen=True)
class Caller:
    """Who sends a request.

    Attributes:
        principal: who it is.
        client: the IP address over HTTP, else None.
        connection: what stays of the client between its calls; None where nothing does.
    """

    principal: Principal
    client: str | None = None
    connection: Connection | None = None

    def hears_of(self, change: ListChange) -> bool:
        """Whether lists of this caller may have changed; a connection may act for another agent by now."""
        principal = self.principal if self.connection is None else self.connection.principal
        return change.concerns(principal, self.connection)

    def call(
        self,
        surface: str,
        report_progress: ReportProgress = no_progress,
        ask_model: AskModel = no_model,
        *,
        continued: bool = False,
    ) -> Call:
        """The call that the request is; see `Call` for the arguments."""
        return Call(self.principal, surface, report_progress, ask_model, continued, self.client, self.connection)


@dataclass(frozen=True)
class Door:
    """Where MCP requests come in.

    Attributes:
        application: gives the opened application; it may be opened after the first answer, so it is asked for at each
            call.
        caller: tells who sends a request.
    """

    application: "Callable[[], Application]"
    caller: Callable[[Request], Caller]


def establish(scope: MutableMapping[str, Any], caller: Caller) -> None:
    """Note in an HTTP request who sends it."""
    scope[_KEY] = caller


def established(scope: MutableMapping[str, Any]) -> Caller:
    """Who sends an HTTP request.

    Raises:
        LookupError: nobody has established it; the request must not be served.
    """
    caller: Caller = scope[_KEY]
    return caller


def caller_over_http(request: Request) -> Caller:
    """Who sends an MCP request over HTTP."""
    if request.request is None:
        raise LookupError("an MCP request over HTTP came without its HTTP request")
    return established(request.request.scope)
