"""Work that only one process at a time should do, such as tidying up in the background."""

import asyncio
import hashlib
import logging
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import URL, NullPool, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from tmws_core.database import Database
from tmws_core.schema.engine import database_file, database_urls

if TYPE_CHECKING:
    from filelock import BaseFileLock
    from sqlalchemy.ext.asyncio import AsyncConnection

logger = logging.getLogger(__name__)

SECONDS_FOR_AN_ANSWER = 10.0

_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


class Exclusive:
    """A lock between all processes that use one database; it is free again when its holder ends, however it ends.

    SQLite has a lock file beside the database, `<database file>.<name>.lock`; PostgreSQL a session-level advisory lock
    on a connection of its own. Who finds the lock taken tries again later: nothing here waits for it.
    """

    def __init__(self, database: Database | str, name: str) -> None:
        """Nothing is opened before the first try.

        Args:
            database: the database, or its URL.
            name: what is exclusive, such as `memory-consolidation`; the same in every process.

        Raises:
            ValueError: the name is not in lower-case letters and digits with single hyphens or underscores between.
            ConfigurationError: the URL cannot be used.
        """
        if not _SLUG.fullmatch(name):
            raise ValueError(
                f"{name!r} cannot name a lock; use lower-case letters and digits, with hyphens or underscores between"
            )
        url = database.writer.url if isinstance(database, Database) else database_urls(database)[1]
        file = database_file(url)
        self._lock: _Lock = _Advisory(url, name) if file is None else _File(file.with_name(f"{file.name}.{name}.lock"))
        self._held = False
        self._one_at_a_time = asyncio.Lock()

    @property
    def held(self) -> bool:
        """Whether this object had the lock when it was last asked about."""
        return self._held

    async def try_acquire(self) -> bool:
        """Take the lock if it is free.

        Returns:
            Whether this object holds it now, taken or kept. When the database cannot be asked, that is no; the log
            tells why.
        """
        async with self._one_at_a_time:
            self._held = await self._lock.still_held() or await self._lock.take()
            return self._held

    async def still_held(self) -> bool:
        """Ask whether this object holds the lock, which PostgreSQL lets go when the connection dies."""
        async with self._one_at_a_time:
            self._held = await self._lock.still_held()
            return self._held

    async def release(self) -> None:
        """Let the lock go; when it is not held, nothing happens."""
        async with self._one_at_a_time:
            self._held = False
            await self._lock.let_go()


class _Lock(Protocol):
    async def take(self) -> bool: ...

    async def still_held(self) -> bool: ...

    async def let_go(self) -> None: ...


class _File:
    """A lock file; the system frees it when the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock: BaseFileLock | None = None

    async def take(self) -> bool:
        from filelock import FileLock, Timeout  # only who needs a lock pays for the import

        lock = FileLock(self._path, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        except OSError as error:
            logger.warning("%s cannot be locked: %s", self._path, error)
            return False
        self._lock = lock
        return True

    async def still_held(self) -> bool:
        return self._lock is not None

    async def let_go(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None


class _Advisory:
    """An advisory lock; it lasts as long as the connection that took it, which is never used for anything else."""

    def __init__(self, url: URL, name: str) -> None:
        self._engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._name = name
        self._key = int.from_bytes(hashlib.sha256(f"tmws.exclusive.{name}".encode()).digest()[:8], signed=True)
        self._connection: AsyncConnection | None = None

    async def take(self) -> bool:
        taken = False
        try:
            async with asyncio.timeout(SECONDS_FOR_AN_ANSWER):
                self._connection = await self._engine.connect()
                taken = await self._says("SELECT pg_try_advisory_lock(:key)", key=self._key)
        except (SQLAlchemyError, OSError) as error:  # TimeoutError is an OSError
            logger.warning("the lock %s cannot be asked for: %s", self._name, error)
        finally:
            if not taken:
                await self._close()
        return taken

    async def still_held(self) -> bool:
        if self._connection is None:
            return False
        answered = False
        try:
            async with asyncio.timeout(SECONDS_FOR_AN_ANSWER):
                answered = await self._says("SELECT true")
        except (SQLAlchemyError, OSError) as error:
            logger.warning("the connection that held the lock %s is gone: %s", self._name, error)
        if not answered:
            await self._close()
        return answered

    async def let_go(self) -> None:
        # the server may notice the end of the connection later; whoever tries next must find the lock free at once
        with suppress(SQLAlchemyError, OSError):
            async with asyncio.timeout(SECONDS_FOR_AN_ANSWER):
                await self._says("SELECT pg_advisory_unlock(:key)", key=self._key)
        await self._close()

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError, OSError):
                async with asyncio.timeout(SECONDS_FOR_AN_ANSWER):
                    await connection.close()

    async def _says(self, statement: str, **values: int) -> bool:
        """Ask over the connection; SQLAlchemy would open a new one for one that is broken, and that has no lock."""
        if self._connection is None or self._connection.invalidated:
            return False
        return bool(await self._connection.scalar(text(statement), values))
