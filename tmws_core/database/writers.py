"""The queue in which the writers of several processes stand before one SQLite file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    from fcntl import LOCK_EX, LOCK_UN, flock
except ImportError:  # Windows: SQLite's own waiting has to do
    flock = None  # type: ignore[assignment]


class WritersQueue:
    """Lets one process write at a time, in the order in which they came, as the kernel wakes them.

    SQLite's busy handler sleeps for up to 100 ms between its attempts, and whoever happens to wake up first wins; with
    four busy processes a writer then waits for seconds now and then. The queue is a courtesy, not what keeps the data
    right: a writer that cannot stand in it relies on SQLite's lock alone.
    """

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}.writers")
        self._file: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for this process's turn, and hold it; called by one thread at a time."""
        if not self._locked():
            yield
            return
        try:
            yield
        finally:
            flock(self._opened(), LOCK_UN)

    def close(self) -> None:
        """Leave the queue for good."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _locked(self) -> bool:
        with suppress(OSError):  # a file system without locks, or a folder that cannot be written
            if flock is not None:
                flock(self._opened(), LOCK_EX)
                return True
        return False

    def _opened(self) -> int:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._file
