"""A command: something that a person types after `tmws <plugin>` and that is not a tool."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tmws_core.contributions.declaration import F, leave
from tmws_core.contributions.scoped import Scoped


@dataclass(frozen=True, kw_only=True)
class Command(Scoped):
    """What `@command` said of a function.

    Attributes:
        failed: tells from what the command returned whether it ends with the exit code 1; None when it never does.
    """

    failed: Callable[[Any], bool] | None = None

    @property
    def name(self) -> str:
        """The word that is typed: the function's name with hyphens, without the underscore that avoids a keyword."""
        return self.function.__name__.removesuffix("_").replace("_", "-")


def command(*, scope: str = "", failed: Callable[[Any], bool] | None = None) -> Callable[[F], F]:
    """Declare an async function as the command `tmws <plugin> <function's name>`.

    Its first parameter is the `Context`, the others are options, annotated as for a tool. What it returns is printed. A
    function `import_` is the command `import`, since Python has that word for itself. No time limit stops a command:
    whoever typed it can.

    Args:
        scope: what the caller must be allowed to do.
        failed: tells from what the function returned whether something of it went wrong: it is printed all the same,
            and the command ends with the exit code 1.
    """

    def decorate(function: F) -> F:
        return leave(function, Command(function=function, scope=scope, failed=failed))

    return decorate
