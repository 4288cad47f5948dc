"""A route: an HTTP endpoint that is not a tool."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tmws_core.contributions.declaration import Declaration, F, leave


@dataclass(frozen=True, kw_only=True)
class Route(Declaration):
    """What `@route` said of a function.

    Attributes:
        path: the path, beginning with a slash.
        methods: the HTTP methods that it answers.
        scope: what the caller must be allowed to do.
    """

    path: str
    scope: str
    methods: Sequence[str] = ("GET",)


def route(path: str, *, scope: str, methods: Sequence[str] = ("GET",)) -> Callable[[F], F]:
    """Declare an async function as an HTTP endpoint.

    It takes the `Context` and a Starlette `Request` and returns a Starlette `Response`.

    Args:
        path: the path below the plugin's own place, such as `/notes/{note_id}` for plugin notes.
        scope: what the caller must be allowed to do.
        methods: the HTTP methods that it answers.
    """

    def decorate(function: F) -> F:
        return leave(function, Route(function=function, path=path, scope=scope, methods=tuple(methods)))

    return decorate
