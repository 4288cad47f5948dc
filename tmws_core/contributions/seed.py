"""A seed: rows that a plugin's tables need before anyone has written any."""

from dataclasses import dataclass

from tmws_core.contributions.declaration import Declaration, F, leave


@dataclass(frozen=True, kw_only=True)
class Seed(Declaration):
    """What `@seed` said of a function."""


def seed(function: F) -> F:
    """Declare a function as a seed.

    It is not asynchronous: it takes an ordinary `Session` inside the transaction that creates or upgrades the plugin's
    tables, so that tables and seeds come together or not at all. It must be idempotent: it runs again when the plugin's
    revision or version has changed, and leaves alone what people have changed.
    """
    return leave(function, Seed(function=function))
