"""A command: something that a person types after `tmws <plugin>` and that is not a tool."""

from collections.abc import Callable
from dataclasses import dataclass

from tmws_core.contributions.declaration import Declaration, F, leave


@dataclass(frozen=True, kw_only=True)
class Command(Declaration):
    """What `@command` said of a function.

    Attributes:
        scope: what the caller must be allowed to do.
    """

    scope: str

    @property
    def name(self) -> str:
        """The word that is typed: the function's name with hyphens."""
        return self.function.__name__.replace("_", "-")


def command(*, scope: str) -> Callable[[F], F]:
    """Declare an async function as the command `tmws <plugin> <function's name>`.

    Its first parameter is the `Context`, the others are options, annotated as for a tool. What it returns is printed.
    No time limit stops it: whoever typed it can.
    """

    def decorate(function: F) -> F:
        return leave(function, Command(function=function, scope=scope))

    return decorate
