"""Signs checkpoints when they are due, in one process of all that serve the database."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_audit import seals
from tmws_audit.logs import EVENTS, LOGS, Log
from tmws_audit.seal_file import SealFile
from tmws_audit.seals import Seal
from tmws_audit.settings import AuditSettings, Files
from tmws_audit.signing import KeyUnusable, SigningKey, TrustedKeys
from tmws_audit.writer import head_of, lock
from tmws_core.columns import utc_now
from tmws_core.database import Database
from tmws_core.exclusive import Exclusive

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS: Final = 5.0
LOCK: Final = "audit-checkpoints"


def signing_key(files: Files) -> SigningKey:
    """The key that signs; made when there was never one.

    Raises:
        KeyUnusable: there was one, and it is missing, damaged, or open to others.
    """
    if not files.key.exists() and not TrustedKeys.load(files.trusted).key_ids:
        try:
            key = SigningKey.create(files.key)
        except FileExistsError:  # another process was quicker
            key = SigningKey.load(files.key)
        except OSError as error:
            raise KeyUnusable(f"no signing key can be made at {files.key}: {error.strerror or error}") from error
    else:
        key = SigningKey.load(files.key)
    TrustedKeys.trust(files.trusted, key)
    return key


def unsealed(session: Session) -> Mapping[Log, int]:
    """How many rows each log has after the newest seal; the row of the seal itself does not count.

    Raises:
        ValueError: what stands in the place of a seal is none.
    """
    newest = seals.newest(session)
    sealed = {} if newest is None else {name: place.sequence for name, place in newest.logs.items()}
    if newest is not None:
        sealed[EVENTS.name] = sealed.get(EVENTS.name, 0) + 1
    connection = session.connection()
    return {log: max(0, head_of(connection, log).sequence - sealed.get(log.name, 0)) for log in LOGS.values()}


def is_due(session: Session, settings: AuditSettings, now: datetime) -> bool:
    """Whether there are enough rows without a checkpoint, or some for long enough.

    Raises:
        ValueError: what stands in the place of a seal is none.
    """
    counted = unsealed(session)
    total = sum(counted.values())
    if total == 0 or total >= settings.checkpoint_rows:
        return total > 0
    oldest = min(_oldest_of_last(session, log, rows) for log, rows in counted.items() if rows)
    return oldest <= now - timedelta(seconds=settings.checkpoint_seconds)


def checkpoint(session: Session, key: SigningKey, now: datetime) -> Seal | None:
    """Sign how far the logs reach; None when there is nothing new since the last time.

    Raises:
        ValueError: what stands in the place of a seal is none.
    """
    lock(session.connection())
    return seals.put(session, key, now) if any(unsealed(session).values()) else None


class Sealer:
    """Looks from time to time whether a checkpoint is due.

    Attributes:
        problem: why nothing is signed at present; empty when all is well.
    """

    def __init__(self, database: Database, settings: AuditSettings, files: Files) -> None:
        self.problem = ""
        self._database = database
        self._settings = settings
        self._files = files
        self._file = SealFile(files.checkpoints)
        self._exclusive = Exclusive(database, LOCK)
        self._written: int | None = None

    async def run(self) -> None:
        """Look until cancelled; what goes wrong is told in the log once, and in the health check, and tried again."""
        try:
            while True:
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
                await self.look()
        finally:
            await self._exclusive.release()

    async def look(self) -> None:
        """Sign a checkpoint when one is due and no other process sees to it; never raises."""
        problem = ""
        try:
            if await self._exclusive.try_acquire():
                await self._when_due()
        except KeyUnusable as error:
            problem = str(error)
        except Exception as error:  # a broken row, a full disk: the server goes on, and the health check tells it
            problem = f"checkpoints cannot be signed or written: {error!r}"
        if problem and problem != self.problem:
            logger.error("%s", problem)
        self.problem = problem

    async def now(self) -> Seal | None:
        """Sign a checkpoint at once; None when there is nothing new.

        Raises:
            KeyUnusable: the key cannot be used.
            ValueError: what stands in the place of a seal is none.
            OSError: the file cannot be written; the checkpoint is in the database.
        """
        key = await asyncio.to_thread(signing_key, self._files)
        seal = await self._database.transaction(partial(checkpoint, key=key, now=utc_now()), read_only=False)
        await self.follow()
        return seal

    async def _when_due(self) -> None:
        due = partial(is_due, settings=self._settings, now=utc_now())
        if await self._database.transaction(due, read_only=True):
            await self.now()
        elif self._written is None:
            await self.follow()

    async def follow(self) -> None:
        """Bring the file up to the database, which a crash between the two leaves ahead."""
        if self._written is None:
            self._written = await asyncio.to_thread(self._file.newest)
        missing = await self._database.transaction(partial(seals.after, number=self._written), read_only=True)
        if missing:
            await asyncio.to_thread(self._file.append, missing)
            self._written = missing[-1].number


def _oldest_of_last(session: Session, log: Log, rows: int) -> datetime:
    """When the first of a log's last rows was written."""
    columns = log.table.c
    statement = select(columns[log.moment]).order_by(columns.sequence.desc()).offset(rows - 1).limit(1)
    found: datetime = session.execute(statement).scalar_one()
    return found
