"""What an embedder is, whoever wrote it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tmws_core.errors import ExitCode, TMWSError


class EmbedderUnavailable(TMWSError):
    """Something that an embedder needs is missing or damaged; the text says what, and what to do."""

    exit_code = ExitCode.UNAVAILABLE


class EmbedderFault(TMWSError):
    """An embedder failed, or returned what is no embedding; the text names it and says what was wrong."""


class Embedder(Protocol):
    """Turns text into vectors whose cosine says how near in meaning the texts are.

    Every method may be called from several threads at once. Loading what is large waits for the first use of
    `dimension` or of a text.

    One with the attribute `immediate = True` promises that `embed_query` computes in this process for less than a
    millisecond and waits for nothing: it is asked in the middle of a search's transaction. Every other one is asked in
    a thread that a search leaves behind when it takes too long.
    """

    @property
    def name(self) -> str:
        """The model and its revision: vectors of different names are never compared."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has.

        Raises:
            EmbedderUnavailable: something that it needs is missing or damaged.
        """

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of texts that are to be found.

        Args:
            texts: any text, also blank or very long.

        Returns:
            An array of shape (number of texts, dimension); each row has the length 1, or is all zero where a text has
            nothing to embed.

        Raises:
            EmbedderUnavailable: something that it needs is missing or damaged.
        """

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The vector of a text that asks; some models embed it otherwise than a document.

        Args:
            text: any text, also blank or very long.

        Returns:
            An array of shape (dimension,), of length 1 or all zero.

        Raises:
            EmbedderUnavailable: something that it needs is missing or damaged.
        """
