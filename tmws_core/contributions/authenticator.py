"""An authenticator: code that says who sends an HTTP request."""

import inspect
from dataclasses import dataclass

from tmws_core.contributions.declaration import Declaration, F, leave
from tmws_core.errors import PluginError


@dataclass(frozen=True, kw_only=True)
class Authenticator(Declaration):
    """What `@authenticator` said of a function."""

    def __post_init__(self) -> None:
        """Refuse an ordinary function: the server waits for its answer."""
        if not inspect.iscoroutinefunction(self.function):
            raise PluginError(f"authenticator {self.place} must be asynchronous: write `async def`")


def authenticator(function: F) -> F:
    """Declare an async function as the one that says who sends an HTTP request.

    It takes the `Context` and the `Credentials`, and returns the `Principal`; it raises `Unauthenticated` when it does
    not know the caller. Its transaction is a reading one, so that nobody waits for the write lock to be known; what it
    must write, it writes with `ctx.application.database`. Every request pays for it: let it remember what it has
    verified. Only one running plugin may have one.

    Raises:
        PluginError: the function is not asynchronous.
    """
    return leave(function, Authenticator(function=function))
