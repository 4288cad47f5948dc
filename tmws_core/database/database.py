"""Hands out sessions, for reading and for writing, on SQLite and on PostgreSQL."""

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from tmws_core.database.checkpointer import Checkpointer
from tmws_core.database.sqlite import reading_engine, writing_engine
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
        _, url = database_urls(database_url)
        file = database_file(url)
        self.checkpointer = None if file is None else Checkpointer(file)
        if self.checkpointer is not None:
            self.writer: AsyncEngine = writing_engine(url, synchronous, self.checkpointer)
            self.reader: AsyncEngine = reading_engine(url)
        else:
            self.writer = create_async_engine(url, pool_pre_ping=True)
            self.reader = self.writer.execution_options(postgresql_readonly=True)

    def session(self, *, read_only: bool) -> AsyncSession:
        """A new session; its transaction begins with its first statement."""
        return AsyncSession(self.reader if read_only else self.writer, expire_on_commit=False)

    async def open(self) -> None:
        """Start what goes on in the background."""
        if self.checkpointer is not None:
            self.checkpointer.start(self.writer)

    async def close(self) -> None:
        """Close every connection."""
        if self.checkpointer is not None:
            await self.checkpointer.stop()
        await self.reader.dispose()
        await self.writer.dispose()
