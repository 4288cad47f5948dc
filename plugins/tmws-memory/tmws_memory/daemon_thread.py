"""Runs what may hang in a thread that nobody has to wait for, not even the end of the process."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


async def in_daemon_thread(work: Callable[[], Result]) -> Result:
    """Run work in a thread of its own; a caller that is cancelled leaves it to itself.

    Raises:
        Exception: what the work raises; a RuntimeError says what it was when it is none that a task may end with.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def settle(set_it: Callable[[], None]) -> None:
        if not done.done():
            set_it()

    def run() -> None:
        try:
            set_it = partial(done.set_result, work())
        except BaseException as error:
            set_it = partial(done.set_exception, _as_exception(error))
        with suppress(RuntimeError):  # the loop is closed by now
            loop.call_soon_threadsafe(settle, set_it)

    Thread(target=run, name="tmws-embedder", daemon=True).start()
    return await done


def _as_exception(error: BaseException) -> Exception:
    """The error, or one that says what it was: a SystemExit would end the loop, and no future takes a StopIteration."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    told = RuntimeError(f"the work ended with {type(error).__name__}: {error}")
    told.__cause__ = error
    return told
