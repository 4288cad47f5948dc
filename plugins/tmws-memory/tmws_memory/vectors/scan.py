"""The default vector index: vectors stand in a table, and each process scans its own copy of what it needs."""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from threading import Lock

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from tmws_memory.models.vector import Vector
from tmws_memory.vector_revision import next_revision
from tmws_memory.vectors.encoding import decoded_rows, encoded
from tmws_memory.vectors.index import Space, Vectors
from tmws_memory.vectors.matrix import VectorMatrix

_ROWS_AT_ONCE = 10_000
_IDS_AT_ONCE = 500


class _Copy:
    """A process's copy of the vectors of one space, and up to which revision it goes."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.matrix = VectorMatrix(space.dimension)
        self._revision = 0
        self._lock = Lock()

    def catch_up(self, session: Session) -> None:
        """Read what has changed since the last time."""
        here = (Vector.namespace_token == self.space.namespace_token, Vector.model == self.space.model)
        with self._lock:
            newest = session.scalar(select(func.max(Vector.revision)).where(*here)) or 0
            if newest <= self._revision:
                return
            changed = (
                select(Vector.memory_id, Vector.vector)
                .where(*here, Vector.revision > self._revision, Vector.revision <= newest)
                .execution_options(yield_per=_ROWS_AT_ONCE)
            )
            for rows in session.execute(changed).partitions():
                self.matrix.discard([memory_id for memory_id, vector in rows if vector is None])
                kept = [(memory_id, vector) for memory_id, vector in rows if vector is not None]
                vectors = decoded_rows([vector for _, vector in kept], self.space.dimension)
                self.matrix.put([memory_id for memory_id, _ in kept], vectors)
            self._revision = newest


class VectorScan:
    """Finds the nearest vectors by comparing with every one; exact, and quick enough for some 100,000 a namespace."""

    name = "scan"

    def __init__(self, most_bytes: int) -> None:
        """Begin without copies.

        Args:
            most_bytes: how much memory the copies may take together; the one in use stays in any case.
        """
        self._most_bytes = most_bytes
        self._copies: OrderedDict[Space, _Copy] = OrderedDict()
        self._lock = Lock()

    def put(self, session: Session, space: Space, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors; see `VectorIndex`."""
        revision = next_revision(session, space.namespace_token, space.model)
        session.execute(delete(Vector).where(Vector.memory_id.in_(list(vectors))))
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
        if rows:
            session.execute(insert(Vector), rows)

    def nearest(
        self, session: Session, space: Space, query: Vectors, limit: int, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The nearest memories; see `VectorIndex`."""
        return self._current(session, space).nearest(query, limit, among)

    def similarities(self, session: Session, space: Space, query: Vectors, ids: Collection[str]) -> dict[str, float]:
        """The cosines of some memories; see `VectorIndex`."""
        return self._current(session, space).similarities(query, ids)

    def vectors(self, session: Session, space: Space, ids: Collection[str]) -> dict[str, Vectors]:
        """The vectors of some memories as the table holds them; see `GivesVectors`."""
        found: dict[str, Vectors] = {}
        here = (Vector.namespace_token == space.namespace_token, Vector.model == space.model)
        wanted = list(ids)
        for start in range(0, len(wanted), _IDS_AT_ONCE):
            some = Vector.memory_id.in_(wanted[start : start + _IDS_AT_ONCE])
            statement = select(Vector.memory_id, Vector.vector).where(*here, some, Vector.vector.is_not(None))
            rows = [(memory_id, vector) for memory_id, vector in session.execute(statement) if vector is not None]
            decoded = decoded_rows([vector for _, vector in rows], space.dimension)
            found.update(zip((memory_id for memory_id, _ in rows), decoded, strict=True))
        return found

    def _current(self, session: Session, space: Space) -> VectorMatrix:
        with self._lock:
            copy = self._copies.setdefault(space, _Copy(space))
            self._copies.move_to_end(space)
        copy.catch_up(session)
        self._make_room()
        return copy.matrix

    def _make_room(self) -> None:
        with self._lock:
            while len(self._copies) > 1 and sum(one.matrix.nbytes for one in self._copies.values()) > self._most_bytes:
                self._copies.popitem(last=False)
