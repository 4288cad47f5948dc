"""Vectors are kept by the version that they belong to, as many as there is room for."""

import numpy as np

from tmws_skills.search.fusion import fused
from tmws_skills.search.vectors import Vectors


def test_known_vectors_are_compared_and_others_left_out() -> None:
    vectors = Vectors(10)
    vectors.keep(["a", "b"], np.array([[1, 0], [0.6, 0.8]], np.float32))
    assert vectors.missing(["a", "c", "c"]) == ["c"]
    found = vectors.similarities(["b", "a", "c"], np.array([1, 0], np.float32))
    assert {name: round(value, 4) for name, value in found.items()} == {"b": 0.6, "a": 1.0}


def test_the_vectors_not_asked_for_longest_go_first() -> None:
    vectors = Vectors(2)
    vectors.keep(["a", "b"], np.eye(2, dtype=np.float32))
    vectors.similarities(["a"], np.array([1, 0], np.float32))
    vectors.keep(["c"], np.ones((1, 2), np.float32))
    assert vectors.missing(["a", "b", "c"]) == ["b"]


def test_what_stands_in_both_rankings_comes_before_what_stands_in_one() -> None:
    assert fused(["a", "b", "c"], ["c", "d"]) == ["c", "a", "b", "d"]
    assert fused(["a", "b"], []) == ["a", "b"]
