"""A route: an HTTP endpoint that is not a tool."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tmws_core.contributions.declaration import F, leave
from tmws_core.contributions.scoped import Limited


@dataclass(frozen=True, kw_only=True)
class Route(Limited):
    """What `@route` said of a function.

    Attributes:
        path: the path, beginning with a slash.
        methods: the HTTP methods that it answers.
    """

    path: str
    methods: Sequence[str] = ("GET",)


def route(
    path: str, *, scope: str = "", methods: Sequence[str] = ("GET",), rate_limit: str | None = None
) -> Callable[[F], F]:
    """Declare an async function as an HTTP endpoint.

    It takes the `Context` and a Starlette `Request` and returns a Starlette `Response`.

    Args:
        path: the path below the plugin's own place, such as `/notes/{note_id}` for plugin notes.
        scope: what the caller must be allowed to do; `PUBLIC` needs no credential.
        methods: the HTTP methods that it answers.
        rate_limit: how often one caller may call it, in the notation of the `limits` package (`"10/minute"`); on a
            public route a caller is an address.

    Raises:
        PluginError: no scope is declared.
    """

    def decorate(function: F) -> F:
        declaration = Route(function=function, path=path, scope=scope, methods=tuple(methods), rate_limit=rate_limit)
        return leave(function, declaration)

    return decorate
