"""The witness and the observer, made anew for each application.

A witness is told nothing but the act, and an observer nothing but the event. Two applications in one process would
meet in whatever a module keeps, so each application gets functions of its own, in modules of their own, and the
plugin's lifespan finds them by the declarations that the application has collected.
"""

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import TypeVar

from sqlalchemy.orm import Session

from tmws_audit.inbox import HEARD, Inbox
from tmws_audit.witnessing import Witnessing
from tmws_core import Act, Event, observer, witness
from tmws_core.contributions import Declaration
from tmws_core.host import Host

_OWNER = "audit_owner"

Owner = TypeVar("Owner", Inbox, Witnessing)


def fresh_observers() -> ModuleType:
    """A module with an observer of an inbox of its own."""
    inbox = Inbox()

    @observer(*HEARD)
    async def hear(event: Event) -> None:
        await inbox.hear(event)

    return _module("observers", hear, inbox)


def fresh_witnesses() -> ModuleType:
    """A module with a witness of its own."""
    witnessing = Witnessing()

    @witness
    def bear_witness(session: Session, act: Act) -> None:
        witnessing.bear_witness(session, act)

    return _module("witnesses", bear_witness, witnessing)


def inbox_of(application: Host) -> tuple[Inbox, str]:
    """The inbox of an application, and the name of the observer that fills it."""
    return _found(application, Inbox)


def witnessing_of(application: Host) -> Witnessing:
    """The witness of an application."""
    return _found(application, Witnessing)[0]


def _module(name: str, function: Callable[..., object], owner: Inbox | Witnessing) -> ModuleType:
    module = ModuleType(f"{__name__}.{name}")
    function.__module__, function.__qualname__ = module.__name__, function.__name__
    setattr(function, _OWNER, owner)
    setattr(module, function.__name__, function)
    return module


def _declared(application: Host) -> Iterator[Declaration]:
    for record in application.records:
        yield from record.contributions.observers
        yield from record.contributions.witnesses


def _found(application: Host, kind: type[Owner]) -> tuple[Owner, str]:
    for one in _declared(application):
        owner = getattr(one.function, _OWNER, None)
        if isinstance(owner, kind):
            return owner, one.place
    raise LookupError(f"this application has collected no {kind.__name__} of tmws-audit")
