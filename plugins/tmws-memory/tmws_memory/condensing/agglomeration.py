"""Group-average agglomerative clustering."""

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt

import numpy as np

from tmws_memory.condensing.item import Vector

Sparse = dict[int, float]


class Sums:
    """The vectors of items by their words and by their meaning, added up for each cluster.

    The mean cosine between the members of two clusters is the product of the sums of their vectors, divided by the
    number of pairs.
    """

    def __init__(
        self, words: Sequence[Sparse], meanings: Mapping[int, Vector], least_words: float, least_meaning: float
    ) -> None:
        """Begin with a cluster for each item.

        Args:
            words: for each item, its unit vector of words.
            meanings: the unit vectors of those that have one.
            least_words: the mean cosine of words from which on two clusters are near each other.
            least_meaning: the mean cosine of meanings from which on they are.
        """
        self._all_words, self._all_meanings = words, meanings
        self._least_words, self._least_meaning = least_words, least_meaning
        self._words: dict[int, Sparse] = dict(enumerate(words))
        self._meanings: dict[int, Vector] = dict(meanings)
        self._sizes = [1] * len(words)
        self._with_meaning = [int(at in meanings) for at in range(len(words))]

    def near(self, one: int, other: int) -> bool:
        """Whether two clusters are near each other on average, by words or by meaning."""
        pairs = self._sizes[one] * self._sizes[other]
        if _product(self._words[one], self._words[other]) >= self._least_words * pairs:
            return True
        if not self._with_meaning[one] * self._with_meaning[other]:
            return False
        # pairs without vectors count as far apart
        return float(self._meanings[one] @ self._meanings[other]) >= self._least_meaning * pairs

    def unite(self, one: int, other: int) -> None:
        """Add the second cluster to the first."""
        smaller, larger = sorted((self._words.pop(other), self._words[one]), key=len)
        united = larger.copy()
        for word, weight in smaller.items():
            united[word] = united.get(word, 0.0) + weight
        self._words[one] = united
        if other in self._meanings:
            added = self._meanings.pop(other)
            self._meanings[one] = self._meanings[one] + added if one in self._meanings else added
        self._sizes[one] += self._sizes[other]
        self._with_meaning[one] += self._with_meaning[other]

    def cohesion(self, cluster: Sequence[int]) -> float:
        """The mean cosine of some items with their centre, by words or by meaning, whichever is higher."""
        total: Sparse = {}
        for at in cluster:
            for word, weight in self._all_words[at].items():
                total[word] = total.get(word, 0.0) + weight
        by_words = sqrt(sum(weight * weight for weight in total.values()))
        rows = [self._all_meanings[at] for at in cluster if at in self._all_meanings]
        by_meaning = float(np.linalg.norm(np.sum(rows, axis=0))) if rows else 0.0
        return round(min(1.0, max(by_words, by_meaning) / len(cluster)), 4)


def agglomerate(sums: Sums, edges: Iterable[tuple[int, int]], largest: int) -> list[list[int]]:
    """Unite the clusters at both ends of each edge, if they are near each other and not too large together.

    Args:
        sums: the vectors of the items.
        edges: pairs of items, the nearest first.
        largest: how many items a cluster may have.

    Returns:
        The clusters of two items or more, each sorted.
    """
    cluster_of: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for one, other in edges:
        first, second = sorted((cluster_of.get(one, one), cluster_of.get(other, other)))
        united = members.get(first, [first]) + members.get(second, [second])
        if first != second and len(united) <= largest and sums.near(first, second):
            sums.unite(first, second)
            members.pop(second, None)
            members[first] = united
            cluster_of.update(dict.fromkeys(united, first))
    return [sorted(cluster) for cluster in members.values()]


def _product(one: Sparse, other: Sparse) -> float:
    smaller, larger = sorted((one, other), key=len)
    return sum(weight * larger[word] for word, weight in smaller.items() if word in larger)
