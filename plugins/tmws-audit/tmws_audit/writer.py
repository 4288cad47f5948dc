"""Appends rows to the logs: the only code that does.

The order of a chain is the order of its writers' transactions. On SQLite the transaction has begun IMMEDIATE and is the
lock; on PostgreSQL the writers take an advisory lock that ends with the transaction, one for both logs, so that two
writers never wait for each other. The head is read after the lock was taken, by a statement of its own: a statement of
READ COMMITTED sees what was committed before it began.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tmws_audit.canonical import canonical_json
from tmws_audit.logs import DOCUMENTS, EVENTS, LOGS, MOMENTS, Log, moment_text
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
    found = _execute(connection, _HEADS[log.name])
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
            insert_rows(connection, log, list(_linked(log, head_of(connection, log), mine)))


def insert_rows(connection: Connection, log: Log, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that have their places in the chain, past SQLAlchemy's types: it is what every writing call pays.

    Args:
        connection: a writing connection.
        log: the log.
        rows: all columns of each; moments as text in UTC, see `moment_text`.
    """
    on_sqlite = connection.dialect.name == "sqlite"
    moments, documents = MOMENTS[log.name], DOCUMENTS[log.name]
    stored = []
    for row in rows:
        values = dict(row)
        for name in moments:
            moment = values[name]
            values[name] = f"{moment[:10]} {moment[11:-1]}" if on_sqlite else datetime.fromisoformat(moment)
        for name in documents:
            if values[name] is not None:
                values[name] = canonical_json(values[name]).decode()
        stored.append(tuple([values[name] for name in _COLUMNS[log.name]]))
    statement = _INSERTS[log.name] if on_sqlite else _INSERTS[log.name].replace("?", "%s")
    if len(stored) == 1:
        _execute(connection, statement, stored[0])
    else:
        connection.exec_driver_sql(statement, stored)


def _execute(connection: Connection, statement: str, values: tuple[Any, ...] = ()) -> Sequence[Any] | None:
    """Execute a statement, past SQLAlchemy where the driver is at hand, and return its first row, if any.

    Raises:
        DBAPIError: the database refuses.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        result = connection.exec_driver_sql(statement, values)
        return result.first() if result.returns_rows else None
    try:
        found: Sequence[Any] | None = driver.execute(statement, values).fetchone()
    except sqlite3.Error as error:
        raise DBAPIError.instance(statement, None, error, sqlite3.Error, hide_parameters=True) from error
    return found


def _linked(log: Log, head: Head, rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The rows with their places in the chain."""
    sequence, previous = head.sequence, head.row_hash
    moments, nothing = MOMENTS[log.name], _NOTHING[log.name]
    for values in rows:
        sequence += 1
        row = {**nothing, **values, "sequence": sequence}
        if log is EVENTS:
            row["id"] = sequence
        for name in moments:
            row[name] = moment_text(row[name])
        row_hash = log.row_hash(previous, row)
        row["prev_hash"], row["row_hash"], previous = previous, row_hash, row_hash
        yield row


def _insert_statement(log: Log) -> str:
    columns = _COLUMNS[log.name]
    return f"INSERT INTO {log.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 -- names of the model


_COLUMNS: Final = {name: [*log.hashed, "prev_hash", "row_hash"] for name, log in LOGS.items()}
_HEADS: Final = {
    name: f"SELECT sequence, row_hash FROM {name} ORDER BY sequence DESC LIMIT 1"  # noqa: S608 -- as above
    for name in LOGS
}
_INSERTS: Final = {name: _insert_statement(log) for name, log in LOGS.items()}
_NOTHING: Final = {name: dict.fromkeys(log.hashed) for name, log in LOGS.items()}
