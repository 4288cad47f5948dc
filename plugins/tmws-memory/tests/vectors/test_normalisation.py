"""Vectors of length 1."""

import numpy as np
import pytest

from tmws_memory.vectors.normalisation import normalised


def test_a_row_gets_the_length_1_and_keeps_its_direction() -> None:
    assert np.allclose(normalised(np.array([[3.0, 4.0]])), [[0.6, 0.8]])


def test_a_row_of_zeros_stays_as_it_is() -> None:
    assert normalised(np.zeros((1, 3), np.float32)).tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("size", [1e-38, 1e-30, 1e30, 3e38])
def test_numbers_whose_squares_are_out_of_range_are_normalised_too(size: float) -> None:
    assert np.allclose(normalised(np.full((1, 4), size, np.float32)), 0.5)


def test_the_given_array_stays_as_it_was() -> None:
    given = np.array([[3.0, 4.0]], np.float32)
    normalised(given)

    assert given.tolist() == [[3, 4]]


def test_no_rows_are_normalised_to_no_rows() -> None:
    assert normalised(np.empty((0, 3), np.float32)).shape == (0, 3)
