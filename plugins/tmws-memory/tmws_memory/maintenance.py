"""Maintenance: does what has become due with memories, a bounded part of it at a time, and reports it."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from tmws_core.columns import utc_now
from tmws_core.database import Database
from tmws_core.exclusive import Exclusive
from tmws_memory.embedding import EmbeddingWorker
from tmws_memory.lifecycle import NOTHING, Due, Step, steps
from tmws_memory.settings import MemorySettings

logger = logging.getLogger(__name__)

LOCK = "memory-maintenance"
SECONDS_AFTER_START = 5.0
SECONDS_WHEN_THERE_IS_MORE = 10.0
SECONDS_BETWEEN_RETRIES = 86_400.0
"""A text that an embedder cannot take is likely to be refused again."""
MEMORIES_IN_A_TRANSACTION = 200
MEMORIES_NAMED = 20

Result = TypeVar("Result")


class Transaction(Protocol):
    """Runs work in a transaction of its own, as `Context.transaction` does."""

    async def __call__(self, work: Callable[[Session], Result]) -> Result:
        """Run the work, and commit when it returns."""


class Done(BaseModel):
    """For how many memories something was done, or would be."""

    count: int = 0
    memory_ids: list[str] = Field(default=[], description=f"The first {MEMORIES_NAMED} that you know.")


class MaintenanceReport(BaseModel):
    """What a maintenance run did, or would do when it is a dry one."""

    dry_run: bool = Field(description="Nothing was changed.")
    expired: Done = Field(description="Their lifetime was over; they are deleted, and can be restored for a while.")
    grants_ended: Done = Field(description="They were shared until a moment that has passed.")
    versions_dropped: Done = Field(description="They had more former versions than are kept.")
    embeddings_retried: Done = Field(description="They could not be embedded, and are tried again.")
    purged: Done = Field(description="They were deleted longer ago than they are kept; they are gone for good.")
    more: bool = Field(description="There is more to do than one run may; the next one goes on.")

    @property
    def total(self) -> int:
        """How often something was done."""
        return sum(getattr(self, step).count for step in type(self).model_fields if step not in ("dry_run", "more"))


async def maintain(
    transaction: Transaction,
    settings: MemorySettings,
    *,
    dry_run: bool,
    retry: bool = True,
    known: ColumnElement[bool] = NOTHING,
) -> MaintenanceReport:
    """Do what is due, in short transactions, so that nobody else waits long.

    Args:
        transaction: runs work on the database; for a dry run it may be a reading one.
        settings: how long what is kept, and how many memories each step takes at most.
        dry_run: only say what would be done.
        retry: whether what could not be embedded is tried again.
        known: which memories the report may name; the others are counted alone.
    """
    most, more = settings.most_per_maintenance, False
    done = dict[str, Done]()
    for step in steps(utc_now(), settings):
        if step.name == "embeddings_retried" and not retry:
            done[step.name] = Done()
            continue
        found = await (_look(transaction, step, most, known) if dry_run else _take(transaction, step, most, known))
        more = more or len(found) > most
        named = [one.memory_id for one in found[:most] if one.known]
        done[step.name] = Done(count=min(len(found), most), memory_ids=named[:MEMORIES_NAMED])
    return MaintenanceReport(dry_run=dry_run, more=more, **done)


async def _look(transaction: Transaction, step: Step, most: int, known: ColumnElement[bool]) -> Sequence[Due]:
    """What a step would find, and one more when there are more than it takes."""
    return await transaction(lambda session: step.find(session, most + 1, known))


async def _take(transaction: Transaction, step: Step, most: int, known: ColumnElement[bool]) -> Sequence[Due]:
    """What a step was done for, and one more when there are more than it takes."""
    taken: list[Due] = []
    while len(taken) < most:
        part = min(MEMORIES_IN_A_TRANSACTION, most - len(taken))
        done = await transaction(partial(step.take, most=part, known=known))
        if not done:
            return taken
        taken += done
    return [*taken, *await transaction(lambda session: step.find(session, 1, known))]


class MaintenanceWorker:
    """Maintains the memories from time to time, in one process of all that serve the database."""

    def __init__(self, database: Database, settings: MemorySettings, embedding: EmbeddingWorker) -> None:
        self._database = database
        self._settings = settings
        self._embedding = embedding
        self._exclusive = Exclusive(database, LOCK)
        self._retried_at = -SECONDS_BETWEEN_RETRIES

    async def run(self) -> None:
        """Maintain until cancelled; what goes wrong is told in the log, and tried again."""
        pause = min(SECONDS_AFTER_START, self._settings.maintenance_seconds)
        try:
            while True:
                await asyncio.sleep(pause)
                pause = self._settings.maintenance_seconds
                try:
                    report = await self.once()
                except Exception:
                    logger.exception("memories could not be maintained; it is tried again")
                else:
                    if report is not None and report.more:
                        pause = min(pause, SECONDS_WHEN_THERE_IS_MORE)
        finally:
            await self._exclusive.release()

    async def once(self) -> MaintenanceReport | None:
        """Maintain once; None when another process does it."""
        if not await self._exclusive.try_acquire():
            return None
        retry = time.monotonic() - self._retried_at >= SECONDS_BETWEEN_RETRIES
        report = await maintain(self._transaction, self._settings, dry_run=False, retry=retry)
        if retry:
            self._retried_at = time.monotonic()
        if report.embeddings_retried.count:
            self._embedding.wake()
        if report.total:
            logger.info("memories maintained: %s", report.model_dump_json(exclude={"dry_run"}))
        return report

    async def _transaction(self, work: Callable[[Session], Result]) -> Result:
        return await self._database.transaction(work, read_only=False)
