"""Writes down each call that writes, in its own transaction, and the security events that it has published by then."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.orm import Session

from tmws_audit.entries import call_entry, event_entry
from tmws_audit.vocabulary import ADMIN_ACTION
from tmws_audit.writer import Entry, append
from tmws_core import Act
from tmws_core.columns import utc_now

SECURITY: Final = "security."
"""What the names of the events that belong to the log of security events begin with."""
Told = list[tuple[str, Mapping[str, Any]]]
_MOST_REMEMBERED: Final = 10_000


class Witnessing:
    """The witness of one application.

    Attributes:
        governs: whether to call a tool is an act of an administrator; set when the application is open.
    """

    def __init__(self) -> None:
        self.governs: Callable[[str], bool] = lambda _: False
        # by identity: an event that was told in a transaction is heard again, as the same object, by the observers
        self._recorded: dict[int, Mapping[str, Any]] = {}

    def bear_witness(self, session: Session, act: Act) -> None:
        """Append the rows of an act."""
        now = utc_now()
        told: Told = list(act.published)
        told += [("called", {"tool": name}) for name in act.called]
        call = call_entry(
            act.principal,
            kind=act.kind,
            name=act.name,
            surface=act.surface,
            client=act.client,
            at=now,
            milliseconds=act.milliseconds,
            told=told,
        )
        security: Told = [(name, details) for name, details in act.published if self._is_new(name, details)]
        entries = [call, *(self._security(act, name, details) for name, details in security)]
        tools = dict.fromkeys([*([act.name] if act.kind == "tool" else []), *act.called])
        entries += [self._governing(act, name) for name in tools if self.governs(name)]
        append(session, entries)
        if security:
            event.listen(session, "after_commit", lambda _: self._remember(security), once=True)

    def has_recorded(self, details: Mapping[str, Any]) -> bool:
        """Whether these details were written in the transaction of the call that published them; asked once."""
        return self._recorded.pop(id(details), None) is not None

    def _is_new(self, name: str, details: Mapping[str, Any]) -> bool:
        return name.startswith(SECURITY) and id(details) not in self._recorded

    def _security(self, act: Act, name: str, details: Mapping[str, Any]) -> Entry:
        return event_entry(
            name.removeprefix(SECURITY), act.principal, utc_now(), client=act.client, endpoint=act.name, details=details
        )

    def _governing(self, act: Act, name: str) -> Entry:
        message = f"called {name}"
        return event_entry(ADMIN_ACTION, act.principal, utc_now(), client=act.client, endpoint=name, message=message)

    def _remember(self, security: Told) -> None:
        self._recorded.update((id(details), details) for _, details in security)
        for forgotten in list(islice(self._recorded, max(0, len(self._recorded) - _MOST_REMEMBERED))):
            del self._recorded[forgotten]
