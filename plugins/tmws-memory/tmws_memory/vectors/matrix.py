"""The vectors of one namespace and one model in memory, searched exactly."""

from collections.abc import Collection, Iterable, Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tmws_memory.vectors.normalisation import normalised

_FEWEST_ROWS = 16
# so many rows gathered cost about as much as the whole matrix read in order
_GATHERED_SHARE = 4


class VectorMatrix:
    """Vectors by id, compared by the cosine of their angle. All methods may be called from any thread."""

    def __init__(self, dimension: int) -> None:
        """Begin without vectors.

        Raises:
            ValueError: the dimension is not positive.
        """
        if dimension < 1:
            raise ValueError(f"a vector has 1 dimension or more, not {dimension}")
        self.dimension = dimension
        self._lock = Lock()
        self._ids: list[str] = []
        self._row_of: dict[str, int] = {}
        self._rows = np.empty((_FEWEST_ROWS, dimension), np.float32)

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def nbytes(self) -> int:
        """The bytes of the matrix, with the room that is kept for more rows; the ids are not counted."""
        return self._rows.nbytes

    def put(self, ids: Sequence[str], vectors: NDArray[np.floating[Any]]) -> None:
        """Add vectors; one whose id is known replaces the former one, and of equal ids the last counts.

        Args:
            ids: whose vectors they are.
            vectors: one a row, of any length; a row of zeros is at a right angle to everything.

        Raises:
            ValueError: the shape is not (number of ids, dimension), or a number is not finite. Nothing was added.
        """
        if vectors.shape != (len(ids), self.dimension):
            raise ValueError(
                f"{len(ids)} ids go with vectors of shape {(len(ids), self.dimension)}, not {vectors.shape}"
            )
        if not np.isfinite(vectors).all():
            raise ValueError("a vector has a number that is not finite; embed its text again")
        directions = normalised(vectors)
        last = {identifier: place for place, identifier in enumerate(ids)}
        with self._lock:
            new = [identifier for identifier in last if identifier not in self._row_of]
            self._row_of.update(zip(new, range(len(self._ids), len(self._ids) + len(new)), strict=True))
            self._ids.extend(new)
            self._make_room()
            self._rows[[self._row_of[identifier] for identifier in last]] = directions[list(last.values())]

    def discard(self, ids: Iterable[str]) -> None:
        """Take vectors out; an id that is not known is passed over."""
        with self._lock:
            for identifier in ids:
                row = self._row_of.pop(identifier, None)
                if row is not None:
                    self._fill_with_last(row)
            self._make_room()

    def nearest(
        self, query: NDArray[np.floating[Any]], limit: int, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The ids whose vectors are most similar to a query.

        Every vector is compared. The fast product in single precision only picks the candidates, with a margin of
        twice its rounding error; these are compared again in double precision, so that equal vectors have equal
        similarities wherever they stand in the matrix.

        Args:
            query: one vector of any length. Nothing is near to one of zeros.
            limit: how many at most.
            among: only these ids; those that are not known are passed over.

        Returns:
            The ids with their similarities, from -1 to 1, the best first, equal ones by id.

        Raises:
            ValueError: the query is not of shape (dimension,) and finite, or the limit is negative.
        """
        if limit < 0:
            raise ValueError(f"limit is {limit}; ask for 0 or more")
        direction = self._direction(query)
        with self._lock:
            rows = None if among is None else self._rows_of(among)
            if not limit or not direction.any() or not len(self._ids) or (rows is not None and not rows.size):
                return []
            candidates = self._candidates(direction, limit, rows)
            found = zip(self._names(candidates), self._similarities(direction, candidates), strict=True)
            return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:limit]

    def similarities(self, query: NDArray[np.floating[Any]], ids: Collection[str]) -> dict[str, float]:
        """How similar the vectors of some ids are to a query.

        Args:
            query: one vector of any length; to one of zeros everything has the similarity 0.
            ids: whose vectors; those that are not known are left out.

        Returns:
            The cosine by id, from -1 to 1; the same numbers as `nearest` gives.

        Raises:
            ValueError: the query is not of shape (dimension,) and finite.
        """
        direction = self._direction(query)
        with self._lock:
            rows = self._rows_of(ids)
            return dict(zip(self._names(rows), self._similarities(direction, rows), strict=True))

    def _direction(self, query: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        if query.shape != (self.dimension,):
            raise ValueError(f"a query here has shape {(self.dimension,)}, not {query.shape}")
        if not np.isfinite(query).all():
            raise ValueError("the query has a number that is not finite")
        return normalised(query[np.newaxis]).reshape(self.dimension)

    def _candidates(
        self, direction: NDArray[np.float32], limit: int, rows: NDArray[np.intp] | None
    ) -> NDArray[np.intp]:
        if rows is None or rows.size * _GATHERED_SHARE > len(self._ids):
            scores = np.vecdot(self._rows[: len(self._ids)], direction)
            scores = scores if rows is None else scores[rows]
        else:
            scores = np.vecdot(self._rows[rows], direction)
        if limit >= scores.size:
            return np.arange(scores.size) if rows is None else rows
        last = scores[np.argpartition(scores, -limit)[-limit]]
        # a dot product of n terms is off by n·u at most for unit vectors, in any order of summation: Higham, Accuracy
        # and Stability of Numerical Algorithms, 3.1; eps is 2u, and both sides of the comparison are off
        margin = self.dimension * np.finfo(np.float32).eps
        places = np.flatnonzero(scores >= last - margin)
        return places if rows is None else rows[places]

    def _similarities(self, direction: NDArray[np.float32], rows: NDArray[np.intp]) -> list[float]:
        products = self._rows[rows].astype(np.float64) * direction
        similarities: list[float] = products.sum(axis=1).clip(-1, 1).tolist()
        return similarities

    def _rows_of(self, ids: Collection[str]) -> NDArray[np.intp]:
        known = (self._row_of.get(identifier) for identifier in dict.fromkeys(ids))
        return np.array([row for row in known if row is not None], np.intp)

    def _names(self, rows: NDArray[np.intp]) -> list[str]:
        return [self._ids[row] for row in rows.tolist()]

    def _fill_with_last(self, row: int) -> None:
        last = self._ids.pop()
        if row < len(self._ids):
            self._ids[row] = last
            self._row_of[last] = row
            self._rows[row] = self._rows[len(self._ids)]

    def _make_room(self) -> None:
        """Double the matrix until all rows fit; halve it while three quarters are empty."""
        capacity = len(self._rows)
        while capacity < len(self._ids):
            capacity *= 2
        while capacity > _FEWEST_ROWS and len(self._ids) * 4 <= capacity:
            capacity //= 2
        if capacity != len(self._rows):
            kept = min(capacity, len(self._rows))
            rows = np.empty((capacity, self.dimension), np.float32)
            rows[:kept] = self._rows[:kept]
            self._rows = rows
