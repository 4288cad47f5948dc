"""Hears the signals that ask a server to stop."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def on_stop_signal(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` in the event loop at each SIGTERM and SIGINT, instead of ending the process.

    Where the loop cannot hear signals - on Windows, or outside the main thread - the process keeps what it does by
    itself.
    """
    loop = asyncio.get_running_loop()
    heard = []
    for number in _SIGNALS:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop)
            heard.append(number)
    try:
        yield
    finally:
        for number in heard:
            loop.remove_signal_handler(number)
