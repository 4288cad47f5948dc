"""Sees to it that one process alone moves a SQLite write-ahead log into the file.

Before 3.51.3 SQLite may corrupt a file when two connections write and checkpoint at the same instant. With one
checkpointing process, on its one writing connection, that instant becomes much rarer; only a corrected SQLite, or
PostgreSQL, removes it.
"""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncEngine

if TYPE_CHECKING:
    from filelock import FileLock

logger = logging.getLogger(__name__)

PAGES_BEFORE_A_CHECKPOINT = 1000
SECONDS_BETWEEN_ATTEMPTS = 5.0


class Checkpointer:
    """Tries to become the checkpointing process of a database file, and to stay it until the end.

    Attributes:
        held: whether this process is the one.
    """

    def __init__(self, file: Path) -> None:
        self.held = False
        self._path = file.with_name(f"{file.name}.checkpointer")
        self._lock: FileLock | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def pragma(self) -> str:
        """How a new writing connection has to be set."""
        return f"PRAGMA wal_autocheckpoint={PAGES_BEFORE_A_CHECKPOINT if self.held else 0}"

    def start(self, writer: AsyncEngine) -> None:
        """Begin to try, in the background."""
        self._task = asyncio.create_task(self._become(writer), name="checkpointer")

    async def stop(self) -> None:
        """Give the role to another process."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._lock is not None:
            self._lock.release()
        self.held = False

    async def _become(self, writer: AsyncEngine) -> None:
        from filelock import FileLock, Timeout  # the import can wait until the first answers are out

        lock = FileLock(self._path)
        while not self.held:
            await asyncio.sleep(SECONDS_BETWEEN_ATTEMPTS)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            except OSError as error:
                logger.warning("%s cannot be locked (%s): this process does not checkpoint", self._path, error)
                return
            self._lock, self.held = lock, True
            await self._apply_to(writer)

    async def _apply_to(self, writer: AsyncEngine) -> None:
        """Change the open writing connection in its turn: to renew the pool would strand a writer that waits for it."""
        async with writer.connect() as connection:
            raw = await connection.get_raw_connection()
            if raw.driver_connection is not None:
                cursor = await raw.driver_connection.execute(self.pragma)
                await cursor.close()
