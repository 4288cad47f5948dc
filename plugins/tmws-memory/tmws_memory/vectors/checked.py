"""Names a vector index that others wrote when it fails."""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from sqlalchemy.orm import Session

from tmws_memory.vectors.index import Space, VectorIndex, VectorIndexFault, Vectors

_Answer = TypeVar("_Answer")


class CheckedIndex:
    """A vector index that raises nothing but `VectorIndexFault`; as safe for threads as the one inside."""

    def __init__(self, index: VectorIndex) -> None:
        """Take the index; nothing is asked of it yet."""
        self._index = index

    @property
    def name(self) -> str:
        """What the index is called; its class where it does not say."""
        return str(getattr(self._index, "name", type(self._index).__qualname__))

    @property
    def follows_table(self) -> bool:
        """Whether the vectors that it finds stand in the plugin's own table."""
        return bool(getattr(self._index, "follows_table", False))

    def put(self, session: Session, space: Space, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors; see `VectorIndex`.

        Raises:
            VectorIndexFault: the index failed.
        """
        self._asked("put", lambda: self._index.put(session, space, vectors))

    def nearest(
        self, session: Session, space: Space, query: Vectors, limit: int, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The nearest memories; see `VectorIndex`.

        Raises:
            VectorIndexFault: the index failed.
        """
        return self._asked("nearest", lambda: self._index.nearest(session, space, query, limit, among))

    def similarities(self, session: Session, space: Space, query: Vectors, ids: Collection[str]) -> dict[str, float]:
        """The cosines of some memories; see `VectorIndex`.

        Raises:
            VectorIndexFault: the index failed.
        """
        return self._asked("similarities", lambda: self._index.similarities(session, space, query, ids))

    def _asked(self, what: str, question: Callable[[], _Answer]) -> _Answer:
        try:
            return question()
        except Exception as error:
            raise VectorIndexFault(
                f"vector index {self.name!r}: {what} failed with {type(error).__name__}: {error}"
            ) from error
