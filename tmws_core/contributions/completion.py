"""Completion: what somebody may go on typing, declared beside the prompt or resource that it is for."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from tmws_core.errors import PluginError

if TYPE_CHECKING:
    from tmws_core.context import Context

Complete = Callable[["Context", str, Mapping[str, str]], Awaitable[Sequence[str]]]
"""Takes the context, what is typed so far and the other arguments as far as they are chosen; the best comes first."""

Completions = Mapping[str, Complete]


def refuse_unknown(completions: Completions, names: Collection[str], place: str) -> None:
    """Refuse a completion of something that is not there.

    Args:
        completions: what is declared, by the name of the argument or variable.
        names: the arguments or variables that there are.
        place: where the declaration stands.

    Raises:
        PluginError: a name is not among them.
    """
    for name in completions:
        if name not in names:
            raise PluginError(
                f"{place} declares a completion for {name!r}, and there is no such argument; there is "
                f"{', '.join(names) or 'none'}"
            )
