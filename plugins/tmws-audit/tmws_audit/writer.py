"""Appends rows to the logs: the only code that does.

The order of a chain is the order of its writers' transactions. On SQLite the transaction has begun IMMEDIATE and is the
lock; on PostgreSQL the writers take an advisory lock that ends with the transaction, one for both logs, so that two
writers never wait for each other. The head is read after the lock was taken, by a statement of its own: a statement of
READ COMMITTED sees what was committed before it began.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, insert, select, text
from sqlalchemy.orm import Session

from tmws_audit.logs import EVENTS, LOGS, MOMENTS, Log, moment_text
from tmws_audit.models.chain import GENESIS

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('tmws-audit'))")


@dataclass(frozen=True)
class Entry:
    """What a row is to say.

    Attributes:
        log: where it belongs.
        values: its columns by name, recordable already, without those of the chain.
    """

    log: Log
    values: dict[str, Any]


@dataclass(frozen=True)
class Head:
    """The end of a chain.

    Attributes:
        sequence: the number of the last row; 0 before the first.
        row_hash: its hash.
    """

    sequence: int = 0
    row_hash: str = GENESIS


def lock(connection: Connection) -> None:
    """Wait until no other transaction appends, and keep them waiting until this one ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def head_of(connection: Connection, log: Log) -> Head:
    """The end of a log's chain; final only under the lock."""
    found = connection.execute(_HEADS[log.name]).first()
    return Head() if found is None else Head(*found)


def append(session: Session, entries: Sequence[Entry]) -> None:
    """Append rows in the session's transaction: they are there when it is committed, and never without it.

    Args:
        session: a writing session; on SQLite its transaction is the writers' lock.
        entries: the rows, in their order.
    """
    connection = session.connection()
    lock(connection)
    for log in LOGS.values():
        if mine := [entry.values for entry in entries if entry.log is log]:
            connection.execute(_INSERTS[log.name], list(_linked(log, head_of(connection, log), mine)))


def _linked(log: Log, head: Head, rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The rows with their places in the chain."""
    sequence, previous = head.sequence, head.row_hash
    moments, nothing = MOMENTS[log.name], _NOTHING[log.name]
    for values in rows:
        sequence += 1
        row = {**nothing, **values, "sequence": sequence}
        if log is EVENTS:
            row["id"] = sequence
        hashed = {**row, **{name: moment_text(row[name]) for name in moments}}
        row["prev_hash"], previous = previous, log.row_hash(previous, hashed)
        row["row_hash"] = previous
        yield row


def _head_statement(log: Log) -> Select[int, str]:
    columns = log.table.c
    return select(columns.sequence, columns.row_hash).order_by(columns.sequence.desc()).limit(1)


_HEADS: Final = {name: _head_statement(log) for name, log in LOGS.items()}
_INSERTS: Final = {name: insert(log.table) for name, log in LOGS.items()}
_NOTHING: Final = {name: dict.fromkeys(log.hashed) for name, log in LOGS.items()}
