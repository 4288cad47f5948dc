"""A witness: code that writes down what was done, in the same transaction as what was done."""

import inspect
from dataclasses import dataclass

from tmws_core.contributions.declaration import Declaration, F, leave
from tmws_core.errors import PluginError


@dataclass(frozen=True, kw_only=True)
class Witness(Declaration):
    """What `@witness` said of a function."""

    def __post_init__(self) -> None:
        """Refuse an asynchronous function: a transaction does not wait for anything but the database."""
        if inspect.iscoroutinefunction(self.function):
            raise PluginError(f"witness {self.place} must be an ordinary function, without async")


def witness(function: F) -> F:
    """Declare a function as a witness of every call that writes.

    It is not asynchronous: it takes the ordinary `Session` of the call and the `Act`, just before the transaction of
    the call is committed. What it writes is committed with the act, or not at all; when it raises, the act is rolled
    back and the call fails. A call that makes several transactions has a witness for each. Reading transactions, and
    what plugins write in the background, have none.

    Raises:
        PluginError: the function is asynchronous.
    """
    return leave(function, Witness(function=function))
