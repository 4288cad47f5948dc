"""Memories as condensing and the search for patterns look at them: within bounds, with vectors where there are any."""

from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tmws_memory.condensing.item import Item
from tmws_memory.meaning import Meaning
from tmws_memory.models.memory import Memory
from tmws_memory.scope import namespace_token
from tmws_memory.vectors.index import Space
from tmws_memory.vectors.rows import stored

MOST_MEMORIES = 10_000
MOST_CHARACTERS_FOR_DUPLICATES = 5_000_000
MOST_CHARACTERS_FOR_TOPICS = 1_000_000
"""Topics take far longer to find than duplicates; a call has half a minute by default."""
MOST_CHARACTERS_EACH = 50_000
"""A longer memory is a document, which is compared with nothing as a whole."""
_ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Corpus:
    """Memories to be compared.

    Attributes:
        items: the memories, the newest first.
        is_complete: whether no memory was left out because of the bounds.
    """

    items: list[Item]
    is_complete: bool


async def space_of(meaning: Meaning, namespace: str) -> Space | None:
    """Where the vectors of a namespace are; None when there is no embedder."""
    embedder = await meaning.embedder()
    return None if embedder is None else Space(namespace_token(namespace), embedder.name, embedder.dimension)


def load(session: Session, condition: ColumnElement[bool], space: Space | None, most_characters: int) -> Corpus:
    """The newest memories that fulfil a condition: at most 10,000, none with more than 50,000 characters.

    Args:
        session: a reading session.
        condition: which memories; the access rule is part of it.
        space: where their vectors are, if anywhere.
        most_characters: how long they may be together.
    """
    columns = (Memory.id, Memory.content, Memory.tags, Memory.memory_type, Memory.metadata_json, Memory.created_at)
    newest = (
        select(*columns)
        .where(condition, func.length(Memory.content) <= MOST_CHARACTERS_EACH)
        .order_by(Memory.created_at.desc(), Memory.id.desc())
        .limit(MOST_MEMORIES)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    items: list[Item] = []
    left = most_characters
    for memory_id, content, tags, memory_type, about, created_at in session.execute(newest):
        left -= len(content)
        if left < 0:
            break
        items.append(Item(memory_id, content, tuple(tags), memory_type, about.get("session"), created_at))
    total = session.scalar(select(func.count()).select_from(Memory).where(condition)) or 0
    return Corpus(_with_vectors(session, items, space), len(items) == total)


def item_of(memory: Memory) -> Item:
    """One memory, without its vector."""
    return Item(
        id=memory.id,
        content=memory.content,
        tags=tuple(memory.tags),
        memory_type=memory.memory_type,
        session=memory.metadata_json.get("session"),
        created_at=memory.created_at,
    )


def _with_vectors(session: Session, items: list[Item], space: Space | None) -> list[Item]:
    if space is None:
        return items
    known = stored(session, space, [item.id for item in items])
    return [replace(item, vector=known[item.id].astype(np.float32)) if item.id in known else item for item in items]
