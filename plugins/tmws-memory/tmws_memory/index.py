"""The index under which a memory is found: its words, its scope, its session, and in time its vector."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.models.vector import Vector
from tmws_memory.scope import scope_of, session_token
from tmws_memory.transcript import asks, speaker
from tmws_memory.vector_revision import next_revision
from tmws_memory.words import indexed


def add(session: Session, memories: Sequence[Memory]) -> None:
    """Index memories that are in no index yet; the vectors follow in the background."""
    rows = [{"memory_id": memory.id, "session_token": _session_token(memory), **_entry(memory)} for memory in memories]
    if rows:
        session.execute(insert(Document), _placed(session, rows))


def renew(session: Session, memory: Memory) -> None:
    """Index a memory anew after a change; it keeps its place in its session."""
    session.execute(update(Document).where(Document.memory_id == memory.id).values(_entry(memory)))


def remove(session: Session, memory_ids: Sequence[str]) -> None:
    """Take memories out of the index; they are not found any more."""
    session.execute(delete(Document).where(Document.memory_id.in_(memory_ids)))
    spaces = session.execute(
        select(Vector.namespace_token, Vector.model)
        .where(Vector.memory_id.in_(memory_ids))
        .distinct()
        .order_by(Vector.namespace_token, Vector.model)
    ).all()
    for namespace_token, model in spaces:
        session.execute(
            update(Vector)
            .where(Vector.memory_id.in_(memory_ids), Vector.namespace_token == namespace_token, Vector.model == model)
            .values(vector=None, revision=next_revision(session, namespace_token, model))
        )


def _session_token(memory: Memory) -> str | None:
    return session_token(memory.agent_id, memory.namespace, memory.metadata_json.get("session"))


def _entry(memory: Memory) -> dict[str, Any]:
    return {
        "asks": asks(memory.content),
        "speaker": speaker(memory.content),
        "scope": scope_of(memory),
        "body": indexed("\n".join([memory.content, *memory.tags])),
    }


def _placed(session: Session, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, each with its position in its session."""
    tokens = {row["session_token"] for row in rows} - {None}
    last: dict[str, int] = {}
    if tokens:
        known = select(Document.session_token, func.max(Document.position)).where(Document.session_token.in_(tokens))
        for token, position in session.execute(known.group_by(Document.session_token)):
            last[str(token)] = position or 0
    for row in rows:
        token = row["session_token"]
        row["position"] = None if token is None else last.get(token, 0) + 1
        if token is not None:
            last[token] = row["position"]
    return rows
