"""Twins: of several memories of one owner in one namespace with the same text, only one is present at a time."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.tool_errors import AlreadyChanged
from tmws_memory import index
from tmws_memory.models.base import table_of
from tmws_memory.models.memory import Memory

AT_ONCE = 500
# of columns, and made once: most of what is stored has no twin, and every store asks
_MEMORIES = table_of(Memory).c
_PRESENT = select(_MEMORIES.id).where(
    _MEMORIES.content_hash.in_(bindparam("digests", expanding=True)),
    _MEMORIES.agent_id.in_(bindparam("agent_ids", expanding=True)),
    _MEMORIES.deleted_at.is_(None),
    _MEMORIES.archived_at.is_(None),
)


def present(session: Session, agent_ids: Collection[str], digests: Sequence[str]) -> list[Memory]:
    """The memories of some owners that have certain texts now.

    Those whose lifetime is over are deleted on the way, so that they make room for what is written next.

    Args:
        session: a writing session.
        agent_ids: the owners.
        digests: the digests of the texts.
    """
    found: list[Memory] = []
    for start in range(0, len(digests), AT_ONCE):
        asked = {"agent_ids": list(agent_ids), "digests": digests[start : start + AT_ONCE]}
        if identifiers := session.scalars(_PRESENT, asked).all():
            found += _living(session, session.scalars(select(Memory).where(Memory.id.in_(identifiers))).all())
    return found


def refuse(session: Session, principal: Principal, memory: Memory, digest: str) -> None:
    """Refuse a text for a memory that another one has already.

    Raises:
        AlreadyChanged: another one has it; to its owner alone, the details name it.
    """
    mine = (one for one in present(session, [memory.agent_id], [digest]) if one.namespace == memory.namespace)
    twin = next(mine, None)
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
