"""One transaction of one call, and the events that are told when it is committed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from tmws_core.database import Database


class UnitOfWork:
    """The session of a call, opened when it is first used, and what the call published.

    Attributes:
        read_only: whether the transaction is a reading one.
        published: the events, in order, each with its details.
    """

    def __init__(self, database: "Database", *, read_only: bool) -> None:
        self.read_only = read_only
        self.published: list[tuple[str, dict[str, Any]]] = []
        self._database = database
        self._session: AsyncSession | None = None

    @property
    def session(self) -> "AsyncSession":
        """The session; its transaction begins with its first statement."""
        if self._session is None:
            self._session = self._database.session(read_only=self.read_only)
        return self._session

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._session is not None and self._session.in_transaction()

    def publish(self, event: str, details: dict[str, Any]) -> None:
        """Remember an event until the transaction is committed."""
        self.published.append((event, details))

    @asynccontextmanager
    async def part(self) -> AsyncIterator[None]:
        """A part that counts as a whole or not at all: when it raises, what it wrote and published is taken back."""
        published = len(self.published)
        begun = self.in_transaction
        try:
            if begun:
                async with self.session.begin_nested():
                    yield
            else:  # a savepoint would take SQLite's write lock before the part needs it
                yield
        except BaseException:
            del self.published[published:]
            if self._session is not None and not begun:
                await self._session.rollback()
            raise

    async def commit(self) -> None:
        """Commit what was written."""
        if self._session is not None:
            await self._session.commit()

    async def close(self) -> None:
        """Roll back what was not committed, and give the connection back."""
        if self._session is not None:
            await self._session.close()
