"""SQLite engines for a server: write-ahead log, enforced foreign keys, and writers that begin IMMEDIATE."""

from collections.abc import Callable, Sequence
from sqlite3 import sqlite_version_info

from sqlalchemy import URL, Connection, event
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from tmws_core.database.checkpointer import Checkpointer
from tmws_core.database.pragmas import READER, WRITER

READERS = 4
SECONDS_FOR_A_CONNECTION = 60


def writing_engine(url: URL, synchronous: str, checkpointer: Checkpointer) -> AsyncEngine:
    """The engine of the one writing connection.

    Its transactions begin IMMEDIATE: a plain BEGIN that reads and then writes fails at once when another process has
    written in between, and the busy timeout does not apply to that.

    Args:
        url: the file, for aiosqlite.
        synchronous: `FULL`, or `NORMAL`, which may lose the last transactions at a power cut.
        checkpointer: knows whether this process is the one that checkpoints.
    """
    engine = _engine(url, 1)

    def pragmas() -> Sequence[str]:
        return (*WRITER, f"PRAGMA synchronous={synchronous}", checkpointer.pragma)

    _configure(engine, pragmas, "BEGIN IMMEDIATE")
    return engine


def reading_engine(url: URL) -> AsyncEngine:
    """The engine of the reading connections; SQLite itself refuses to write on them."""
    engine = _engine(url, READERS)
    _configure(engine, lambda: READER, "BEGIN")
    return engine


def has_wal_reset_bug(version: tuple[int, ...] = sqlite_version_info) -> bool:
    """Whether this SQLite may corrupt a file when two connections write and checkpoint at the same instant.

    Versions 3.7.0 to 3.51.2 may, but for the corrected 3.50.7 and 3.44.6 (sqlite.org/wal.html, the WAL-reset bug).
    """
    corrected = ((3, 44, 6), (3, 45)), ((3, 50, 7), (3, 51)), ((3, 51, 3), (4,))
    return not any(first <= version < end for first, end in corrected)


def _engine(url: URL, connections: int) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=SECONDS_FOR_A_CONNECTION,
        pool_reset_on_return=None,  # see on_reset
    )


def _configure(engine: AsyncEngine, pragmas: Callable[[], Sequence[str]], begin: str) -> None:
    def on_connect(connection: AsyncAdapt_aiosqlite_connection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # or the driver would open transactions of its own
        script = ";".join(pragmas())
        connection.run_async(lambda driver: driver.executescript(script))

    def on_begin(connection: Connection) -> None:
        # one hop to the driver's thread, where exec_driver_sql would need three
        adapted = connection.connection.dbapi_connection
        assert isinstance(adapted, AsyncAdapt_aiosqlite_connection)  # noqa: S101 -- tells the type checker
        adapted.run_async(lambda driver: driver.execute(begin))

    def on_reset(connection: AsyncAdapt_aiosqlite_connection, _record: ConnectionPoolEntry, _state: object) -> None:
        # to roll back nothing would take a hop to the driver's thread, each time that a connection is given back
        if connection.driver_connection.in_transaction:
            connection.rollback()

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "reset", on_reset)
    event.listen(engine.sync_engine, "begin", on_begin)
