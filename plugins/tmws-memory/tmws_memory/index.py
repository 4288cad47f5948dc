"""The index under which a memory is found: its words, its scope, its session, and in time its vector."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.models.vector import Vector
from tmws_memory.scope import scope_of, session_token
from tmws_memory.vector_revision import next_revision
from tmws_memory.words import indexed


def add(session: Session, memories: Iterable[Memory]) -> None:
    """Index memories that are in no index yet; the vectors follow in the background."""
    rows = [{"memory_id": memory.id, **_entry(memory)} for memory in memories]
    if rows:
        session.execute(insert(Document), rows)


def renew(session: Session, memory: Memory) -> None:
    """Index a memory anew after a change of its text, type or tags."""
    session.execute(update(Document).where(Document.memory_id == memory.id).values(_entry(memory)))


def remove(session: Session, memory_ids: Sequence[str]) -> None:
    """Take memories out of the index; they are not found any more."""
    session.execute(delete(Document).where(Document.memory_id.in_(memory_ids)))
    spaces = session.execute(
        select(Vector.namespace_token, Vector.model).where(Vector.memory_id.in_(memory_ids)).distinct()
    ).all()
    for namespace_token, model in spaces:
        session.execute(
            update(Vector)
            .where(
                Vector.memory_id.in_(memory_ids), Vector.namespace_token == namespace_token, Vector.model == model
            )
            .values(vector=None, revision=next_revision(session, namespace_token, model))
        )


def _entry(memory: Memory) -> dict[str, str | None]:
    return {
        "session_token": session_token(memory.agent_id, memory.namespace, memory.metadata_json.get("session")),
        "scope": scope_of(memory),
        "body": indexed("\n".join([memory.content, *memory.tags])),
    }
