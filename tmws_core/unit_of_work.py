"""One transaction of one call, and the events that are told when it is committed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from tmws_core.database import Database
    from tmws_core.database.session import BeforeCommit
    from tmws_core.database.threads import Result, Work
    from tmws_core.events import Event
    from tmws_core.list_changes import ListChange
    from tmws_core.principal import Principal


class UnitOfWork:
    """The session of a call, opened when it is first used, and what the call published.

    Attributes:
        read_only: whether the transaction is a reading one.
        published: the events, in order, each with its details.
        called: the names of the tools that ran as parts, without those that failed.
        before_commit: takes the session of each writing transaction just before its commit.
        list_changes: the lists of clients that are others when the whole is committed.
        next_principal: who calls through this connection when the whole has succeeded; None when nothing changes.
        witnessed: whether a transaction was committed after `before_commit` was asked.
        parts: what is to be told of the parts when the whole is over.
    """

    def __init__(self, database: "Database", *, read_only: bool) -> None:
        self.read_only = read_only
        self.published: list[tuple[str, dict[str, Any]]] = []
        self.called: list[str] = []
        self.before_commit: BeforeCommit | None = None
        self.list_changes: list[ListChange] = []
        self.next_principal: Principal | None = None
        self.witnessed = False
        self.parts: list[Event] = []
        self._database = database
        self._session: AsyncSession | None = None
        self._parts = 0

    @property
    def session(self) -> "AsyncSession":
        """The session; its transaction begins with its first statement."""
        if self._session is None:
            self._session = self._database.session(read_only=self.read_only, before_commit=self.before_commit)
        return self._session

    @property
    def opened(self) -> bool:
        """Whether the session was used."""
        return self._session is not None

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._session is not None and self._session.in_transaction()

    async def transaction(self, work: "Work[Result]") -> "Result":
        """Run work with a synchronous session: as a transaction of its own, or within the one that is under way."""
        if self._session is None and not self._parts:
            result = await self._database.transaction(work, read_only=self.read_only, before_commit=self.before_commit)
            self.witnessed = self.before_commit is not None
            return result
        return await self.session.run_sync(work)

    def publish(self, event: str, details: dict[str, Any]) -> None:
        """Remember an event until the transaction is committed."""
        self.published.append((event, details))

    @asynccontextmanager
    async def part(self, name: str) -> AsyncIterator[None]:
        """A part that counts as a whole or not at all: when it raises, what it wrote and published is taken back.

        Args:
            name: the name of the tool that runs as this part.
        """
        published, called, next_principal = len(self.published), len(self.called), self.next_principal
        list_changes = len(self.list_changes)
        self.called.append(name)
        begun = self.in_transaction
        self._parts += 1
        try:
            if begun:
                async with self.session.begin_nested():
                    yield
            else:  # a savepoint would take SQLite's write lock before the part needs it
                yield
        except BaseException:
            del self.published[published:], self.called[called:], self.list_changes[list_changes:]
            self.next_principal = next_principal
            if self._session is not None and not begun:
                await self._session.rollback()
            raise
        finally:
            self._parts -= 1

    async def commit(self) -> None:
        """Commit what was written."""
        session = self._session
        if session is None or not (session.in_transaction() or session.new or session.dirty or session.deleted):
            return
        await session.commit()
        self.witnessed = self.witnessed or self.before_commit is not None

    async def close(self) -> None:
        """Roll back what was not committed, and give the connection back."""
        if self._session is not None:
            await self._session.close()
