"""Puts purged rows back from an export, when they are the ones that a purge has signed."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_audit.archive import values_of
from tmws_audit.logs import Log
from tmws_audit.verification.rows import Row
from tmws_audit.writer import insert_rows, lock

_AT_ONCE: Final = 1_000


def restore(session: Session, log: Log, rows: Sequence[Row]) -> int:
    """Put back the rows of an export that come before the first row that is there.

    Args:
        session: a writing session.
        log: the log.
        rows: rows of this log, in their order.

    Returns:
        How many were put back.

    Raises:
        ValueError: they are no chain, or do not end where the rows that are there begin.
    """
    columns = log.table.c
    lock(session.connection())
    first = session.execute(select(columns.sequence, columns.prev_hash).order_by(columns.sequence).limit(1)).first()
    if first is None:
        raise ValueError(f"{log.name} is empty: a purge never leaves it so, restore a backup of the database instead")
    sequence, prev_hash = first
    wanted = [row for row in rows if row.sequence < sequence]
    if not wanted:
        return 0
    for row in wanted:
        if not row.is_genuine:
            raise ValueError(f"row {row.sequence} of {log.name} in the file was changed")
    for before, row in pairwise(wanted):
        if row.sequence != before.sequence + 1 or row.prev_hash != before.row_hash:
            raise ValueError(f"row {row.sequence} of {log.name} in the file does not follow row {before.sequence}")
    if wanted[-1].sequence != sequence - 1 or wanted[-1].row_hash != prev_hash:
        raise ValueError(f"the file's rows of {log.name} do not end where the rows that are there begin, at {sequence}")
    for start in range(0, len(wanted), _AT_ONCE):
        insert_rows(session.connection(), log, [values_of(row) for row in wanted[start : start + _AT_ONCE]])
    return len(wanted)
