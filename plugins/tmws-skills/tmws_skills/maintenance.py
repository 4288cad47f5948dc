"""Maintenance: does what has become due with skills, a bounded part of it at a time."""

import asyncio
import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sqlalchemy.orm import Session

from tmws_core.columns import utc_now
from tmws_core.database import Database
from tmws_core.exclusive import Exclusive
from tmws_skills import blobs, deletion, sharing
from tmws_skills.settings import SkillsSettings

logger = logging.getLogger(__name__)

LOCK = "skills-maintenance"
SECONDS_AFTER_START = 5.0
SECONDS_WHEN_THERE_IS_MORE = 10.0
SKILLS_IN_A_TRANSACTION = 100


class Step(Protocol):
    """One kind of work that becomes due."""

    def __call__(self, session: Session, most: int) -> int:
        """Do it for so many at most; for how many it was done."""


@dataclass(frozen=True)
class MaintenanceReport:
    """What a run did.

    Attributes:
        shares_ended: how many skills were shared until a moment that has passed.
        skills_purged: how many were deleted longer ago than they are kept; they are gone for good.
        files_purged: how many contents no version had any more.
        more: whether there is more to do than one run may.
    """

    shares_ended: int
    skills_purged: int
    files_purged: int
    more: bool


class MaintenanceWorker:
    """Maintains the skills from time to time, in one process of all that serve the database."""

    def __init__(self, database: Database, settings: SkillsSettings) -> None:
        self._database = database
        self._settings = settings
        self._exclusive = Exclusive(database, LOCK)

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
                    logger.exception("skills could not be maintained; it is tried again")
                else:
                    if report is not None and report.more:
                        pause = min(pause, SECONDS_WHEN_THERE_IS_MORE)
        finally:
            await self._exclusive.release()

    async def once(self) -> MaintenanceReport | None:
        """Maintain once; None when another process does it."""
        if not await self._exclusive.try_acquire():
            return None
        report = await self._maintain(utc_now())
        if report.shares_ended or report.skills_purged or report.files_purged:
            logger.info("skills maintained: %s", asdict(report))
        return report

    async def _maintain(self, now: datetime) -> MaintenanceReport:
        before = now - timedelta(days=self._settings.undo_days)

        def purge(session: Session, most: int) -> int:
            due = deletion.due(session, before, most)
            deletion.purge(session, due)
            return len(due)

        shares = await self._repeat(partial(sharing.end, now=now))
        skills = await self._repeat(purge)
        files = await self._repeat(blobs.purge)
        most = self._settings.most_per_maintenance
        return MaintenanceReport(shares, skills, files, more=max(shares, skills, files) >= most)

    async def _repeat(self, step: Step) -> int:
        """Do a step in short transactions, so that nobody else waits long; for how many it was done."""
        done, most = 0, self._settings.most_per_maintenance
        while done < most:
            part = min(SKILLS_IN_A_TRANSACTION, most - done)
            count = await self._database.transaction(partial(step, most=part), read_only=False)
            done += count
            if count < part:
                break
        return done
