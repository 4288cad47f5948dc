"""The vectors of versions of skills, kept in the process for as long as there is room."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


class Vectors:
    """Vectors by the key of the version that they belong to: a version never changes, and neither does its vector.

    It is safe to use from several threads.
    """

    def __init__(self, most: int) -> None:
        """Begin without any.

        Args:
            most: how many are kept; those not asked for longest go first.
        """
        self._most = most
        self._kept: OrderedDict[str, Vector] = OrderedDict()
        self._lock = Lock()
        # most searches ask for the same ones as the search before
        self._last: tuple[list[str], NDArray[np.float32]] | None = None

    def missing(self, keys: Iterable[str]) -> list[str]:
        """Those of some keys whose vectors are not known, each once."""
        with self._lock:
            return [key for key in dict.fromkeys(keys) if key not in self._kept]

    def keep(self, keys: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep one row for each key."""
        with self._lock:
            for key, vector in zip(keys, vectors, strict=True):
                self._kept[key] = vector
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def similarities(self, keys: Iterable[str], question: Vector) -> Mapping[str, float]:
        """The cosines of the known ones among some keys with a question."""
        known, matrix = self._matrix(list(dict.fromkeys(keys)))
        if not known:
            return {}
        return dict(zip(known, (matrix @ question).tolist(), strict=True))

    def _matrix(self, keys: list[str]) -> tuple[list[str], NDArray[np.float32]]:
        """Those of some keys that are known, and a row for each."""
        with self._lock:
            if self._last is not None and self._last[0] == keys:
                return self._last
            known = [key for key in keys if key in self._kept]
            for key in known:
                self._kept.move_to_end(key)
            matrix = np.stack([self._kept[key] for key in known]) if known else np.empty((0, 0), np.float32)
            self._last = known, matrix
            return self._last
