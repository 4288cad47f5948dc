"""A call: someone asks for something, through one of the doors."""

from dataclasses import dataclass
from typing import Literal

from tmws_core.client_model import AskModel, no_model
from tmws_core.connection import Connection
from tmws_core.principal import Principal
from tmws_core.progress import ReportProgress, no_progress

Kind = Literal["tool", "resource", "prompt", "method", "route", "command"]
"""What is asked for."""


@dataclass(frozen=True)
class Call:
    """Someone asks for something.

    Attributes:
        principal: who.
        surface: through which door: `mcp`, `http`, `cli`, or `tool` for a call from another tool.
        report_progress: where progress goes.
        ask_model: asks the model of whoever calls.
        continued: it goes on with a call that was counted already and then had to ask.
        client: the caller's IP address over HTTP, else None.
        connection: what stays of the client between its calls; None where nothing does.
    """

    principal: Principal
    surface: str
    report_progress: ReportProgress = no_progress
    ask_model: AskModel = no_model
    continued: bool = False
    client: str | None = None
    connection: Connection | None = None
