"""A call under way: what its witnesses and observers are told of it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tmws_core.act import Act
from tmws_core.call import Call, Kind
from tmws_core.events import Event
from tmws_core.unit_of_work import UnitOfWork

EVENTS: Mapping[Kind, str] = {
    "tool": "tool.called",
    "resource": "resource.read",
    "prompt": "prompt.got",
    "method": "method.called",
    "route": "route.called",
    "command": "command.called",
}
"""What the observers hear of each kind of call."""


@dataclass(slots=True)
class Execution:
    """A call under way.

    Attributes:
        call: who calls, and how.
        kind: what is called; None for what the server does of itself, of which nobody is told.
        name: its name.
        joined: the unit of work of the call that makes this one, where it belongs to that.
        unit_of_work: its own unit of work, once it has begun.
        started: when it began, by `time.perf_counter`.
    """

    call: Call
    kind: Kind | None
    name: str
    joined: UnitOfWork | None = None
    unit_of_work: UnitOfWork | None = None
    started: float = field(default_factory=time.perf_counter)

    @property
    def milliseconds(self) -> float:
        """How long it has taken so far."""
        return (time.perf_counter() - self.started) * 1000

    def act(self, kind: Kind, unit_of_work: UnitOfWork) -> Act:
        """What a witness is told now.

        Args:
            kind: what is called.
            unit_of_work: the unit of work whose transaction is about to be committed.
        """
        milliseconds = self.milliseconds
        return Act(
            principal=self.call.principal,
            kind=kind,
            name=self.name,
            surface=self.call.surface,
            client=self.call.client,
            started_at=datetime.now(UTC) - timedelta(milliseconds=milliseconds),
            milliseconds=milliseconds,
            published=tuple(unit_of_work.published),
            called=tuple(unit_of_work.called),
        )

    def event(self, kind: Kind, outcome: str) -> Event:
        """What an observer is told at the end.

        Args:
            kind: what was called.
            outcome: `ok`, or the code of the error.
        """
        details = {
            "tool" if kind == "tool" else "name": self.name,
            "surface": self.call.surface,
            "outcome": outcome,
            "milliseconds": self.milliseconds,
            "client": self.call.client,
            "witnessed": self.unit_of_work is not None and self.unit_of_work.witnessed,
        }
        return Event(EVENTS[kind], self.call.principal, details)
