"""To delete memories: first marked and kept for a while, so that it can be undone, then really gone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, update
from sqlalchemy import delete as delete_rows
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_memory import index, twins
from tmws_memory.access import deletable, owned, readable
from tmws_memory.grants import refuse_without
from tmws_memory.models.memory import Memory
from tmws_memory.reading import get


def delete(session: Session, principal: Principal, memory_id: str) -> Memory:
    """Mark a memory as deleted; nobody finds or reads it any more, and its owner can restore it for a while.

    Raises:
        NotFound: there is none with that identifier, or the caller may not see it.
        PermissionDenied: the caller may read it, and not delete it.
    """
    memory = get(session, memory_id, readable(principal)).memory
    refuse_without(session, principal, memory, deletable(principal), "delete")
    memory.deleted_at = utc_now()
    index.remove(session, [memory.id])
    return memory


def archive(session: Session, memories: list[Memory]) -> None:
    """Put memories aside because another one has taken their place; their owner can restore them at any time."""
    for memory in memories:
        memory.archived_at = utc_now()
    index.remove(session, [memory.id for memory in memories])


def restore(session: Session, principal: Principal, memory_id: str) -> Memory:
    """Bring back a deleted or archived memory of the caller.

    Raises:
        NotFound: there is none with that identifier among the caller's deleted and archived ones.
        AlreadyChanged: the caller has remembered the same again in the meantime.
    """
    away = or_(Memory.deleted_at.is_not(None), Memory.archived_at.is_not(None))
    memory = get(session, memory_id, and_(owned(principal), away)).memory
    twins.refuse(session, principal, memory, memory.content_hash)
    try:
        with session.begin_nested():
            memory.deleted_at = memory.archived_at = None
            memory.embedding_status = "pending"
            if memory.expires_at is not None and memory.expires_at <= utc_now():
                memory.expires_at = None
    except IntegrityError:  # only PostgreSQL lets another process store the same text at this very moment
        twins.refuse(session, principal, memory, memory.content_hash)
        raise
    index.add(session, [memory])
    return memory


def bury(session: Session, memory_ids: Sequence[str], now: datetime) -> None:
    """Mark many memories as deleted, as `delete` does with one; whoever calls has seen to it that they may be.

    Args:
        session: a writing session.
        memory_ids: which ones; none of them is deleted yet.
        now: the moment from which on they are kept for a while.
    """
    session.execute(
        update(Memory)
        .where(Memory.id.in_(memory_ids))
        .values(deleted_at=now, version=Memory.version + 1, updated_at=Memory.updated_at)
        .execution_options(synchronize_session=False)
    )
    index.remove(session, memory_ids)


def purge(session: Session, memory_ids: Sequence[str]) -> None:
    """Remove memories for good, with their versions, grants, documents and vectors, which the database sees to."""
    session.execute(delete_rows(Memory).where(Memory.id.in_(memory_ids)).execution_options(synchronize_session=False))
