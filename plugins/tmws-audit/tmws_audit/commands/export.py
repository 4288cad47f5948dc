"""`tmws audit export` and `tmws audit restore`."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tmws_audit.access import GOVERN
from tmws_audit.archive import line_of, rows_in
from tmws_audit.commands.files import told
from tmws_audit.entries import event_entry
from tmws_audit.logs import LOGS, Log
from tmws_audit.restoring import restore as restored
from tmws_audit.verification.rows import Position, Reader, Row
from tmws_audit.vocabulary import RESTORED
from tmws_audit.writer import append
from tmws_core import Context, command
from tmws_core.columns import utc_now

_ROWS_IN_A_PAGE = 5_000


class ExportReport(BaseModel):
    """What was exported."""

    path: str
    rows: dict[str, int] = Field(description="How many rows of each log.")


class RestoreReport(BaseModel):
    """What was put back."""

    path: str
    rows: dict[str, int] = Field(description="How many rows of each log.")


@command(scope=GOVERN)
async def export(
    ctx: Context,
    path: Annotated[Path, Field(description="The file; it must not be there yet.")],
    log: Annotated[
        Literal["api_audit_log", "security_audit_logs"] | None, Field(description="Only this log; without it, both.")
    ] = None,
) -> ExportReport:
    """Export the logs, one row on each line, with the hashes by which the file can be verified and restored."""
    logs = [one for name, one in LOGS.items() if log in (None, name)]
    database = ctx.application.database
    total = await database.transaction(partial(_count, logs=logs), read_only=True)
    written = {one.name: 0 for one in logs}
    with told():
        file = await asyncio.to_thread(os.open, path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "wb") as opened:
            for one in logs:
                after: Position | None = None
                while rows := await database.transaction(partial(_page, log=one, after=after), read_only=True):
                    await asyncio.to_thread(opened.writelines, map(line_of, rows))
                    written[one.name] += len(rows)
                    after = rows[-1].sequence, rows[-1].key
                    await ctx.progress(sum(written.values()), max(total, sum(written.values())), "exporting")
    return ExportReport(path=str(path), rows=written)


@command(scope=GOVERN)
async def restore(ctx: Context, path: Annotated[Path, Field(description="An export.")]) -> RestoreReport:
    """Put rows back that were purged, from an export; it takes only those rows that the record of the purge signs."""
    with told():
        by_log = await asyncio.to_thread(_read, path)
        put_back = await ctx.transaction(partial(_restore, by_log=by_log))
    return RestoreReport(path=str(path), rows=put_back)


def _read(path: Path) -> Mapping[str, Sequence[Row]]:
    by_log: dict[str, list[Row]] = {name: [] for name in LOGS}
    with path.open("rb") as lines:
        for row in rows_in(lines):
            by_log[row.log.name].append(row)
    return by_log


def _restore(session: Session, by_log: Mapping[str, Sequence[Row]]) -> dict[str, int]:
    put_back = {name: restored(session, LOGS[name], rows) for name, rows in by_log.items()}
    if any(put_back.values()):
        said = ", ".join(f"{rows} rows of {name}" for name, rows in put_back.items() if rows)
        append(session, [event_entry(RESTORED, None, utc_now(), message=f"{said} put back from an export")])
    return put_back


def _page(session: Session, log: Log, after: Position | None) -> Sequence[Row]:
    return Reader(session.connection(), log).page(after, _ROWS_IN_A_PAGE)


def _count(session: Session, logs: Sequence[Log]) -> int:
    return sum(session.execute(select(func.count()).select_from(log.table)).scalar_one() for log in logs)
