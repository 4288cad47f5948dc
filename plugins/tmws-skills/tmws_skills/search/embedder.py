"""What an embedder of skills is, whoever brings it with the hook `tmws_skills_embedder`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns text into vectors whose cosine says how near in meaning the texts are.

    Every method may be called in any thread. The first one may take long, because a model is loaded.
    """

    @property
    def name(self) -> str:
        """The model and its revision, for people."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    def embed_documents(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """The vectors of texts that are to be found: one row each, of length 1, or all zero."""

    def embed_query(self, text: str) -> "NDArray[np.float32]":
        """The vector of a question, of length 1 or all zero."""
