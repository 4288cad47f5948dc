"""Reads the processor time of another process, to the nanosecond, while it runs."""

import ctypes
import time

from benchmarks.measurement import MILLISECONDS

_libc = ctypes.CDLL(None, use_errno=True)


def processor_time(process: int) -> float:
    """The processor time that a process has used so far, all its threads, in milliseconds.

    It is the clock of POSIX.1-2008 `clock_getcpuclockid`, which Linux and the BSDs have.

    Args:
        process: its id.

    Raises:
        ProcessLookupError: there is no such process, or it may not be asked.
    """
    clock = ctypes.c_int()
    if _libc.clock_getcpuclockid(process, ctypes.byref(clock)) != 0:
        raise ProcessLookupError(f"process {process} has no processor-time clock; has it ended?")
    return time.clock_gettime(clock.value) * MILLISECONDS
