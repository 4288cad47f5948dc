"""How a row of the database stores a vector: IEEE 754 half-precision numbers (binary16), little-endian, end to end.

Half the bytes of single precision; among unit vectors the loss is far below what any embedder can tell apart.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_STORED = np.dtype("<f2")


class MalformedVector(ValueError):
    """A vector cannot be stored, or what is stored is no vector of this model."""


def encoded(vector: NDArray[np.floating[Any]]) -> bytes:
    """A vector as a row stores it.

    Args:
        vector: one dimension, finite, no number beyond ±65504.

    Raises:
        MalformedVector: it is anything else.
    """
    if vector.ndim != 1:
        raise MalformedVector(f"an array of shape {vector.shape} is not one vector; encode each of its rows by itself")
    with np.errstate(over="ignore"):
        halves = vector.astype(_STORED)
    if not np.isfinite(halves).all():
        raise MalformedVector("the vector has a number that is not finite in half precision; normalise it first")
    return halves.tobytes()


def decoded(stored: bytes, dimension: int) -> NDArray[np.float16]:
    """The vector that a row stores.

    Args:
        stored: what `encoded` returned.
        dimension: of the model that made it.

    Raises:
        MalformedVector: it has another length, or a number that is not finite.
    """
    return decoded_rows([stored], dimension).reshape(dimension)


def decoded_rows(stored: Iterable[bytes], dimension: int) -> NDArray[np.float16]:
    """The vectors that several rows store, one a row.

    Args:
        stored: what `encoded` returned for each.
        dimension: of the model that made them.

    Returns:
        An array of shape (number of rows, dimension).

    Raises:
        MalformedVector: one has another length, or a number that is not finite; the text says which.
    """
    rows = list(stored)
    length = dimension * _STORED.itemsize
    for place, row in enumerate(rows):
        if len(row) != length:
            raise MalformedVector(
                f"vector {place} of {len(rows)} has {len(row)} bytes; one of {dimension} dimensions has {length}, "
                "so another model made it: embed its text again"
            )
    vectors = np.frombuffer(b"".join(rows), _STORED).reshape(len(rows), dimension).astype(np.float16)
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        place = int(np.argmin(finite))
        raise MalformedVector(f"vector {place} of {len(rows)} has a number that is not finite; embed its text again")
    return vectors
