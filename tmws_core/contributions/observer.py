"""An observer: code that hears what happened, after it happened, and can change nothing of it."""

from collections.abc import Callable
from dataclasses import dataclass

from tmws_core.contributions.declaration import Declaration, F, leave
from tmws_core.errors import PluginError


@dataclass(frozen=True, kw_only=True)
class Observer(Declaration):
    """What `@observer` said of a function.

    Attributes:
        events: what it hears: names of events, such as `tool.called`; `security.*` is every one that begins so, and
            `*` every event.
    """

    events: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse an observer that hears nothing."""
        if not self.events:
            raise PluginError(f"observer {self.place} names no event; give one such as 'tool.called', or '*'")


def observer(*events: str) -> Callable[[F], F]:
    """Declare an async function as an observer of some events.

    It takes the `Event`. It runs after the call that it hears of has been answered; when it fails or is too slow, the
    call is not touched, and what it missed is counted and shown in the server's status.

    Args:
        events: their names, such as `tool.called`; `security.*` is every one that begins so, and `*` every event.

    Raises:
        PluginError: no event is named.
    """

    def decorate(function: F) -> F:
        return leave(function, Observer(function=function, events=events))

    return decorate
