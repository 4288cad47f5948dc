"""A health check: a question that `tmws doctor` and `/readyz` ask."""

from dataclasses import dataclass

from tmws_core.contributions.declaration import Declaration, F, leave


@dataclass(frozen=True, kw_only=True)
class HealthCheck(Declaration):
    """What `@health_check` said of a function."""


def health_check(function: F) -> F:
    """Declare an async function as a health check.

    It takes the `Context` and returns a sentence that says how things are; it raises when they are not well, with a
    text that says what to do.
    """
    return leave(function, HealthCheck(function=function))
