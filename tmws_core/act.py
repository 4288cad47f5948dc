"""An act: what a witness is told of a transaction that is about to be committed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tmws_core.call import Kind
from tmws_core.principal import Principal


@dataclass(frozen=True)
class Act:
    """A call that has written something, at the moment before its transaction is committed.

    Attributes:
        principal: who calls.
        kind: what is called: a `tool`, `resource`, `prompt`, `method`, `route` or `command`.
        name: its name.
        surface: through which door: `mcp`, `http`, `cli`, or `tool` for a call from another tool.
        client: the caller's IP address over HTTP, else None.
        started_at: when the call began, in UTC.
        milliseconds: how long it has taken so far.
        published: the events that the call has published so far, each with its details.
        called: the names of the tools that it has called so far, whose writing belongs to the same transaction.
    """

    principal: Principal
    kind: Kind
    name: str
    surface: str
    client: str | None
    started_at: datetime
    milliseconds: float
    published: Sequence[tuple[str, dict[str, Any]]]
    called: Sequence[str] = ()
