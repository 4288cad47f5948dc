"""To give memories out as they are: page by page in a fixed order, never one that the caller cannot read."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.database import Database
from tmws_memory import grants
from tmws_memory.access import owned, present, readable
from tmws_memory.exchange.record import Fault, Record, build
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing

_MEMORIES_AT_ONCE = 100

Position = tuple[datetime, str]
"""The moment at which a memory was made, and its identifier: the order of an export."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which memories are meant.

    Attributes:
        namespace: where they belong; None for all namespaces.
        all_readable: also those of others that the caller can read, instead of the caller's own alone.
        archived: also the caller's own that are in the archive.
    """

    namespace: str | None = None
    all_readable: bool = False
    archived: bool = False

    def condition(self, principal: Principal) -> ColumnElement[bool]:
        """The condition that a memory is meant, and the caller's to read."""
        meant = readable(principal) if self.all_readable else and_(owned(principal), present())
        if self.archived:
            meant = or_(meant, and_(owned(principal), Memory.archived_at.is_not(None), Memory.deleted_at.is_(None)))
        return meant if self.namespace is None else and_(Memory.namespace == self.namespace, meant)


@dataclass(frozen=True)
class Page:
    """A part of an export: records, faults for what cannot be one, and where the next part begins; None at the end."""

    items: Sequence[Record | Fault]
    next: Position | None


def count(session: Session, principal: Principal, selection: Selection) -> int:
    """How many memories an export has."""
    return session.scalar(select(func.count()).select_from(Memory).where(selection.condition(principal))) or 0


def page(
    session: Session,
    principal: Principal,
    selection: Selection,
    after: Position | None = None,
    limit: int = _MEMORIES_AT_ONCE,
) -> Page:
    """A part of an export, oldest first.

    Args:
        session: a reading session.
        principal: who asks.
        selection: which memories.
        after: where the part before ended.
        limit: how many memories at most.
    """
    statement = select(Memory).where(selection.condition(principal))
    if after is not None:
        statement = statement.where(tuple_(Memory.created_at, Memory.id) > tuple_(*after))
    memories = session.scalars(statement.order_by(Memory.created_at, Memory.id).limit(limit)).all()
    granted = _granted(session, [memory.id for memory in memories if memory.agent_id == principal.agent_id])
    items = [_record(memory, granted.get(memory.id, [])) for memory in memories]
    return Page(items, (memories[-1].created_at, memories[-1].id) if len(memories) == limit else None)


async def pages(
    database: Database, principal: Principal, selection: Selection
) -> AsyncIterator[Sequence[Record | Fault]]:
    """An export in parts, each read in a transaction of its own.

    What is stored or changed meanwhile is in it or not; nothing is in it twice.
    """
    after: Position | None = None
    while True:
        work = partial(page, principal=principal, selection=selection, after=after)
        part = await database.transaction(work, read_only=True)
        yield part.items
        after = part.next
        if after is None:
            return


def _granted(session: Session, memory_ids: Sequence[str]) -> dict[str, list[Sharing]]:
    granted: dict[str, list[Sharing]] = {}
    for grant in grants.of(session, memory_ids) if memory_ids else ():
        granted.setdefault(grant.memory_id, []).append(grant)
    return granted


def _record(memory: Memory, granted: Sequence[Sharing]) -> Record | Fault:
    values = {
        "content": memory.content,
        "id": memory.id,
        "memory_type": memory.memory_type,
        "tags": memory.tags,
        "importance": memory.importance_score,
        "relevance": memory.relevance_score,
        "context": memory.context,
        "source_url": memory.source_url,
        "namespace": memory.namespace,
        "agent_id": memory.agent_id,
        "access_level": memory.access_level,
        "session": memory.metadata_json.get("session"),
        "summary": memory.summary,
        "created_at": memory.created_at,
        "updated_at": memory.updated_at,
        "expires_at": memory.expires_at,
        "archived_at": memory.archived_at,
        "version": memory.version,
        "grants": [
            {"agent_id": one.shared_with_agent_id, "permission": one.permission, "expires_at": one.expires_at}
            for one in granted
        ],
    }
    return build(values, f"memory {memory.id}", None)
