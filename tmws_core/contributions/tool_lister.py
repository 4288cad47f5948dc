"""A tool lister: says which tools a caller's list shows besides those that every list shows."""

from collections.abc import Callable
from dataclasses import dataclass

from tmws_core.contributions.declaration import F, leave
from tmws_core.contributions.scoped import Scoped


@dataclass(frozen=True, kw_only=True)
class ToolLister(Scoped):
    """What `@tool_lister` said of a function."""


def tool_lister(*, scope: str = "") -> Callable[[F], F]:
    """Declare an async function that says which tools the list of a caller shows besides those of the profile.

    It takes the `Context` alone, reads the database at most, and returns names of tools, of any plugin. A name counts
    when there is such a tool and the caller may use it; the list is the caller's alone. The function is asked for each
    list of tools in the default profile, so it has to be quick. When its answer changes, say so with
    `ctx.list_changed("tools")`.

    Args:
        scope: what the caller must be allowed to do; nobody else's list is touched.

    Raises:
        PluginError: no scope is declared.
    """

    def decorate(function: F) -> F:
        return leave(function, ToolLister(function=function, scope=scope))

    return decorate
