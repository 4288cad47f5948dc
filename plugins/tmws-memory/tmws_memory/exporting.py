"""To give memories out as they are: page by page in a fixed order, never one that the caller cannot read."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.database import Database
from tmws_memory import grants
from tmws_memory.access import archived, owned, present, readable
from tmws_memory.exchange.record import Fault, Record, build
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing

_MEMORIES_AT_ONCE = 100


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
            meant = or_(meant, archived(principal))
        return meant if self.namespace is None else and_(Memory.namespace == self.namespace, meant)


def order(session: Session, principal: Principal, selection: Selection) -> list[str]:
    """The identifiers of the memories of an export, oldest first, and those of one moment as in their session.

    So an import, which takes them in this order, brings the sessions back as well.

    Args:
        session: a reading session.
        principal: who asks.
        selection: which memories.
    """
    statement = (
        select(Memory.id)
        .outerjoin(Document, Document.memory_id == Memory.id)
        .where(selection.condition(principal))
        .order_by(Memory.created_at, func.coalesce(Document.session_token, ""), Document.position, Memory.id)
    )
    return list(session.scalars(statement))


def page(
    session: Session, principal: Principal, selection: Selection, memory_ids: Sequence[str]
) -> list[Record | Fault]:
    """Some memories of an export, in the order of their identifiers, and faults for those that no record can be.

    Args:
        session: a reading session.
        principal: who asks.
        selection: which memories; one that is not among them any more is left out.
        memory_ids: which of them.
    """
    statement = select(Memory).where(Memory.id.in_(memory_ids), selection.condition(principal))
    found = {memory.id: memory for memory in session.scalars(statement)}
    granted = _granted(session, [memory.id for memory in found.values() if memory.agent_id == principal.agent_id])
    memories = [found[memory_id] for memory_id in memory_ids if memory_id in found]
    return [_record(memory, granted.get(memory.id, [])) for memory in memories]


async def pages(
    database: Database, principal: Principal, selection: Selection, memory_ids: Sequence[str]
) -> AsyncIterator[list[Record | Fault]]:
    """An export in parts, each read in a transaction of its own.

    Args:
        database: where the memories are.
        principal: who asks.
        selection: which memories.
        memory_ids: their order. What is stored later is not exported, and what is deleted meanwhile is not either.
    """
    for start in range(0, len(memory_ids), _MEMORIES_AT_ONCE):
        part = memory_ids[start : start + _MEMORIES_AT_ONCE]
        work = partial(page, principal=principal, selection=selection, memory_ids=part)
        yield await database.transaction(work, read_only=True)


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
