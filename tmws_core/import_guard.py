"""Runs a plugin's code during discovery so that nothing it does can hurt the server or a protocol stream."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tmws_core.errors import PluginError
from tmws_core.standard_output import standard_output_kept


class _TookTooLong(BaseException):
    """Not an `Exception`, so that a plugin that catches everything cannot swallow it."""


@contextmanager
def guarded(seconds: float) -> Iterator[None]:
    """Run plugin code: what it prints goes to standard error, and what it raises becomes a `PluginError`.

    Args:
        seconds: how long it may take. The limit needs the main thread and `SIGALRM`; elsewhere there is none.

    Raises:
        PluginError: the code raised, called `sys.exit`, or took too long.
    """
    try:
        with standard_output_kept(), _time_limit(seconds):
            yield
    except (KeyboardInterrupt, PluginError):
        raise
    except _TookTooLong:
        raise PluginError(
            f"it took longer than {seconds:g} s; raise TMWS_PLUGIN_IMPORT_SECONDS if it needs more"
        ) from None
    except SystemExit as error:
        raise PluginError(f"it called sys.exit({error.code!r}); a plugin must not end the server") from error
    except BaseException as error:
        raise PluginError(f"{type(error).__name__}: {error}") from error


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise _TookTooLong

    former = signal.signal(signal.SIGALRM, stop)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
        signal.setitimer(signal.ITIMER_REAL, *timer)  # somebody else's alarm goes on
