"""The vectors of memories, where an embedder made any."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tmws_memory.condensing.item import Item, Vector

_BLOCK = 512


def unit_vectors(items: Sequence[Item]) -> tuple[NDArray[np.intp], Vector]:
    """The vectors of the items that have one, each of length 1.

    Vectors of another size than most come from another model, and say nothing about the others; those without a
    direction say nothing at all. Both are left out.

    Args:
        items: the memories.

    Returns:
        The positions of the items whose vectors are used, and a row for each of them.
    """
    given = [(at, item.vector) for at, item in enumerate(items) if item.vector is not None and item.vector.ndim == 1]
    sizes = Counter(len(vector) for _, vector in given)
    size = max(sizes, key=lambda size: (sizes[size], size), default=0)
    usable = [(at, vector) for at, vector in given if len(vector) == size and 0 < np.linalg.norm(vector) < np.inf]
    rows = np.array([vector / np.linalg.norm(vector) for _, vector in usable], dtype=np.float32)
    return np.array([at for at, _ in usable], dtype=np.intp), rows.reshape(len(usable), size)


def centred(rows: Vector) -> Vector:
    """Unit vectors without what all of them have in common (Mu and Viswanath 2018), again of length 1.

    Embedders put all texts into a narrow cone, some so narrow that any two texts seem alike.
    """
    if not len(rows):
        return rows
    moved = rows - rows.mean(axis=0)
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    directions: Vector = (moved / np.where(lengths > 1e-6, lengths, np.inf)).astype(np.float32)
    return directions


def nearest(rows: Vector, least: float, most: int) -> list[tuple[int, int, float]]:
    """Pairs of rows whose cosine is at least so high: for each row its nearest ones, at most so many.

    Rows are compared in blocks, never all with all at once.

    Args:
        rows: unit vectors.
        least: the lowest cosine that matters.
        most: how many neighbours of a row are enough.

    Returns:
        Pairs of positions, the lower one first, with the cosine; each pair once.
    """
    found: dict[tuple[int, int], float] = {}
    for start in range(0, len(rows), _BLOCK):
        cosines = rows[start : start + _BLOCK] @ rows.T
        cosines[np.arange(len(cosines)), start + np.arange(len(cosines))] = -np.inf
        for row, scores in enumerate(cosines, start):
            for other in highest(scores, least, most):
                found[min(row, other), max(row, other)] = round(float(scores[other]), 5)
    return [(one, other, cosine) for (one, other), cosine in sorted(found.items())]


def highest(scores: NDArray[np.floating], least: float, most: int) -> list[int]:
    """The positions of the highest scores, none below the least, the first ones where scores are equal."""
    positions = np.flatnonzero(scores >= least)
    # rounded, so that equal texts are equal whichever way the numbers were added up
    rounded = np.round(scores[positions], 5)
    if len(positions) > most > 0:  # to sort all of them takes far longer than to leave out most of them first
        among_highest = rounded >= np.partition(rounded, -most)[-most]
        positions, rounded = positions[among_highest], rounded[among_highest]
    order = np.lexsort((positions, -rounded))
    return [int(position) for position in positions[order[:most]]]
