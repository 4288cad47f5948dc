"""A prompt lister: prompts that come from rows, each caller seeing its own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tmws_core.contributions.declaration import F, leave
from tmws_core.contributions.scoped import Scoped

if TYPE_CHECKING:
    from tmws_core.context import Context

GetPrompt = Callable[["Context", str, Mapping[str, str]], Awaitable[str]]
"""Takes the context, the prompt's whole name and its arguments; gives the text of the user's message."""

CompletePrompt = Callable[["Context", str, str, str, Mapping[str, str]], Awaitable[Sequence[str]]]
"""Takes the context, the prompt's name, the argument's name, what is typed, and the other arguments so far."""


@dataclass(frozen=True)
class PromptArgument:
    """An argument of a listed prompt.

    Attributes:
        name: its name.
        description: what it is for.
        required: whether the prompt cannot be filled without it.
    """

    name: str
    description: str = ""
    required: bool = False


@dataclass(frozen=True)
class ListedPrompt:
    """A prompt as a lister shows it.

    Attributes:
        name: its name, which begins with the lister's prefix.
        title: what people read; the name when it is empty.
        description: what the prompt is for.
        arguments: its arguments.
    """

    name: str
    title: str = ""
    description: str = ""
    arguments: Sequence[PromptArgument] = ()


@dataclass(frozen=True)
class PromptPage:
    """A part of a list of prompts.

    Attributes:
        prompts: the prompts.
        next_cursor: with which the lister gives the next part; None at the end.
    """

    prompts: Sequence[ListedPrompt]
    next_cursor: str | None = None


@dataclass(frozen=True, kw_only=True)
class PromptLister(Scoped):
    """What `@prompt_lister` said of a function.

    Attributes:
        prefix: what the names of its prompts begin with.
        get: gives the text of one.
        complete: completes an argument of one; None when nothing is completed.
    """

    prefix: str
    get: GetPrompt = field(hash=False)
    complete: CompletePrompt | None = field(default=None, hash=False)


def prompt_lister(
    prefix: str, *, get: GetPrompt, complete: CompletePrompt | None = None, scope: str = ""
) -> Callable[[F], F]:
    """Declare an async function that lists prompts page by page, and with it the one that gets one of them.

    The function takes the `Context` and a cursor, None for the first page, and returns a `PromptPage` with what the
    caller may see; `tmws_core.cursor` makes cursors. It and `get` read the database at most. When what it lists
    changes, say so with `ctx.list_changed("prompts")`.

    Args:
        prefix: what the names of the prompts begin with: the plugin's name or its singular, then a hyphen.
        get: an async function that takes the `Context`, the whole name and the arguments, and returns the text of the
            user's message; `NotFound` for a prompt that is not there just as for one that the caller may not see.
        complete: an async function that takes the `Context`, the name of the prompt, that of the argument, what is
            typed and the other arguments so far, and returns the values that fit, the best first.
        scope: what the caller must be allowed to do.

    Raises:
        PluginError: no scope is declared.
    """

    def decorate(function: F) -> F:
        return leave(function, PromptLister(function=function, prefix=prefix, get=get, complete=complete, scope=scope))

    return decorate
