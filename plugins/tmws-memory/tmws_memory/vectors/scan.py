"""The default vector index: vectors stand in a table, and each process scans its own copy of what it needs."""

import logging
from collections import OrderedDict
from collections.abc import Collection, Mapping
from threading import Lock

from sqlalchemy.orm import Session

from tmws_memory.vectors.encoding import MalformedVector, decoded, decoded_rows
from tmws_memory.vectors.index import Space, Vectors
from tmws_memory.vectors.matrix import VectorMatrix
from tmws_memory.vectors.rows import changes, keep, newest_revision

logger = logging.getLogger(__name__)


class _Copy:
    """A process's copy of the vectors of one space, and up to which revision it goes."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.matrix = VectorMatrix(space.dimension)
        self._revision = 0
        self._lock = Lock()

    def catch_up(self, session: Session) -> None:
        """Read what has changed since the last time."""
        with self._lock:
            newest = newest_revision(session, self.space)
            if newest <= self._revision:
                return
            for rows in changes(session, self.space, self._revision, newest):
                self._take(dict(rows))
            self._revision = newest

    def _take(self, stored: Mapping[str, bytes | None]) -> None:
        kept = {memory_id: vector for memory_id, vector in stored.items() if vector is not None}
        try:
            vectors = decoded_rows(kept.values(), self.space.dimension)
        except MalformedVector:
            kept = {memory_id: vector for memory_id, vector in kept.items() if self._is_sound(memory_id, vector)}
            vectors = decoded_rows(kept.values(), self.space.dimension)
        self.matrix.discard(stored.keys() - kept.keys())
        self.matrix.put(list(kept), vectors)

    def _is_sound(self, memory_id: str, vector: bytes) -> bool:
        try:
            decoded(vector, self.space.dimension)
        except MalformedVector as error:
            logger.warning("memory %s is found by its words alone: %s", memory_id, error)
            return False
        return True


class VectorScan:
    """Finds the nearest vectors by comparing with every one; exact, and quick enough for some 100,000 a namespace."""

    name = "scan"
    follows_table = True

    def __init__(self, most_bytes: int) -> None:
        """Begin without copies.

        Args:
            most_bytes: how much memory the copies may take together; the one in use stays in any case.
        """
        self._most_bytes = most_bytes
        self._copies: OrderedDict[Space, _Copy] = OrderedDict()
        self._lock = Lock()

    @property
    def nbytes(self) -> int:
        """The bytes of all copies."""
        with self._lock:
            return sum(one.matrix.nbytes for one in self._copies.values())

    def put(self, session: Session, space: Space, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors; see `VectorIndex`."""
        keep(session, space, vectors)

    def nearest(
        self, session: Session, space: Space, query: Vectors, limit: int, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The nearest memories; see `VectorIndex`."""
        return self._current(session, space).nearest(query, limit, among)

    def similarities(self, session: Session, space: Space, query: Vectors, ids: Collection[str]) -> dict[str, float]:
        """The cosines of some memories; see `VectorIndex`."""
        return self._current(session, space, unless_filled=True).similarities(query, ids)

    def _current(self, session: Session, space: Space, *, unless_filled: bool = False) -> VectorMatrix:
        """The vectors of a space; those that are there already will do for what was found among them just before."""
        with self._lock:
            copy = self._copies.setdefault(space, _Copy(space))
            self._copies.move_to_end(space)
        if not (unless_filled and len(copy.matrix)):
            copy.catch_up(session)
        self._make_room()
        return copy.matrix

    def _make_room(self) -> None:
        with self._lock:
            while len(self._copies) > 1 and sum(one.matrix.nbytes for one in self._copies.values()) > self._most_bytes:
                self._copies.popitem(last=False)
