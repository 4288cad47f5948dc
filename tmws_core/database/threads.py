"""Runs whole transactions on SQLite in threads: one hop each, where an asynchronous session takes one a statement."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from tmws_core.database.checkpointer import Checkpointer
from tmws_core.database.pragmas import READER, WRITER
from tmws_core.database.session import BeforeCommit, ServingSession, ask_before_commit
from tmws_core.database.writers import WritersQueue

Result = TypeVar("Result")
SECONDS_BETWEEN_INTERRUPTIONS = 0.05
Work = Callable[[Session], Result]


class TransactionThreads:
    """One thread that writes, and a few that read, each with a connection of its own.

    A transaction that is open across turns of the event loop keeps every other process waiting for as long as this
    one is busy with something else; one that runs in a thread is over as soon as SQLite is done with it.
    """

    def __init__(self, url: URL, synchronous: str, checkpointer: Checkpointer, readers: int) -> None:
        """Prepare the threads; none is started, and nothing opened, before the first transaction.

        Args:
            url: the file, for the synchronous driver.
            synchronous: SQLite's setting of that name.
            checkpointer: knows whether this process is the one that checkpoints.
            readers: how many transactions may read at once.
        """
        self._writer = _engine(url, (*WRITER, f"PRAGMA synchronous={synchronous}"), "BEGIN IMMEDIATE", 1)
        event.listen(self._writer, "checkout", lambda driver, *_: _follow(checkpointer, driver))
        self._reader = _engine(url, READER, "BEGIN", readers)
        self._queue = WritersQueue(Path(str(url.database)))
        self._writing_thread = ThreadPoolExecutor(1, "tmws-writer")
        self._reading_threads = ThreadPoolExecutor(readers, "tmws-reader")

    async def write(self, work: Work[Result], before_commit: BeforeCommit | None = None) -> Result:
        """Run a writing transaction; only one writer of this process may be at work at a time."""
        transaction = _Transaction(self._writer, work, before_commit)

        def in_turn() -> Result:
            with self._queue.turn():
                return transaction.run()

        return await _run(self._writing_thread, transaction, in_turn)

    async def read(self, work: Work[Result]) -> Result:
        """Run a reading transaction; SQLite itself refuses to write in it."""
        transaction = _Transaction(self._reader, work)
        return await _run(self._reading_threads, transaction, transaction.run)

    def close(self) -> None:
        """Wait for what is at work, and close the connections."""
        self._writing_thread.shutdown()
        self._reading_threads.shutdown()
        self._writer.dispose()
        self._reader.dispose()
        self._queue.close()


class _CancelledError(Exception):
    pass


class _Transaction(Generic[Result]):
    """Work that is committed when it returns, unless it was cancelled by then."""

    def __init__(self, engine: Engine, work: Work[Result], before_commit: BeforeCommit | None = None) -> None:
        self._engine = engine
        self._work = work
        self._before_commit = before_commit
        self._state = Lock()
        self._cancelled = False
        self._running: sqlite3.Connection | None = None

    def run(self) -> Result:
        """Do the work and commit it.

        Raises:
            _CancelledError: it was cancelled, and nothing is committed.
        """
        with ServingSession(self._engine, expire_on_commit=False) as session:
            ask_before_commit(session, self._before_commit)
            self._begin(session)
            try:
                result = self._work(session)
            finally:
                self._end()
            session.commit()
            return result

    def cancel(self) -> None:
        """End the work without a trace; when it is already being committed, it stays."""
        with self._state:
            self._cancelled = True
            if self._running is not None:
                self._running.interrupt()

    def _begin(self, session: Session) -> None:
        driver = session.connection().connection.driver_connection
        with self._state:
            self._running = driver if isinstance(driver, sqlite3.Connection) else None
            self._refuse_cancelled()

    def _end(self) -> None:
        with self._state:
            self._running = None
            self._refuse_cancelled()

    def _refuse_cancelled(self) -> None:
        if self._cancelled:
            raise _CancelledError


async def _run(executor: ThreadPoolExecutor, transaction: _Transaction[Result], run: Callable[[], Result]) -> Result:
    running = asyncio.get_running_loop().run_in_executor(executor, run)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():  # a statement that was about to start has not heard of the interruption
            transaction.cancel()
            await asyncio.wait([running], timeout=SECONDS_BETWEEN_INTERRUPTIONS)
        running.exception()  # interrupted work raises, and nobody else will look
        raise


def _engine(url: URL, pragmas: tuple[str, ...], begin: str, connections: int) -> Engine:
    engine = create_engine(url, pool_size=connections, max_overflow=0, connect_args={"check_same_thread": False})

    def on_connect(driver: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        driver.isolation_level = None  # or the driver would open transactions of its own
        driver.executescript(";".join(pragmas))

    def on_begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 -- tells the type checker
        driver.execute(begin)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def _follow(checkpointer: Checkpointer, driver: sqlite3.Connection) -> None:
    """Checkpoint on this connection while this process is the one that does; to set it anew costs microseconds."""
    driver.execute(checkpointer.pragma)
