"""Runs what may hang in a thread that nobody has to wait for, not even the end of the process."""

import asyncio
from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


async def in_daemon_thread(work: Callable[[], Result]) -> Result:
    """Run work in a thread of its own; a caller that is cancelled leaves it to itself."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def settle(set_it: Callable[[], None]) -> None:
        if not done.done():
            set_it()

    def run() -> None:
        try:
            set_it = partial(done.set_result, work())
        except Exception as error:
            set_it = partial(done.set_exception, error)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, set_it)

    Thread(target=run, name="tmws-embedder", daemon=True).start()
    return await done
