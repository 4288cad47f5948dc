"""Verifies both logs, a page at a time, while others go on writing."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Final

from sqlalchemy import Connection, Text, cast, func, select, text
from sqlalchemy.orm import Session

from tmws_audit.canonical import strict_json
from tmws_audit.logs import EVENTS, LOGS, Log
from tmws_audit.models.guard import GUARDS, PURGED, TRIGGERS
from tmws_audit.seal_file import SealFile
from tmws_audit.seals import EVENT_TYPES, Place, Seal
from tmws_audit.settings import Files
from tmws_audit.signing import TrustedKeys
from tmws_audit.verification.report import Fault, Verification
from tmws_audit.verification.rows import Position, Reader
from tmws_audit.verification.sealing import SealCheck, check_seals
from tmws_audit.verification.walk import Walk
from tmws_core.database import Database

ROWS_IN_A_PAGE: Final = 5_000
_TRIGGERS: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :log",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:log) AND tgenabled <> 'D'",
}
Report = Callable[[float, float | None, str | None], Awaitable[None]]


async def verify(database: Database, files: Files, report: Report) -> Verification:
    """Verify the chain of each log, the seals in the database and in the file, and that the triggers are there.

    Args:
        database: where the logs are.
        files: the file of seals, and the keys that are believed.
        report: is told how far it is.

    Raises:
        KeyUnusable: the trusted keys cannot be read.
        OSError: the file of seals cannot be read.
    """
    began = time.perf_counter()
    keys = await asyncio.to_thread(TrustedKeys.load, files.trusted)
    # the file first: what is in it is in the database already
    lines = await asyncio.to_thread(SealFile(files.checkpoints).read)
    stored, total, faults = await database.transaction(_prepare, read_only=True)
    check = await asyncio.to_thread(check_seals, stored, lines, files.checkpoints, keys)
    walks = {log: Walk(log, check.believed.values()) for log in LOGS.values()}
    for log, walk in walks.items():
        after: Position | None = None
        while walk.fault is None:
            page = partial(_page, log=log, walk=walk, after=after, check=check, keys=keys)
            after = await database.transaction(page, read_only=True)
            done = sum(one.rows for one in walks.values())
            await report(done, max(total, done), "verifying")
            if after is None:
                walk.end()
                break
    faults = [*(walk.fault for walk in walks.values() if walk.fault is not None), *check.faults, *faults]
    newest = max(check.believed.values(), key=lambda seal: seal.number, default=None)
    return Verification(
        intact=not faults,
        faults=faults,
        logs=[walk.report() for walk in walks.values()],
        checkpoints=len(check.believed),
        newest_checkpoint=None if newest is None else newest.at,
        seconds=round(time.perf_counter() - began, 3),
    )


def _prepare(session: Session) -> tuple[Sequence[tuple[int, Seal | None]], int, list[Fault]]:
    connection = session.connection()
    total = sum(connection.execute(select(func.count()).select_from(log.table)).scalar_one() for log in LOGS.values())
    return _stored(connection), total, [fault for log in LOGS.values() for fault in _unguarded(connection, log)]


def _stored(connection: Connection) -> Sequence[tuple[int, Seal | None]]:
    columns = EVENTS.table.c
    of_seals = columns.event_type.in_(list(EVENT_TYPES.values()))
    # as text: a value that is no JSON must not end the verification
    details = cast(columns.details, Text)
    found = connection.execute(select(columns.sequence, details).where(of_seals).order_by(columns.sequence))
    return [(sequence, _seal(written)) for sequence, written in found]


def _seal(written: str | None) -> Seal | None:
    try:
        return Seal.model_validate(strict_json(written or ""))
    except ValueError:
        return None


def _unguarded(connection: Connection, log: Log) -> Iterator[Fault]:
    """The triggers are the smallest part of the protection, but whoever takes them away wants something."""
    dialect, guard = connection.dialect.name, GUARDS[log.name]
    there = set(connection.scalars(text(_TRIGGERS[dialect]), {"log": log.name}))
    missing = [name for template in TRIGGERS[dialect] if (name := template.replace("<guard>", guard)) not in there]
    if missing:
        said = f"the triggers that keep rows from being changed are gone: {', '.join(missing)}"
        yield Fault(log=log.name, sequence=None, verdict="unguarded", text=said)


def _page(
    session: Session, log: Log, walk: Walk, after: Position | None, check: SealCheck, keys: TrustedKeys
) -> Position | None:
    """Walk along the next page, and say where to go on."""
    connection = session.connection()
    reader = Reader(connection, log)
    rows = reader.page(after, ROWS_IN_A_PAGE)
    walk.go(rows, reader, _purged(connection, log, check, keys))
    return (rows[-1].sequence, rows[-1].key) if len(rows) == ROWS_IN_A_PAGE else None


def _purged(connection: Connection, log: Log, check: SealCheck, keys: TrustedKeys) -> Iterator[Place]:
    """The ends of what was purged, also of a purge that has happened since the verification began."""
    columns = EVENTS.table.c
    details = cast(columns.details, Text)
    found = (_seal(written) for written in connection.scalars(select(details).where(columns.event_type == PURGED)))
    seals = {seal.fingerprint: seal for seal in found if seal is not None}
    new = [seal for name, seal in seals.items() if name not in check.believed and seal.is_believed(keys)]
    for seal in [*check.believed.values(), *new]:
        if seal.purged and (place := seal.purged.get(log.name)):
            yield place
