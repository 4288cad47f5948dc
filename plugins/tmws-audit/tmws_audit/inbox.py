"""What waits to be written together: calls that write nothing, refusals, and events of other plugins."""

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Any, Final

from tmws_audit.canonical import canonical_json
from tmws_audit.entries import call_entry, event_entry
from tmws_audit.logs import EVENTS
from tmws_audit.recordable import recordable_text
from tmws_audit.vocabulary import ADMIN_ACTION, REFUSALS, REFUSED_UNAUTHENTICATED
from tmws_audit.witnessing import SECURITY
from tmws_audit.writer import Entry
from tmws_core import Event
from tmws_core.execution import EVENTS as EVENTS_OF_CALLS

KINDS: Final[Mapping[str, str]] = {event: kind for kind, event in EVENTS_OF_CALLS.items()}
"""What is called, by the events that tell of it."""
REFUSED: Final = "authentication.refused"
HEARD: Final = (*KINDS, REFUSED, f"{SECURITY}*")
"""The events that come into the logs."""
SECONDS_OF_REPEATS: Final = 600.0
"""For how long a refusal makes the next one of the same kind riskier."""
_MOST_CALLERS: Final = 10_000
_NESTED: Final = "tool"


class Inbox:
    """The observer of one application; the recorder takes out what has come in.

    Attributes:
        most: how many rows may wait.
        missed: how many rows found no room since the last time they were asked for.
        governs: whether to call a tool is an act of an administrator.
        is_recorded: whether an event, by its details, was written by the witness already.
    """

    def __init__(self) -> None:
        self.most = 10_000
        self.missed = 0
        self.governs: Callable[[str], bool] = lambda _: False
        self.is_recorded: Callable[[Mapping[str, Any]], bool] = lambda _: False
        self._waiting: deque[Entry] = deque()
        self._repeats = _Repeats()

    async def hear(self, event: Event) -> None:
        """Keep what an event says, if it is one for the logs."""
        for entry in self._entries(event):
            if len(self._waiting) < self.most:
                self._waiting.append(entry)
            else:
                self.missed += 1

    def take(self, most: int) -> list[Entry]:
        """Take out the oldest rows; of security events that are alike, one, which says how many it stands for."""
        return _merged([self._waiting.popleft() for _ in range(min(most, len(self._waiting)))])

    def put_back(self, entries: list[Entry]) -> None:
        """Put back rows that could not be written."""
        self._waiting.extendleft(reversed(entries))

    def __len__(self) -> int:
        """How many rows wait."""
        return len(self._waiting)

    def _entries(self, event: Event) -> list[Entry]:
        if event.name in KINDS:
            return self._of_call(event, KINDS[event.name])
        if event.name == REFUSED:
            return [self._refusal(REFUSED_UNAUTHENTICATED, event, str(event.details.get("path", "")))]
        if event.name.startswith(SECURITY) and not self.is_recorded(event.details):
            return [self._of_plugin(event)]
        return []

    def _of_call(self, event: Event, kind: str) -> list[Entry]:
        details = event.details
        name, outcome = str(details.get("tool", details.get("name"))), str(details["outcome"])
        entries = []
        # a call within another is a part of that one; what the witness has written, and what went well, is there
        if details["surface"] != _NESTED and not (details.get("witnessed") and outcome == "ok"):
            entries.append(
                call_entry(
                    event.principal,
                    kind=kind,
                    name=name,
                    surface=details["surface"],
                    client=details.get("client"),
                    at=event.happened_at,
                    milliseconds=details["milliseconds"],
                    outcome=outcome,
                )
            )
        if outcome in REFUSALS:
            entries.append(self._refusal(REFUSALS[outcome], event, name))
        elif kind == "tool" and not details.get("witnessed") and self.governs(name):
            client, message = details.get("client"), f"called {name}: {outcome}"
            entries.append(
                event_entry(
                    ADMIN_ACTION, event.principal, event.happened_at, client=client, endpoint=name, message=message
                )
            )
        return entries

    def _refusal(self, event_type: str, event: Event, endpoint: str) -> Entry:
        told = {name: part for name, part in event.details.items() if name in ("reason", "surface")}
        caller = (event_type, event.details.get("client"), event.principal.agent_id)
        return event_entry(
            event_type,
            event.principal,
            event.happened_at,
            client=event.details.get("client"),
            endpoint=endpoint,
            message=f"{event_type.replace('_', ' ')}: {endpoint}",
            details=told,
            repeats=self._repeats.count(caller),
        )

    def _of_plugin(self, event: Event) -> Entry:
        event_type = event.name.removeprefix(SECURITY)
        client = event.details.get("client")
        caller = (event_type, client, event.principal.agent_id, event.details.get("user_id"))
        return event_entry(
            event_type,
            event.principal,
            event.happened_at,
            client=client if isinstance(client, str) else None,
            message=recordable_text(event_type).replace("_", " "),  # in this order: without it a key has another shape
            details=event.details,
            repeats=self._repeats.count(caller),
        )


class _Repeats:
    """How often the same caller met the same, within some minutes."""

    def __init__(self) -> None:
        self._counted: Counter[tuple[object, ...]] = Counter()
        self._began = time.monotonic()

    def count(self, caller: tuple[object, ...]) -> int:
        """Count one more, and say how many there were before."""
        if time.monotonic() - self._began > SECONDS_OF_REPEATS or len(self._counted) >= _MOST_CALLERS:
            self._counted.clear()
            self._began = time.monotonic()
        before = self._counted[caller]
        self._counted[caller] += 1
        return before


def _merged(entries: list[Entry]) -> list[Entry]:
    """One row for security events that are alike and waited together; each call keeps its own."""
    kept: list[Entry] = []
    first: dict[object, Entry] = {}
    for entry in entries:
        if entry.log is not EVENTS:
            kept.append(entry)
            continue
        details = dict(entry.values["details"] or {})
        times = int(details.pop("times", 1))
        alike = (entry.values["event_hash"], canonical_json(details))
        if alike not in first:
            kept.append(entry)
            first[alike] = entry
            continue
        values = first[alike].values
        before = int((values["details"] or {}).get("times", 1))
        values["details"] = {**details, "times": before + times}
        values["risk_score"] = max(values["risk_score"], entry.values["risk_score"])
    return kept
