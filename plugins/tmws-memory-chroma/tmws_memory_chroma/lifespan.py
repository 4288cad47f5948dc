"""Chroma's folder for as long as the server runs: one process has it at a time, and it is closed in the end."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tmws_core.host import Host
from tmws_memory_chroma.settings import ChromaSettings

if TYPE_CHECKING:
    from filelock import FileLock

    from tmws_memory_chroma.index import ChromaIndex

logger = logging.getLogger(__name__)


class Chroma:
    """The folder, and the index in it; nothing is imported or opened before the index is asked for."""

    def __init__(self, folder: Path, prefix: str) -> None:
        """Touch nothing yet.

        Args:
            folder: where Chroma keeps its files.
            prefix: how the names of the collections begin.
        """
        self._folder = folder
        self._prefix = prefix
        self._lock: FileLock | None = None
        self._index: ChromaIndex | None = None

    def index(self) -> "ChromaIndex | None":
        """The index; None when another process has the folder, which Chroma is not made for.

        Raises:
            OSError: the folder cannot be made or locked.
        """
        from filelock import FileLock, Timeout

        from tmws_memory_chroma.index import ChromaIndex

        if self._index is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(self._folder.with_name(f"{self._folder.name}.lock"))
            try:
                lock.acquire(timeout=0)
            except Timeout:
                logger.warning("another process has %s: this one searches for vectors without Chroma", self._folder)
                return None
            self._lock, self._index = lock, ChromaIndex(self._folder, self._prefix)
        return self._index

    def close(self) -> None:
        """Close the index, and leave the folder to others."""
        if self._index is not None:
            self._index.close()
        if self._lock is not None:
            self._lock.release()


@asynccontextmanager
async def running(application: Host) -> AsyncIterator[Chroma]:
    """Keep Chroma for as long as the server runs."""
    settings = application.settings.section(ChromaSettings)
    folder = (settings.folder or application.settings.home / "chroma").expanduser().absolute()
    chroma = Chroma(folder, settings.collection_prefix)
    try:
        yield chroma
    finally:
        await asyncio.to_thread(chroma.close)
