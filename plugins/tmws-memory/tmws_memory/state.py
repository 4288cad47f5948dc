"""What the plugin keeps while the server runs."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from tmws_core.host import Host
from tmws_memory.accesses import SECONDS_BETWEEN_COUNTED, Accesses
from tmws_memory.embedding import EmbeddingWorker
from tmws_memory.maintenance import MaintenanceWorker
from tmws_memory.meaning import Meaning
from tmws_memory.search.sizes import Sizes
from tmws_memory.settings import MemorySettings

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MemoryState:
    """The parts that live as long as the server.

    Attributes:
        meaning: the embedder and the vector index.
        worker: embeds what was stored.
        accesses: counts what was read.
        sizes: how many documents the namespaces have.
        maintenance: does what becomes due with memories.
    """

    meaning: Meaning
    worker: EmbeddingWorker
    accesses: Accesses
    sizes: Sizes
    maintenance: MaintenanceWorker


@asynccontextmanager
async def running(application: Host) -> AsyncIterator[MemoryState]:
    """Start what goes on in the background, and stop it again; what was read by then is counted."""
    settings = application.settings.section(MemorySettings)
    meaning = Meaning(application)
    worker = EmbeddingWorker(application.database, meaning, settings.embedder_batch)
    accesses = Accesses(application.database, settings.half_life_days)
    maintenance = MaintenanceWorker(application.database, settings, worker)
    tasks = [
        asyncio.create_task(worker.run(), name="memory embedding"),
        asyncio.create_task(_counting(accesses), name="memory accesses"),
        asyncio.create_task(maintenance.run(), name="memory maintenance"),
    ]
    try:
        yield MemoryState(meaning, worker, accesses, Sizes(), maintenance)
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        meaning.close()
        await _told_in_the_log(accesses.count())


async def _counting(accesses: Accesses) -> None:
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_COUNTED)
        await _told_in_the_log(accesses.count())


async def _told_in_the_log(work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except Exception:
        logger.exception("what was read could not be counted")
