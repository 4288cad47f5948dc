"""A prompt: a text that a person picks in a client, filled with arguments."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from tmws_core.contributions.declaration import Declaration, F, leave


@dataclass(frozen=True, kw_only=True)
class Prompt(Declaration):
    """What `@prompt` said of a function.

    Attributes:
        scope: what the caller must be allowed to do.
    """

    scope: str

    @property
    def arguments(self) -> dict[str, bool]:
        """The names of the arguments, each with whether it is required."""
        parameters = list(inspect.signature(self.function).parameters.values())[1:]
        return {parameter.name: parameter.default is parameter.empty for parameter in parameters}


def prompt(*, scope: str) -> Callable[[F], F]:
    """Declare an async function as a prompt.

    Its first parameter is the `Context`, the others are text arguments; it returns the text of the user's message.
    """

    def decorate(function: F) -> F:
        return leave(function, Prompt(function=function, scope=scope))

    return decorate
