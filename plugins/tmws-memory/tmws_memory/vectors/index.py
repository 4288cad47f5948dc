"""What a vector index is, whoever wrote it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

Vectors = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Space:
    """Vectors that can be compared: those of one namespace and one model.

    Attributes:
        namespace_token: the namespace, as one word.
        model: the embedder's name.
        dimension: how many numbers a vector has.
    """

    namespace_token: str
    model: str
    dimension: int


class VectorIndex(Protocol):
    """Keeps the vectors of memories, and finds the nearest ones.

    It may hold vectors of memories that are gone or that the caller cannot read: whoever asks checks what is found. All
    methods may be called from several threads at once, each with a session of its own.
    """

    def put(self, session: Session, space: Space, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors, instead of the former ones of the same memories.

        Args:
            session: a writing session, in the transaction that marks the memories as embedded.
            space: where they belong.
            vectors: by memory, each of shape (dimension,) and length 1 or 0.
        """

    def nearest(
        self, session: Session, space: Space, query: Vectors, limit: int, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The memories whose vectors are nearest to a query, with their cosines, the nearest first.

        Args:
            session: a reading session.
            space: where to look.
            query: of shape (dimension,).
            limit: how many at most.
            among: only these memories.
        """

    def similarities(self, session: Session, space: Space, query: Vectors, ids: Collection[str]) -> dict[str, float]:
        """The cosines of a query and the vectors of some memories, as far as they have one.

        Args:
            session: a reading session.
            space: where to look.
            query: of shape (dimension,).
            ids: the memories.
        """


@runtime_checkable
class GivesVectors(Protocol):
    """What a vector index may do besides: give back the vectors themselves, so that memories can be compared.

    Without it, memories are condensed, and patterns found, by their words alone.
    """

    def vectors(self, session: Session, space: Space, ids: Collection[str]) -> dict[str, Vectors]:
        """The vectors of some memories, as far as they have one.

        Args:
            session: a reading session.
            space: where to look.
            ids: the memories.
        """
