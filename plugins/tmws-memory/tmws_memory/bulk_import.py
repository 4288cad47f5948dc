"""An import from its first record to its last: in batches, going on after what cannot be stored."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tmws_core import Context
from tmws_memory.exchange.record import Fault, Reading, Record, shown
from tmws_memory.importing import Imported, Importer

_RECORDS_AT_ONCE = 500
_CHARACTERS_AT_ONCE = 4_000_000
# SQLite's result codes, and the classes of SQLSTATE (PostgreSQL, appendix A), that blame what is stored and not the
# database: a violated constraint, a value that is out of range, a row that is too large
_OF_SQLITE = ("SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_TOOBIG")
_OF_POSTGRESQL = ("22", "23", "54")


class _TakenBackError(Exception):
    """Ends the transaction of a trial."""

    def __init__(self, outcomes: list[Imported]) -> None:
        super().__init__("a trial")
        self.outcomes = outcomes


class BulkImport:
    """Takes what a reader gives, batch by batch, each in a transaction of its own.

    Attributes:
        counted: how many records had which outcome; and how many were `renumbered`.
        faults: how many faults were told.
    """

    def __init__(self, importer: Importer, tell: Callable[[Fault], None], *, dry_run: bool = False) -> None:
        """Begin an import.

        Args:
            importer: stores the records.
            tell: is told each fault, in the order of the file.
            dry_run: only try, and take every batch back; what stands twice is then noticed within a batch alone.
        """
        self.counted: Counter[str] = Counter()
        self.faults = 0
        self._importer = importer
        self._tell = tell
        self._dry_run = dry_run

    async def take(self, ctx: Context, batch: Sequence[Record | Fault]) -> None:
        """Store the records of a batch, and tell its faults.

        Raises:
            DBAPIError: the database is not there, or cannot write at all; former batches stay.
        """
        outcomes = iter(await self._stored(ctx, [item for item in batch if isinstance(item, Record)]))
        for item in batch:
            if isinstance(item, Fault):
                self._fault(item)
                continue
            imported = next(outcomes)
            self.counted[imported.outcome] += 1
            self.counted["renumbered"] += imported.renumbered
            for reason in imported.faults:
                self._fault(Fault(*item.place, reason))

    def _fault(self, fault: Fault) -> None:
        self.faults += 1
        self._tell(fault)

    async def _stored(self, ctx: Context, records: Sequence[Record]) -> list[Imported]:
        """Store records; a half that holds one that the database refuses is halved again, until that one is alone."""
        if not records:
            return []
        try:
            return await self._transaction(ctx, records)
        except DBAPIError as error:
            if not _blames_the_data(error.orig):
                raise
            if len(records) == 1:
                return [Imported("refused", faults=(f"the database refuses it: {shown(error.orig)}",))]
        middle = len(records) // 2
        return [*await self._stored(ctx, records[:middle]), *await self._stored(ctx, records[middle:])]

    async def _transaction(self, ctx: Context, records: Sequence[Record]) -> list[Imported]:
        if not self._dry_run:
            return await ctx.transaction(partial(self._importer.store, records=records))

        def tried(session: Session) -> None:
            raise _TakenBackError(self._importer.store(session, records))

        try:
            await ctx.transaction(tried)
        except _TakenBackError as trial:
            return trial.outcomes
        raise AssertionError("a trial always ends its transaction")


async def batches(reading: Reading, source: str) -> AsyncIterator[list[Record | Fault]]:
    """What a reader gives, in batches; it reads in a thread, and no further than it is asked.

    Args:
        reading: the reader.
        source: what it reads, for the fault that tells that reading broke off.
    """
    while batch := await asyncio.to_thread(_batch, reading, source):
        yield batch


def _batch(reading: Reading, source: str) -> list[Record | Fault]:
    found: list[Record | Fault] = []
    characters = 0
    try:
        for item in reading:
            found.append(item)
            characters += len(item.content) if isinstance(item, Record) else 0
            if len(found) == _RECORDS_AT_ONCE or characters >= _CHARACTERS_AT_ONCE:
                break
    except OSError as error:
        found.append(Fault(source, None, f"reading it broke off: {error.strerror or error}"))
    return found


def _blames_the_data(error: BaseException | None) -> bool:
    code = getattr(error, "sqlite_errorname", None) or ""
    return code.startswith(_OF_SQLITE) or (getattr(error, "sqlstate", None) or "").startswith(_OF_POSTGRESQL)
