"""A seed: rows that a plugin's tables need before anyone has written any."""

from dataclasses import dataclass

from tmws_core.contributions.declaration import Declaration, F, leave


@dataclass(frozen=True, kw_only=True)
class Seed(Declaration):
    """What `@seed` said of a function."""


def seed(function: F) -> F:
    """Declare an async function as a seed.

    It takes an `AsyncSession` inside the transaction that creates or upgrades the plugin's tables. It must be
    idempotent: it runs after every change of the plugin's revision, and leaves alone what people have changed.
    """
    return leave(function, Seed(function=function))
