"""What becomes due in the life of memories: which ones, and what is then done with them.

A memory whose lifetime is over is marked as deleted at the moment when that is noticed, so that its owner can bring it
back for as many days as one that was deleted by hand; then its row goes, with everything that belongs to it. Readers
need not wait for any of this: what is over or deleted is there for nobody from that moment on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, false, func, select, tuple_, update
from sqlalchemy.orm import Session

from tmws_memory import grants, removal
from tmws_memory.access import present
from tmws_memory.embedding import in_status
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing
from tmws_memory.models.version import Version
from tmws_memory.settings import MemorySettings

NOTHING = false()
"""Whoever asks is nobody in particular, such as a log, and knows no memory."""


@dataclass(frozen=True)
class Due:
    """A memory that something is due for, and whether whoever asks knows it."""

    memory_id: str
    known: bool


@dataclass(frozen=True)
class Step:
    """One kind of work that becomes due.

    Attributes:
        name: what is done.
        due: the memories that it is due for.
        order: which of them come first.
        act: does it, with a writing session and their identifiers; it is not due for them afterwards.
    """

    name: str
    due: ColumnElement[bool]
    order: ColumnElement[datetime] | ColumnElement[datetime | None]
    act: Callable[[Session, Sequence[str]], None]

    def find(self, session: Session, most: int, known: ColumnElement[bool] = NOTHING) -> list[Due]:
        """The memories that it is due for, the first ones when there are more.

        Args:
            session: a reading session.
            most: how many at most.
            known: which memories whoever asks knows.
        """
        return _due(session, self._statement(most, known))

    def take(self, session: Session, most: int, known: ColumnElement[bool] = NOTHING) -> list[Due]:
        """Do it for the first memories that it is due for, and say which they were.

        What somebody else changes at this moment is left for the next time.

        Args:
            session: a writing session.
            most: how many at most.
            known: which memories whoever asks knows, before it is done.
        """
        found = _due(session, self._statement(most, known).with_for_update(skip_locked=True))
        if found:
            self.act(session, [one.memory_id for one in found])
        return found

    def _statement(self, most: int, known: ColumnElement[bool]) -> Select[str, bool]:
        return select(Memory.id, known).where(self.due).order_by(self.order, Memory.id).limit(most)


def steps(now: datetime, settings: MemorySettings) -> Sequence[Step]:
    """All steps, in an order in which none changes what a later one finds.

    Args:
        now: the present moment.
        settings: how long what is kept.
    """
    return [
        Step(
            "expired",
            (Memory.expires_at <= now) & Memory.deleted_at.is_(None),
            Memory.expires_at.expression,
            lambda session, found: removal.bury(session, found, now),
        ),
        Step(
            "grants_ended",
            Memory.id.in_(select(Sharing.memory_id).where(Sharing.expires_at <= now)),
            Memory.created_at.expression,
            lambda session, found: grants.end(session, found, now),
        ),
        Step(
            "versions_dropped",
            Memory.id.in_(
                select(Version.memory_id).group_by(Version.memory_id).having(func.count() > settings.versions_kept)
            ),
            Memory.created_at.expression,
            lambda session, found: _drop_versions(session, found, settings.versions_kept),
        ),
        Step("embeddings_retried", in_status("failed") & present(), Memory.updated_at.expression, _retry),
        Step(
            "purged",
            Memory.deleted_at < now - timedelta(days=settings.undo_days),
            Memory.deleted_at.expression,
            removal.purge,
        ),
    ]


def old_and_unimportant(agent_id: str, namespace: str, before: datetime, below: float) -> ColumnElement[bool]:
    """The condition that a memory of an agent was remembered before a moment and matters less than a limit.

    What was deleted or archived, or whose lifetime is over, is none of them.
    """
    return (
        (Memory.agent_id == agent_id)
        & (Memory.namespace == namespace)
        & present()
        & (Memory.created_at < before)
        & (Memory.importance_score < below)
    )


def _due(session: Session, statement: Select[str, bool]) -> list[Due]:
    return [Due(memory_id, known) for memory_id, known in session.execute(statement)]


def _retry(session: Session, memory_ids: Sequence[str]) -> None:
    session.execute(
        update(Memory)
        .where(Memory.id.in_(memory_ids))
        .values(embedding_status="pending", updated_at=Memory.updated_at)
        .execution_options(synchronize_session=False)
    )


def _drop_versions(session: Session, memory_ids: Sequence[str], versions_kept: int) -> None:
    newest_first = func.row_number().over(partition_by=Version.memory_id, order_by=Version.version.desc())
    numbered = (
        select(Version.memory_id, Version.version, newest_first.label("number"))
        .where(Version.memory_id.in_(memory_ids))
        .subquery()
    )
    surplus = select(numbered.c.memory_id, numbered.c.version).where(numbered.c.number > versions_kept)
    session.execute(
        delete(Version)
        .where(tuple_(Version.memory_id, Version.version).in_(surplus))
        .execution_options(synchronize_session=False)
    )
