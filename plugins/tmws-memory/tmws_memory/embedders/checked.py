"""Checks at the border what an embedder that others wrote returns."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tmws_memory.embedders.embedder import Embedder, EmbedderFault, EmbedderUnavailable

# the rounding of half precision, for models that compute in it
_TOLERANCE = 1e-3
_NUMBERS = "fiu"
_Answer = TypeVar("_Answer")


class CheckedEmbedder:
    """An embedder that keeps the contract of `Embedder`, or raises; as safe for threads as the one inside."""

    def __init__(self, embedder: Embedder) -> None:
        """Take the embedder; nothing is asked of it yet but its name.

        Raises:
            EmbedderFault: its name is no text, or blank.
        """
        self._embedder = embedder
        self._label = f"embedder {type(embedder).__module__}.{type(embedder).__qualname__}"
        name: object = self._asked("name", lambda: embedder.name)
        if not isinstance(name, str) or not name.strip():
            raise EmbedderFault(f"{self._label}: name is {name!r}; it must name the model and its revision")
        self.name = name
        self._label = f"embedder {name!r}"

    @property
    def immediate(self) -> bool:
        """Whether a question has its vector at once, so that nobody needs a thread to wait for it."""
        return getattr(self._embedder, "immediate", False) is True

    @property
    def dimension(self) -> int:
        """How many numbers a vector has.

        Raises:
            EmbedderUnavailable: the embedder says so.
            EmbedderFault: it fails, or this is no positive number.
        """
        dimension: object = self._asked("dimension", lambda: self._embedder.dimension)
        if not isinstance(dimension, int) or isinstance(dimension, bool) or dimension < 1:
            raise EmbedderFault(f"{self._label}: dimension is {dimension!r}; it must be a positive whole number")
        return dimension

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of texts that are to be found; a copy that nobody else holds.

        Raises:
            EmbedderUnavailable: the embedder says so.
            EmbedderFault: it fails, or what it returns is not one finite row of length 1 or 0 for each text.
        """
        returned = self._asked("embed_documents", lambda: self._embedder.embed_documents(texts))
        return self._vectors("embed_documents", returned, (len(texts), self.dimension))

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The vector of a text that asks; a copy that nobody else holds.

        Raises:
            EmbedderUnavailable: the embedder says so.
            EmbedderFault: it fails, or what it returns is not one finite vector of length 1 or 0.
        """
        returned = self._asked("embed_query", lambda: self._embedder.embed_query(text))
        return self._vectors("embed_query", returned, (self.dimension,))

    def _asked(self, what: str, question: Callable[[], _Answer]) -> _Answer:
        try:
            return question()
        except EmbedderUnavailable:
            raise
        except Exception as error:
            raise EmbedderFault(f"{self._label}: {what} failed with {type(error).__name__}: {error}") from error

    def _vectors(self, what: str, returned: object, shape: tuple[int, ...]) -> NDArray[np.float32]:
        vectors = self._numbers(what, returned)
        if vectors.shape != shape:
            raise EmbedderFault(f"{self._label}: {what} returned an array of shape {vectors.shape}, not {shape}")
        if not np.isfinite(vectors).all():
            raise EmbedderFault(f"{self._label}: {what} returned a number that is not finite")
        lengths = np.linalg.norm(vectors.astype(np.float64), axis=-1)
        wrong = lengths[(lengths != 0) & (np.abs(lengths - 1) > _TOLERANCE)]
        if wrong.size:
            raise EmbedderFault(
                f"{self._label}: {what} returned a vector of length {wrong.flat[0]:.6g}; each must be normalised to "
                "length 1, or be all zero where there is nothing to embed"
            )
        return vectors

    def _numbers(self, what: str, returned: object) -> NDArray[np.float32]:
        try:
            array = np.asarray(returned)
        except ValueError as error:
            raise EmbedderFault(f"{self._label}: {what} returned rows of different lengths") from error
        if array.dtype.kind not in _NUMBERS:
            raise EmbedderFault(f"{self._label}: {what} returned {array.dtype} values, not real numbers")
        with np.errstate(over="ignore"):
            return array.astype(np.float32)
