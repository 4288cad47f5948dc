"""The index under which a memory is found: its words, its scope, its session, and in time its vector."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from tmws_memory.models.base import table_of
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.models.vector import Vector
from tmws_memory.scope import Scoped, scope_of, session_token
from tmws_memory.transcript import asks, speaker
from tmws_memory.vector_revision import next_revision
from tmws_memory.words import document


class Indexed(Scoped, Protocol):
    """What the index needs of a memory, be it an entity or a row that is about to be written."""

    @property
    def id(self) -> str: ...  # noqa: D102 -- as in the model

    @property
    def content(self) -> str: ...  # noqa: D102 -- as above

    @property
    def created_at(self) -> datetime: ...  # noqa: D102 -- as above

    @property
    def metadata_json(self) -> Mapping[str, Any]: ...  # noqa: D102 -- as above


def add(session: Session, memories: Sequence[Indexed]) -> None:
    """Index memories that are in no index yet; the vectors follow in the background."""
    rows = [{"memory_id": memory.id, "session_token": _session_token(memory), **_entry(memory)} for memory in memories]
    if rows:
        session.execute(insert(table_of(Document)), _placed(session, rows))


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
        .order_by(Vector.namespace_token, Vector.model)  # two that wait for each other's turn would wait forever
    ).all()
    for namespace_token, model in spaces:
        session.execute(
            update(Vector)
            .where(Vector.memory_id.in_(memory_ids), Vector.namespace_token == namespace_token, Vector.model == model)
            .values(vector=None, revision=next_revision(session, namespace_token, model))
        )


def differs(memory: Memory, document: Document | None) -> bool:
    """Whether a memory has no document, or another one than it would get now."""
    if document is None:
        return True
    entry = {"session_token": _session_token(memory), **_entry(memory)}
    return any(getattr(document, column) != value for column, value in entry.items())


def mend(session: Session, memories: Sequence[Memory]) -> None:
    """Give memories the documents that they should have; one that has its place in a session already keeps it.

    Args:
        session: a writing session.
        memories: in the order in which they were stored.
    """
    known = select(Document).where(Document.memory_id.in_([memory.id for memory in memories]))
    documents = {document.memory_id: document for document in session.scalars(known)}
    for memory in memories:
        document = documents.get(memory.id)
        if document is None:
            continue
        if document.session_token != _session_token(memory):
            session.delete(document)
            del documents[memory.id]
        elif differs(memory, document):
            renew(session, memory)
    session.flush()
    add(session, [memory for memory in memories if memory.id not in documents])


def _session_token(memory: Indexed) -> str | None:
    return session_token(memory.agent_id, memory.namespace, memory.metadata_json.get("session"))


def _entry(memory: Indexed) -> dict[str, Any]:
    return {
        "asks": asks(memory.content),
        "speaker": speaker(memory.content),
        "remembered_at": memory.created_at,
        "scope": scope_of(memory),
        "body": document("\n".join([memory.content, *memory.tags])),
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
