"""How a vector is stored in a row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tmws_memory.vectors.encoding import MalformedVector, decoded, decoded_rows, encoded


def test_a_number_takes_two_bytes_the_less_significant_first() -> None:
    assert encoded(np.array([1.0, -2.0], np.float32)) == b"\x00\x3c\x00\xc0"


@settings(deadline=None)
@given(arrays(np.float16, 8, elements=st.floats(width=16, allow_nan=False, allow_infinity=False)))
def test_what_is_stored_in_half_precision_comes_back_as_it_was(vector: np.ndarray) -> None:
    assert np.array_equal(decoded(encoded(vector), 8), vector)


def test_the_byte_order_of_the_array_does_not_matter() -> None:
    vector = np.array([0.25, 0.5], np.float32)

    assert encoded(vector.astype(">f4")) == encoded(vector)


def test_several_rows_become_one_array() -> None:
    vectors = np.eye(3, dtype=np.float32)

    assert np.array_equal(decoded_rows([encoded(vector) for vector in vectors], 3), vectors)


def test_no_rows_become_an_array_of_the_dimension() -> None:
    assert decoded_rows([], 3).shape == (0, 3)


def test_a_decoded_vector_can_be_written_to() -> None:
    vector = decoded(encoded(np.ones(2, np.float32)), 2)
    vector[0] = 0

    assert vector.tolist() == [0, 1]


def test_a_row_of_another_length_is_named_by_its_place() -> None:
    rows = [b"\0" * 4, b"\0" * 5]

    with pytest.raises(MalformedVector, match=r"vector 1 of 2 has 5 bytes; one of 2 dimensions has 4"):
        decoded_rows(rows, 2)


def test_a_stored_number_that_is_not_finite_is_reported_with_its_place() -> None:
    rows = [b"\x00\x3c", b"\x00\x7c"]

    with pytest.raises(MalformedVector, match="vector 1 of 2 has a number that is not finite"):
        decoded_rows(rows, 1)


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e6])
def test_a_number_that_half_precision_does_not_have_is_not_stored(number: float) -> None:
    with pytest.raises(MalformedVector, match="not finite in half precision"):
        encoded(np.array([0, number], np.float32))


def test_several_vectors_are_not_stored_as_one() -> None:
    with pytest.raises(MalformedVector, match=r"shape \(2, 2\)"):
        encoded(np.eye(2, dtype=np.float32))
