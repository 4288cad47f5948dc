"""A resource lister: resources of a template, as far as they are worth a place in a list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tmws_core.contributions.declaration import F, leave
from tmws_core.contributions.scoped import Scoped


@dataclass(frozen=True)
class ListedResource:
    """A resource as a lister shows it.

    Attributes:
        uri: its URI.
        name: its name.
        title: what people read; the name when it is empty.
        description: what it holds.
        mime_type: its type; None when that is not known.
        size: how many bytes it has; None when that is not known.
    """

    uri: str
    name: str
    title: str = ""
    description: str = ""
    mime_type: str | None = None
    size: int | None = None


@dataclass(frozen=True)
class ResourcePage:
    """A part of a list of resources.

    Attributes:
        resources: the resources.
        next_cursor: with which the lister gives the next part; None at the end.
    """

    resources: Sequence[ListedResource]
    next_cursor: str | None = None


@dataclass(frozen=True, kw_only=True)
class ResourceLister(Scoped):
    """What `@resource_lister` said of a function."""


def resource_lister(*, scope: str = "") -> Callable[[F], F]:
    """Declare an async function that lists resources page by page, which are read through a `@resource` template.

    It takes the `Context` and a cursor, None for the first page, reads the database at most, and returns a
    `ResourcePage` with what the caller may see; `tmws_core.cursor` makes cursors. When what it lists changes, say so
    with `ctx.list_changed("resources")`.

    Args:
        scope: what the caller must be allowed to do.

    Raises:
        PluginError: no scope is declared.
    """

    def decorate(function: F) -> F:
        return leave(function, ResourceLister(function=function, scope=scope))

    return decorate
