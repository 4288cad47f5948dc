"""What most commands begin with: the settings, the log, the plugins, the opened application."""

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from tmws_core.standard_output import standard_output_kept

if TYPE_CHECKING:
    from tmws_core.application import Application
    from tmws_core.assembly import Assembly
    from tmws_core.settings import Settings

Result = TypeVar("Result")


@contextmanager
def without_collection() -> Iterator[None]:
    """Import and assemble without Python's cyclic garbage collector."""
    # what a start creates lives until the end: looking for garbage in it took a third of the processor time of a start
    # with twelve plugins (2.3 s against 1.5 s) and found none; freeze() keeps it out of every later collection too
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def start_log() -> None:
    """Log to standard error, at the level of the environment until the settings are read."""
    named = os.environ.get("TMWS_LOG_LEVEL", "").upper()
    level = logging.getLevelNamesMapping().get(named, logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # at INFO it tells of transactions that are not its own
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")


def read_settings(**arguments: Any) -> "Settings":
    """The settings, with the log set to their level.

    Args:
        arguments: fields of the core's settings that were given as options; None is one that was not.
    """
    from tmws_core.settings import Settings

    settings = Settings(**arguments)
    logging.getLogger().setLevel(settings.core.log_level)
    return settings


def assembled(**arguments: Any) -> "Assembly":
    """The installed plugins, put together; the database is read at most.

    Args:
        arguments: as for `read_settings`.
    """
    with without_collection():
        from tmws_core.assembly import Assembly

        return Assembly(read_settings(**arguments))


def unopened(**arguments: Any) -> "Application":
    """The application, not yet opened; the database is read at most.

    Args:
        arguments: as for `read_settings`.
    """
    with without_collection():
        from tmws_core.application import Application

        return Application(read_settings(**arguments))


def run_opened(application: "Application", work: Callable[[], Awaitable[Result]]) -> Result:
    """Open an application, do some work with it, and close it.

    Args:
        application: the application.
        work: what to do; what plugins print meanwhile goes to standard error.
    """

    async def opened() -> Result:
        async with application:
            return await work()

    with standard_output_kept():
        return asyncio.run(opened())
