"""Shingles: the runs of words by which two texts are compared."""

from collections import Counter
from collections.abc import Sequence
from math import ceil

from tmws_memory.words import indexed

Shingle = tuple[str, ...]


def shingles(text: str, width: int = 2) -> frozenset[Shingle]:
    """The runs of so many words in a text, each once (w-shingling, Broder 1997).

    Pairs, since memories are short: one changed word in ten leaves two thirds of the pairs, and half of the triples.

    Args:
        text: any text.
        width: how many words a shingle has; a text that has fewer is one shingle.
    """
    words = indexed(text).split() or [text.strip()]
    return frozenset(tuple(words[start : start + width]) for start in range(max(1, len(words) - width + 1)))


def jaccard(one: frozenset[Shingle], other: frozenset[Shingle]) -> float:
    """The share of the shingles of either that are in both (Jaccard 1901)."""
    common = len(one & other)
    return common / (len(one) + len(other) - common)


def prefixes(sets: Sequence[frozenset[Shingle]], least: float) -> list[list[Shingle]]:
    """The rarest shingles of each set, of which two sets share at least one if they are as similar as that.

    It is the prefix filter of Chaudhuri, Ganti and Kaushik (2006): of n shingles, the first n - ceil(least * n) + 1 in
    one order of all shingles are enough.

    Args:
        sets: the shingles of each text.
        least: the smallest Jaccard similarity that matters, above 0.
    """
    counts = Counter(shingle for one in sets for shingle in one)
    return [
        sorted(one, key=lambda shingle: (counts[shingle], shingle))[: len(one) - ceil(least * len(one) - 1e-9) + 1]
        for one in sets
    ]
