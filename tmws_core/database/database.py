"""Hands out sessions, for reading and for writing, on SQLite and on PostgreSQL."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from tmws_core.database.checkpointer import Checkpointer
from tmws_core.database.session import BeforeCommit, ServingSession, ask_before_commit
from tmws_core.database.sqlite import READERS, reading_engine, writing_engine
from tmws_core.database.threads import Result, TransactionThreads, Work
from tmws_core.schema.engine import database_file, database_urls


class Database:
    """The serving connections to one database.

    SQLite has one writing connection, which is the fair queue of the writers in this process, and a few reading ones
    that never wait for it. PostgreSQL has one pool for both.

    Attributes:
        reader: the engine of reading sessions.
        writer: the engine of writing sessions.
        checkpointer: who moves SQLite's write-ahead log into the file; None on PostgreSQL.
    """

    def __init__(self, database_url: str, synchronous: str = "FULL") -> None:
        """Prepare the engines; nothing is opened before the first session needs it.

        Args:
            database_url: `sqlite:///file` or `postgresql://…`.
            synchronous: SQLite's setting of that name.

        Raises:
            ConfigurationError: the URL cannot be used.
        """
        synchronous_url, url = database_urls(database_url)
        file = database_file(url)
        self.checkpointer: Checkpointer | None = None
        self._threads: TransactionThreads | None = None
        if file is not None:
            self.checkpointer = Checkpointer(file)
            self.writer: AsyncEngine = writing_engine(url, synchronous, self.checkpointer)
            self.reader: AsyncEngine = reading_engine(url)
            self._threads = TransactionThreads(synchronous_url, synchronous, self.checkpointer, READERS)
        else:
            self.writer = create_async_engine(url, pool_pre_ping=True)
            self.reader = self.writer.execution_options(postgresql_readonly=True)

    def session(self, *, read_only: bool, before_commit: BeforeCommit | None = None) -> AsyncSession:
        """A new session; its transaction begins with its first statement.

        Args:
            read_only: whether its transactions are reading ones.
            before_commit: takes the session just before it commits; to raise there prevents the commit.
        """
        engine = self.reader if read_only else self.writer
        session = AsyncSession(engine, sync_session_class=ServingSession, expire_on_commit=False)
        ask_before_commit(session.sync_session, before_commit)
        return session

    async def transaction(
        self, work: Work[Result], *, read_only: bool, before_commit: BeforeCommit | None = None
    ) -> Result:
        """Run work in one transaction, committed when it returns and rolled back when it raises or is cancelled.

        On SQLite the whole of it takes one hop to a thread, so the work must not wait for anything but the database.

        Args:
            work: takes an ordinary `sqlalchemy.orm.Session`; what it returns must need no further statement.
            read_only: whether the transaction is a reading one.
            before_commit: takes the session just before a writing transaction is committed; to raise prevents it.
        """
        if self._threads is None:
            async with self.session(read_only=read_only, before_commit=before_commit) as session:
                result = await session.run_sync(work)
                await session.commit()
                return result
        if read_only:
            return await self._threads.read(work)
        async with self.writer.connect():  # the one writing connection is the turn of this process's writers
            return await self._threads.write(work, before_commit)

    async def open(self) -> None:
        """Start what goes on in the background."""
        if self.checkpointer is not None:
            self.checkpointer.start(self.writer)

    async def close(self) -> None:
        """Close every connection."""
        if self.checkpointer is not None:
            await self.checkpointer.stop()
        if self._threads is not None:
            await asyncio.to_thread(self._threads.close)
        await self.reader.dispose()
        await self.writer.dispose()
