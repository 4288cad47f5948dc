"""The vectors of memories."""

from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np
import pytest

from tmws_memory.condensing.item import Item, Vector
from tmws_memory.condensing.vectors import centred, nearest, unit_vectors

_NUMBERS = count(1)


def new_item(content: str, name: str | None = None, tags: tuple[str, ...] = (), vector: Vector | None = None) -> Item:
    """A memory that is a minute newer than the one made before it."""
    number = next(_NUMBERS)
    created_at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number)
    return Item(name or f"{number:06}", content, tags, "general", None, created_at, vector)


def vector(*numbers: float) -> Vector:
    return np.array(numbers, dtype=np.float32)


def test_vectors_of_length_one_are_made_of_those_that_have_one() -> None:
    positions, rows = unit_vectors([new_item("a"), new_item("b", vector=vector(3, 4))])
    assert positions.tolist() == [1]
    np.testing.assert_allclose(rows, [[0.6, 0.8]], rtol=1e-6)


@pytest.mark.parametrize("strange", [vector(0, 0), vector(np.nan, 1), vector(np.inf, 1), vector(1, 2, 3)])
def test_a_vector_that_says_nothing_about_the_others_is_left_out(strange: Vector) -> None:
    usual = [new_item("a", vector=vector(1, 0)), new_item("b", vector=vector(0, 1))]
    positions, _ = unit_vectors([*usual, new_item("c", vector=strange)])
    assert positions.tolist() == [0, 1]


def test_without_any_vector_there_are_no_pairs() -> None:
    _, rows = unit_vectors([new_item("a"), new_item("b")])
    assert nearest(centred(rows), 0.5, 5) == []


def test_what_all_vectors_have_in_common_makes_none_of_them_alike() -> None:
    rows = np.array([[10, 1], [10, -1]], dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    moved = centred(rows)
    assert (rows[0] @ rows[1] > 0.9, moved[0] @ moved[1] < 0) == (True, True)


def test_pairs_found_block_by_block_are_those_of_all_with_all() -> None:
    rows = np.random.default_rng(7).normal(size=(1200, 4)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    found = {(one, other) for one, other, _ in nearest(rows, 0.99, 1200)}
    one, other = np.nonzero(np.triu(rows @ rows.T >= 0.99, k=1))
    assert found == set(zip(one.tolist(), other.tolist(), strict=True))
