"""The one lock around everything that changes a schema."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from tmws_core.errors import DatabaseBusy, DatabaseNotCreated

logger = logging.getLogger(__name__)

# any fixed number does; it has to be the same in every version of the core
_ADVISORY_KEY = 0x544D5753


@contextmanager
def schema_lock(engine: Engine, seconds: float) -> Iterator[None]:
    """Hold the lock that only one process at a time can have; it is free again when its holder is killed.

    SQLite has a lock file beside the database, where containers that share the folder see it too; PostgreSQL an
    advisory lock on a connection of its own.

    Args:
        engine: the engine of the database.
        seconds: how long to wait for another process.

    Raises:
        DatabaseBusy: another process still held the lock after that time.
    """
    holder = _file_lock(engine, seconds) if engine.dialect.name == "sqlite" else _advisory_lock(engine, seconds)
    with holder:
        yield


@contextmanager
def _file_lock(engine: Engine, seconds: float) -> Iterator[None]:
    from filelock import FileLock, Timeout  # only a start that changes something pays for the import

    path = f"{engine.url.database}.lock"
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        logger.info("waiting for another process that changes the schema (%s)", path)
        try:
            lock.acquire(timeout=seconds, poll_interval=0.02)
        except Timeout:
            raise DatabaseBusy(
                f"another process has held {path} for {seconds:g} s; see whether it hangs, or raise "
                "TMWS_SCHEMA_LOCK_SECONDS"
            ) from None
    except OSError as error:
        raise DatabaseNotCreated(
            f"{path} cannot be written: {error.strerror or error}; SQLite needs to write the database's folder too"
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _advisory_lock(engine: Engine, seconds: float) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SET lock_timeout = {int(seconds * 1000)}"))
        try:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_KEY})
        except OperationalError as error:
            raise DatabaseBusy(
                f"another process has held the schema lock of {engine.url.database} for {seconds:g} s; see whether it "
                "hangs, or raise TMWS_SCHEMA_LOCK_SECONDS"
            ) from error
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_KEY})
