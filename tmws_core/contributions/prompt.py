"""A prompt: a text that a person picks in a client, filled with arguments."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

from tmws_core.contributions.completion import Completions, refuse_unknown
from tmws_core.contributions.declaration import F, leave
from tmws_core.contributions.scoped import Limited


@dataclass(frozen=True, kw_only=True)
class Prompt(Limited):
    """What `@prompt` said of a function.

    Attributes:
        completions: what completes the arguments, by their names.
    """

    completions: Completions = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Refuse a completion of an argument that does not exist."""
        super().__post_init__()
        refuse_unknown(self.completions, self.arguments, self.place)

    @property
    def arguments(self) -> dict[str, bool]:
        """The names of the arguments, each with whether it is required."""
        parameters = list(inspect.signature(self.function).parameters.values())[1:]
        return {parameter.name: parameter.default is parameter.empty for parameter in parameters}


def prompt(
    *, scope: str = "", completions: Completions | None = None, rate_limit: str | None = None
) -> Callable[[F], F]:
    """Declare an async function as a prompt.

    Its first parameter is the `Context`, the others are text arguments; it returns the text of the user's message.

    Args:
        scope: what the caller must be allowed to do.
        completions: for an argument's name an async function that takes the `Context`, what is typed so far and the
            other arguments as far as they are chosen, and returns the values that fit, the best first.
        rate_limit: how often one caller may get it, in the notation of the `limits` package (`"10/minute"`).

    Raises:
        PluginError: no scope is declared, or a completion is for an argument that does not exist.
    """

    def decorate(function: F) -> F:
        completed = dict(completions or {})
        return leave(function, Prompt(function=function, scope=scope, completions=completed, rate_limit=rate_limit))

    return decorate
