"""Vectors as rows of the database: written in the transaction of what they belong to, and read by their revision.

Whatever finds the nearest ones, this table is what it follows, so that nothing has to be embedded again when another
index takes over.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from sqlalchemy import Delete, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from tmws_memory.membership import as_parameter, is_one_of
from tmws_memory.models.base import table_of
from tmws_memory.models.vector import Vector
from tmws_memory.vector_revision import next_revision
from tmws_memory.vectors.encoding import decoded, encoded
from tmws_memory.vectors.index import Space, Vectors

_ROWS_AT_ONCE = 10_000
_IDS_AT_ONCE = 500
_VECTORS = Vector.__table__.c
_NEWEST = select(func.max(_VECTORS.revision)).where(
    _VECTORS.namespace_token == bindparam("namespace_token"), _VECTORS.model == bindparam("model")
)

Change = tuple[str, bytes | None]
"""A memory, and its vector as it is stored, or None when it has none any more."""


def keep(session: Session, space: Space, vectors: Mapping[str, Vectors]) -> None:
    """Write vectors, instead of the former ones of the same memories.

    Args:
        session: a writing session.
        space: where they belong.
        vectors: by memory, each of shape (dimension,).

    Raises:
        MalformedVector: one has a number that half precision does not have.
    """
    if not vectors:
        return
    revision = next_revision(session, space.namespace_token, space.model)
    rows = [
        {
            "memory_id": memory_id,
            "namespace_token": space.namespace_token,
            "model": space.model,
            "revision": revision,
            "vector": encoded(vector),
        }
        for memory_id, vector in vectors.items()
    ]
    dialect, connection = session.get_bind().dialect.name, session.connection()
    connection.execute(_former(dialect), {"identifiers": as_parameter(list(vectors), dialect)})
    connection.execute(insert(table_of(Vector)), rows)


@cache
def _former(dialect: str) -> Delete:
    """The statement that takes away the vectors of the parameter `identifiers`."""
    return delete(table_of(Vector)).where(is_one_of(_VECTORS.memory_id, "identifiers", dialect))


def newest_revision(session: Session, space: Space) -> int:
    """The revision of the last change in a space; 0 when there was none."""
    asked = {"namespace_token": space.namespace_token, "model": space.model}
    return session.scalar(_NEWEST, asked) or 0


def revision_after(session: Session, space: Space, after: int, rows: int) -> int:
    """Up to which revision to read, to read about so many rows; that of the last change when there are fewer.

    Args:
        session: a reading session.
        space: where to look.
        after: the revision that is known already.
        rows: how many, at least 1.
    """
    here = (Vector.namespace_token == space.namespace_token, Vector.model == space.model, Vector.revision > after)
    nth = select(Vector.revision).where(*here).order_by(Vector.revision).offset(rows - 1).limit(1)
    return session.scalar(nth) or newest_revision(session, space)


def identifiers(session: Session, space: Space) -> set[str]:
    """The memories that have a vector in a space."""
    kept = select(Vector.memory_id).where(
        Vector.namespace_token == space.namespace_token, Vector.model == space.model, Vector.vector.is_not(None)
    )
    return set(session.scalars(kept))


def changes(session: Session, space: Space, after: int, until: int) -> Iterator[Sequence[Change]]:
    """What has changed in a space between two revisions, in their order, some thousand rows at a time.

    Args:
        session: a reading session.
        space: where to look.
        after: the revision that is known already.
        until: the last revision to read.
    """
    changed = (
        select(Vector.memory_id, Vector.vector)
        .where(
            Vector.namespace_token == space.namespace_token,
            Vector.model == space.model,
            Vector.revision > after,
            Vector.revision <= until,
        )
        .order_by(Vector.revision)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for rows in session.execute(changed).partitions():
        yield [(memory_id, vector) for memory_id, vector in rows]


def stored(session: Session, space: Space, memory_ids: Sequence[str]) -> dict[str, Vectors]:
    """The vectors of some memories, as far as they have one.

    Args:
        session: a reading session.
        space: where to look.
        memory_ids: the memories.
    """
    found: dict[str, Vectors] = {}
    here = (Vector.namespace_token == space.namespace_token, Vector.model == space.model)
    for start in range(0, len(memory_ids), _IDS_AT_ONCE):
        some = Vector.memory_id.in_(memory_ids[start : start + _IDS_AT_ONCE])
        statement = select(Vector.memory_id, Vector.vector).where(*here, some, Vector.vector.is_not(None))
        for memory_id, vector in session.execute(statement):
            if vector is not None:
                found[memory_id] = decoded(vector, space.dimension)
    return found
