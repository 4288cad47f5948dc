"""Brings vectors to length 1, so that their dot product is the cosine of their angle."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def normalised(rows: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """The rows with length 1; a row of zeros has no direction and stays as it is.

    Args:
        rows: finite numbers, one vector a row.

    Returns:
        A new array of the same shape.
    """
    directions = rows.astype(np.float32)
    # divided by its largest number first: the square of a very large or very small one is no float32
    for measure in (_largest, _length):
        size = measure(directions)
        np.divide(directions, size, out=directions, where=size > 0)
    return directions


def _largest(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.abs(rows).max(axis=1, keepdims=True, initial=0))


def _length(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.linalg.norm(rows, axis=1, keepdims=True))
