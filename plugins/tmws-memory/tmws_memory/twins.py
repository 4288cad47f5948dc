"""Twins: of several memories of one owner in one namespace with the same text, only one is present at a time."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.tool_errors import AlreadyChanged
from tmws_memory import index
from tmws_memory.models.memory import Memory

AT_ONCE = 500

Key = tuple[str, str]
"""A namespace, and the digest of a text."""


def present(session: Session, agent_id: str, digests: Sequence[str]) -> dict[Key, Memory]:
    """The memories of an owner that have certain texts now.

    Those whose lifetime is over are deleted on the way, so that they make room for what is written next.

    Args:
        session: a writing session.
        agent_id: the owner.
        digests: the digests of the texts.
    """
    found: dict[Key, Memory] = {}
    for start in range(0, len(digests), AT_ONCE):
        rows = session.scalars(
            select(Memory).where(
                Memory.content_hash.in_(digests[start : start + AT_ONCE]),
                Memory.agent_id == agent_id,
                Memory.deleted_at.is_(None),
                Memory.archived_at.is_(None),
            )
        ).all()
        found |= {(memory.namespace, memory.content_hash): memory for memory in _living(session, rows)}
    return found


def refuse(session: Session, principal: Principal, memory: Memory, digest: str) -> None:
    """Refuse a text for a memory that another one has already.

    Raises:
        AlreadyChanged: another one has it; to its owner alone, the details name it.
    """
    twin = present(session, memory.agent_id, [digest]).get((memory.namespace, digest))
    if twin is None or twin is memory:
        return
    if memory.agent_id != principal.agent_id:  # which one it is may be hidden from who only was granted this one
        raise AlreadyChanged("another memory of its owner has that text already", hint="give another text")
    raise AlreadyChanged(
        f"memory {twin.id!r} has that text already", hint="delete one of the two", details={"memory_id": twin.id}
    )


def _living(session: Session, memories: Iterable[Memory]) -> list[Memory]:
    living = []
    for memory in memories:
        if memory.expires_at is not None and memory.expires_at <= utc_now():
            memory.deleted_at = utc_now()
            index.remove(session, [memory.id])
        else:
            living.append(memory)
    session.flush()
    return living
