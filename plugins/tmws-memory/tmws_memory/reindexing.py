"""To bring the index in line with the memories, batch by batch, while others go on reading and writing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, true, tuple_
from sqlalchemy.orm import Session

from tmws_memory import index
from tmws_memory.access import kept, present
from tmws_memory.consistency import HAS_ITS_VECTOR, LEFT_BEHIND
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory

Place = tuple[str, datetime, str]
"""Namespace, moment and identifier: in this order the memories of a session follow each other as they were stored."""


@dataclass(frozen=True)
class Compared:
    """A batch of memories that were compared with their documents.

    Attributes:
        last: the place of the last one.
        size: how many there were.
        wrong: the identifiers of those whose document is missing, or is not what it should be.
    """

    last: Place
    size: int
    wrong: Sequence[str]


def compare(session: Session, after: Place | None, most: int) -> Compared | None:
    """Compare the next memories with their documents.

    Args:
        session: a reading session.
        after: the place after which to begin; None at the first.
        most: how many memories.

    Returns:
        What was found; None when no memory is left.
    """
    pairs = select(Memory, Document).outerjoin(Document, Document.memory_id == Memory.id).where(kept())
    place = Memory.namespace, Memory.created_at, Memory.id
    if after is not None:
        pairs = pairs.where(tuple_(*place) > tuple_(*after))
    found = session.execute(pairs.order_by(*place).limit(most)).all()
    if not found:
        return None
    wrong = [memory.id for memory, document in found if index.differs(memory, document)]
    return Compared(_place(found[-1][0]), len(found), wrong)


def mend(session: Session, memory_ids: Sequence[str]) -> int:
    """Give memories the documents that they should have, as far as they are still there.

    Args:
        session: a writing session.
        memory_ids: which ones.

    Returns:
        How many are still there.
    """
    # nobody else changes them before this transaction ends
    chosen = select(Memory).where(Memory.id.in_(memory_ids), kept()).order_by(Memory.id).with_for_update()
    memories = session.scalars(chosen).all()
    index.mend(session, sorted(memories, key=_place))
    return len(memories)


def take_out(session: Session, most: int) -> int:
    """Take deleted and archived memories out of the index that were left behind there.

    Args:
        session: a writing session.
        most: how many at most.

    Returns:
        How many there were.
    """
    found = session.scalars(
        select(Memory.id).where(LEFT_BEHIND).order_by(Memory.id).limit(most).with_for_update()
    ).all()
    if found:
        index.remove(session, found)
    return len(found)


def to_compare(session: Session) -> int:
    """How many memories there are to compare with their documents."""
    return session.scalar(select(func.count()).select_from(Memory).where(kept())) or 0


def to_embed(session: Session, condition: ColumnElement[bool]) -> int:
    """How many memories there are to embed."""
    return session.scalar(select(func.count()).select_from(Memory).where(condition, present())) or 0


def without_vector_of(model: str, dimension: int, *, everything: bool, in_table: bool) -> ColumnElement[bool]:
    """The condition that a memory is to be embedded anew.

    Args:
        model: the present model.
        dimension: how many numbers its vectors have.
        everything: also those that have its vector.
        in_table: whether the vectors stand in the plugin's own table, so that a missing one is noticed.
    """
    if everything:
        return true()
    return or_(
        Memory.embedding_status != "ready",
        Memory.embedding_model.is_distinct_from(model),
        Memory.embedding_dimension.is_distinct_from(dimension),
        *([~HAS_ITS_VECTOR] if in_table else []),
    )


def _place(memory: Memory) -> Place:
    return memory.namespace, memory.created_at, memory.id
