"""An observer: code that hears what happened, after it happened, and can change nothing of it."""

from collections.abc import Callable
from dataclasses import dataclass

from tmws_core.contributions.declaration import Declaration, F, leave


@dataclass(frozen=True, kw_only=True)
class Observer(Declaration):
    """What `@observer` said of a function.

    Attributes:
        event: the name of the event that it hears, such as `tool.called`; `*` hears every event.
    """

    event: str


def observer(event: str) -> Callable[[F], F]:
    """Declare an async function as an observer of an event.

    It takes the `Event`. It runs after the call that it hears of has been answered; when it fails or is too slow, the
    call is not touched, and what it missed is counted and shown in the server's status.
    """

    def decorate(function: F) -> F:
        return leave(function, Observer(function=function, event=event))

    return decorate
