"""Runs what may hang in a thread that nobody has to wait for, not even the end of the process."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")
Work = Callable[[], None]


class _Worker:
    """A thread that does one work after the other; one that hangs is not idle, and is not asked again."""

    def __init__(self) -> None:
        self._works: SimpleQueue[Work] = SimpleQueue()
        Thread(target=self._run, name="tmws-embedder", daemon=True).start()

    def do(self, work: Work) -> None:
        """Do a work when there is nothing else to do; it must not raise."""
        self._works.put(work)

    def _run(self) -> None:
        while True:
            self._works.get()()
            _idle.append(self)


_idle: deque[_Worker] = deque()


async def in_daemon_thread(work: Callable[[], Result]) -> Result:
    """Run work in a thread that waits for nothing else; a caller that is cancelled leaves it to itself.

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

    _idle_worker().do(run)
    return await done


def _idle_worker() -> _Worker:
    # to start a thread takes longer than a question with the default embedder
    try:
        return _idle.pop()
    except IndexError:
        return _Worker()


def _as_exception(error: BaseException) -> Exception:
    """The error, or one that says what it was: a SystemExit would end the loop, and no future takes a StopIteration."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    told = RuntimeError(f"the work ended with {type(error).__name__}: {error}")
    told.__cause__ = error
    return told
