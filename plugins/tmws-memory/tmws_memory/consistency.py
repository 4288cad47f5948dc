"""Whether the memories and what is derived from them agree: documents, the full-text index, vectors."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tmws_memory.access import kept, present
from tmws_memory.embedding import count_in
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.models.vector import Vector

if TYPE_CHECKING:
    from tmws_memory.vectors.checked import CheckedIndex

HAS_DOCUMENT = exists().where(Document.memory_id == Memory.id)
HAS_VECTOR = exists().where(Vector.memory_id == Memory.id, Vector.vector.is_not(None))
HAS_ITS_VECTOR = exists().where(
    Vector.memory_id == Memory.id, Vector.vector.is_not(None), Vector.model == Memory.embedding_model
)
LEFT_BEHIND = and_(~kept(), or_(HAS_DOCUMENT, HAS_VECTOR))
"""The condition that a memory is deleted or archived, and still in the index."""


@dataclass(frozen=True)
class Counts:
    """What can be counted quickly.

    Attributes:
        memories: how many stand in the index.
        documents: how many documents there are; as many, when all is well.
        pending: how many memories wait for a vector.
        failed: how many could not get one.
        foreign: how many have a vector of another model than the present one.
    """

    memories: int
    documents: int
    pending: int
    failed: int
    foreign: int


@dataclass(frozen=True)
class Consistency:
    """How many memories do not agree with the index; all is well when it is none.

    Attributes:
        undocumented: they should have a document, and have none.
        left_behind: they are deleted or archived, and still have a document or a vector.
        vectorless: they are marked as embedded, and have no vector of the model that they name.
        search_index: whether the full-text index holds exactly the documents.
    """

    undocumented: int
    left_behind: int
    vectorless: int
    search_index: bool

    @property
    def well(self) -> bool:
        """Whether everything agrees."""
        return not (self.undocumented or self.left_behind or self.vectorless) and self.search_index


def count(session: Session, model: str | None) -> Counts:
    """Count what can be counted quickly.

    Args:
        session: a reading session.
        model: the present model; None when there is none.
    """
    # one statement, which sees one moment, also where each statement sees its own
    memories = select(func.count()).select_from(Memory).where(kept()).scalar_subquery()
    documents = select(func.count()).select_from(Document).scalar_subquery()
    indexed, documented = session.execute(select(memories, documents)).one()
    foreign = (
        select(func.count())
        .select_from(Vector)
        .join(Memory, Memory.id == Vector.memory_id)
        .where(Vector.model != model, present())
    )
    return Counts(
        memories=indexed,
        documents=documented,
        pending=count_in(session, "pending"),
        failed=count_in(session, "failed"),
        foreign=0 if model is None else session.scalar(foreign) or 0,
    )


def examine(session: Session, *, vectors_in_table: bool) -> Consistency:
    """Compare every memory with the index.

    Args:
        session: a writing session, for SQLite's check of a full-text index takes one; nothing is written.
        vectors_in_table: whether the vectors stand in the plugin's own table.
    """

    def how_many(*conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(Memory).where(and_(*conditions))) or 0

    return Consistency(
        undocumented=how_many(kept(), ~HAS_DOCUMENT),
        left_behind=how_many(LEFT_BEHIND),
        vectorless=how_many(kept(), Memory.embedding_status == "ready", ~HAS_ITS_VECTOR) if vectors_in_table else 0,
        search_index=search_index_is_sound(session),
    )


def search_index_is_sound(session: Session) -> bool:
    """Whether the full-text index holds exactly the documents; PostgreSQL sees to that itself.

    The command is `integrity-check` with rank 1, which compares an FTS5 index with the table that has its content
    (sqlite.org/fts5.html, section 6.4).

    Args:
        session: a writing session.
    """
    if session.get_bind().dialect.name != "sqlite":
        return True
    check = text("INSERT INTO tmws_memory_search(tmws_memory_search, rank) VALUES ('integrity-check', 1)")
    try:
        session.execute(check)
    except DatabaseError as error:
        if getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_CORRUPT"):
            return False
        raise
    return True


def rebuild_search_index(session: Session) -> None:
    """Make SQLite's full-text index anew out of the documents; others read the former one until it is done."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO tmws_memory_search(tmws_memory_search) VALUES ('rebuild')"))


def keeps_vectors_in_table(index: "CheckedIndex | None") -> bool:
    """Whether a vector index follows the plugin's own table, so that its vectors can be compared with the memories."""
    return index is not None and index.follows_table
