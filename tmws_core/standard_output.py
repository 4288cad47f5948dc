"""Keeps standard output for those whom it belongs to."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TextIO


@contextmanager
def standard_output_kept() -> Iterator[TextIO]:
    """Send what plugins print to standard error, and hand out the real standard output.

    Python's own stream is diverted, and the file descriptor below it, which C code and child processes write to.
    """
    sys.stdout.flush()
    saved = os.dup(1)
    os.dup2(2, 1)
    try:
        with os.fdopen(os.dup(saved), "w", encoding="utf-8") as kept, redirect_stdout(sys.stderr):
            yield kept
    finally:
        os.dup2(saved, 1)
        os.close(saved)
