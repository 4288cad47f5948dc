"""Texts as vectors of their weighted words."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tmws_memory.condensing.vectors import highest

Weights = NDArray[np.float64]
_FEW = 64
_COMMON_SHARE = 0.1


class TermVectors:
    """A vector of length 1 for each text, its words weighted by TF-IDF (Manning, Raghavan and Schuetze 2008, 6.2-6.4).

    The weight of a word is (1 + ln how often it is in the text) * ln(1 + texts / texts that have it): a word of all
    texts still weighs something, for it may be all that two of three texts have in common.

    Attributes:
        words: the words, sorted.
        rarity: for each word, the second factor.
    """

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        """Weigh the words of texts.

        Args:
            texts: the words of each text.
        """
        counts = [Counter(text) for text in texts]
        texts_with = Counter(word for count in counts for word in count)
        self.words = sorted(texts_with)
        number = {word: at for at, word in enumerate(self.words)}
        self._texts_with = np.array([texts_with[word] for word in self.words], dtype=np.float64)
        self.rarity: Weights = np.log1p(len(texts) / self._texts_with)
        self._starts = np.cumsum([0, *map(len, counts)])
        self._rows = np.repeat(np.arange(len(texts)), np.diff(self._starts))
        self._columns = np.array([number[word] for count in counts for word in sorted(count)], dtype=np.intp)
        often = np.array([count[word] for count in counts for word in sorted(count)], dtype=np.float64)
        values = (1 + np.log(often)) * self.rarity[self._columns]
        squares = np.bincount(self._rows, values**2, minlength=len(texts))
        self._values = values / np.sqrt(squares[self._rows])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def row(self, text: int) -> dict[int, float]:
        """The weights of one text by the numbers of their words."""
        entries = slice(self._starts[text], self._starts[text + 1])
        return dict(zip(self._columns[entries].tolist(), self._values[entries].tolist(), strict=True))

    def total(self) -> Weights:
        """The sum of all vectors, with a number for each word."""
        return np.bincount(self._columns, self._values, minlength=len(self.words)).astype(np.float64)

    def products(self, weights: Weights) -> Weights:
        """The product of every text's vector with another one."""
        values = self._values * weights[self._columns]
        return np.bincount(self._rows, values, minlength=len(self)).astype(np.float64)

    def cosines(self, text: int) -> Weights:
        """The cosine of every text with one of them."""
        weights = np.zeros(len(self.words))
        weights[list(self.row(text))] = list(self.row(text).values())
        return self.products(weights)

    def nearest(self, least: float, most: int) -> list[tuple[int, int, float]]:
        """Pairs of texts whose cosine is at least so high: for each text its nearest ones, at most so many.

        Only texts with a word in common are compared, and a word that more than a tenth of many texts have in common
        brings no two of them together.

        Args:
            least: the lowest cosine that matters, above 0.
            most: how many neighbours of a text are enough.

        Returns:
            Pairs of positions, the lower one first, with the cosine; each pair once.
        """
        order = np.argsort(self._columns, kind="stable")
        holders, values = self._rows[order], self._values[order]
        starts = np.cumsum([0, *self._texts_with.astype(np.intp)])
        telling = self._texts_with <= max(_FEW, _COMMON_SHARE * len(self))
        found: dict[tuple[int, int], float] = {}
        for text in range(len(self)):
            row = {word: weight for word, weight in self.row(text).items() if telling[word]}
            if not row:
                continue
            texts = np.concatenate([holders[starts[word] : starts[word + 1]] for word in row])
            products = np.concatenate([values[starts[word] : starts[word + 1]] * row[word] for word in row])
            scores = np.bincount(texts, products, minlength=len(self)).astype(np.float64)
            scores[text] = 0
            for other in highest(scores, least, most):
                found[min(text, other), max(text, other)] = round(float(scores[other]), 5)
        return [(one, other, cosine) for (one, other), cosine in sorted(found.items())]
