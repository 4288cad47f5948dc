"""What an embedder that others wrote may not do."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from tmws_memory.embedders.checked import CheckedEmbedder
from tmws_memory.embedders.embedder import EmbedderFault, EmbedderUnavailable


class Foreign:
    """An embedder that returns whatever it is told to."""

    def __init__(self, returned: object = None, name: object = "foreign 1", dimension: object = 2) -> None:
        self.name = cast("str", name)
        self.dimension = cast("int", dimension)
        self.returned = returned

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._answer()

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return self._answer()

    def _answer(self) -> NDArray[np.float32]:
        if isinstance(self.returned, Exception):
            raise self.returned
        return cast("NDArray[np.float32]", self.returned)


def documents(returned: object) -> NDArray[np.float32]:
    return CheckedEmbedder(Foreign(returned)).embed_documents(["a", "b"])


@pytest.mark.parametrize(
    "returned", [[[1, 0], [0, 0]], np.eye(2, dtype=np.float64) * [[1], [0]], np.array([[1, 0], [0, 0]], np.int8)]
)
def test_what_can_be_single_precision_is_taken(returned: object) -> None:
    vectors = documents(returned)

    assert (vectors.dtype.name, vectors.tolist()) == ("float32", [[1, 0], [0, 0]])


def test_the_array_that_is_returned_is_nobody_elses() -> None:
    held = np.eye(2, dtype=np.float32)
    vectors = documents(held)
    held[:] = 7

    assert vectors.tolist() == [[1, 0], [0, 1]]


def test_what_was_computed_in_half_precision_has_the_length_1() -> None:
    vectors = np.array([[0.6, 0.8], [0.28, 0.96]], np.float16)

    assert np.array_equal(documents(vectors), vectors)


@pytest.mark.parametrize(
    ("returned", "fault"),
    [
        (np.eye(3), r"returned an array of shape \(3, 3\), not \(2, 2\)"),
        (np.ones(2), r"returned an array of shape \(2,\), not \(2, 2\)"),
        (None, "returned object values, not real numbers"),
        ([["1", "0"], ["0", "1"]], "returned <U1 values, not real numbers"),
        (np.eye(2) * 1j, "returned complex128 values"),
        ([[1, 0], [1]], "returned rows of different lengths"),
        ([[1, 0], [np.nan, 0]], "returned a number that is not finite"),
        ([[1, 0], [1e300, 0]], "returned a number that is not finite"),
        ([[1, 0], [3, 4]], "returned a vector of length 5; each must be normalised"),
    ],
)
def test_what_is_no_embedding_is_a_fault_that_names_the_embedder(returned: object, fault: str) -> None:
    with pytest.raises(EmbedderFault, match=f"embedder 'foreign 1': embed_documents {fault}"):
        documents(returned)


def test_the_vector_of_a_query_is_checked_too() -> None:
    with pytest.raises(
        EmbedderFault, match=r"'foreign 1': embed_query returned an array of shape \(1, 2\), not \(2,\)"
    ):
        CheckedEmbedder(Foreign([[1, 0]])).embed_query("a")


def test_a_proper_vector_of_a_query_passes() -> None:
    assert CheckedEmbedder(Foreign([0, -1])).embed_query("a").tolist() == [0, -1]


def test_whatever_it_raises_becomes_a_fault_that_names_it() -> None:
    with pytest.raises(EmbedderFault, match="'foreign 1': embed_documents failed with KeyError: 'x'") as caught:
        documents(KeyError("x"))
    assert isinstance(caught.value.__cause__, KeyError)


def test_that_it_is_unavailable_is_passed_on() -> None:
    with pytest.raises(EmbedderUnavailable, match="start the model"):
        documents(EmbedderUnavailable("start the model"))


@pytest.mark.parametrize("name", ["", " ", None, 7])
def test_a_name_that_names_nothing_is_a_fault(name: object) -> None:
    with pytest.raises(EmbedderFault, match=r"embedder .*Foreign: name is .*; it must name the model"):
        CheckedEmbedder(Foreign(name=name))


@pytest.mark.parametrize("dimension", [0, -1, True, 2.0, None])
def test_a_dimension_that_is_no_positive_number_is_a_fault(dimension: object) -> None:
    with pytest.raises(EmbedderFault, match=r"'foreign 1': dimension is .*; it must be a positive whole number"):
        _ = CheckedEmbedder(Foreign(dimension=dimension)).dimension


def test_the_dimension_is_asked_for_when_it_is_needed() -> None:
    embedder = Foreign()
    del embedder.dimension
    checked = CheckedEmbedder(embedder)

    with pytest.raises(EmbedderFault, match="'foreign 1': dimension failed with AttributeError"):
        _ = checked.dimension
