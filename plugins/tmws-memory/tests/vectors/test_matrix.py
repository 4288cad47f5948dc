"""Which of many vectors are near to one."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from numpy.typing import NDArray

from tmws_memory.vectors.matrix import VectorMatrix
from tmws_memory.vectors.normalisation import normalised

EAST = np.array([1, 0], np.float32)
NORTH = np.array([0, 1], np.float32)


def matrix_of(**vectors: tuple[float, float]) -> VectorMatrix:
    matrix = VectorMatrix(2)
    matrix.put(list(vectors), np.array(list(vectors.values()), np.float32))
    return matrix


def random_vectors(count: int, dimension: int = 32) -> NDArray[np.float32]:
    return np.random.default_rng(count).standard_normal((count, dimension), np.float32)


def test_the_most_similar_comes_first_with_its_cosine() -> None:
    matrix = matrix_of(east=(2, 0), north=(0, 3), between=(1, 1), west=(-1, 0))

    found = matrix.nearest(EAST * 5, 3)

    assert [identifier for identifier, _ in found] == ["east", "between", "north"]
    assert [similarity for _, similarity in found] == pytest.approx([1, 0.5**0.5, 0])


def test_a_search_finds_what_comparing_one_by_one_finds() -> None:
    vectors = random_vectors(2_000)
    query = random_vectors(1)[0]
    matrix = VectorMatrix(32)
    matrix.put([str(row) for row in range(2_000)], vectors)

    exact = vectors.astype(np.float64) @ query / np.linalg.norm(vectors.astype(np.float64), axis=1)
    expected = [str(row) for row in np.argsort(-exact)[:50]]

    assert [identifier for identifier, _ in matrix.nearest(query, 50)] == expected


def test_equal_vectors_are_ordered_by_id_wherever_they_stand() -> None:
    ids = [f"{number:04}" for number in range(1_003)]
    matrix = VectorMatrix(31)
    matrix.put(ids[::-1], np.repeat(random_vectors(1, 31), len(ids), axis=0))

    found = matrix.nearest(random_vectors(2, 31)[0], 20)

    assert [identifier for identifier, _ in found] == ids[:20]
    assert len({similarity for _, similarity in found}) == 1


def test_vectors_that_single_precision_cannot_tell_apart_are_ranked_exactly() -> None:
    vectors = normalised(random_vectors(1, 256) + random_vectors(2_000, 256) * np.float32(1e-6))
    query = normalised(random_vectors(2, 256))[0]
    ids = [f"{row:04}" for row in range(2_000)]
    matrix = VectorMatrix(256)
    matrix.put(ids, vectors)

    exact = normalised(vectors).astype(np.float64) @ normalised(query[np.newaxis])[0].astype(np.float64)
    expected = [ids[row] for row in np.argsort(-exact, kind="stable")[:50]]

    assert [identifier for identifier, _ in matrix.nearest(query, 50)] == expected


def test_no_similarity_exceeds_1() -> None:
    matrix = VectorMatrix(32)
    vectors = random_vectors(500)
    matrix.put([str(row) for row in range(500)], vectors)

    assert max(matrix.nearest(vector, 1)[0][1] for vector in vectors) <= 1


def test_a_known_id_gets_its_new_vector() -> None:
    matrix = matrix_of(a=(1, 0), b=(0, 1))
    matrix.put(["a"], np.array([[0, -1]], np.float32))

    assert len(matrix) == 2
    assert matrix.similarities(NORTH, ["a", "b"]) == {"a": -1, "b": 1}


def test_of_an_id_given_twice_the_last_vector_counts() -> None:
    matrix = VectorMatrix(2)
    matrix.put(["a", "b", "a"], np.array([[1, 0], [1, 0], [0, 1]], np.float32))

    assert len(matrix) == 2
    assert matrix.similarities(NORTH, ["a", "b"]) == {"a": 1, "b": 0}


def test_vectors_in_half_precision_are_taken() -> None:
    matrix = VectorMatrix(2)
    matrix.put(["a"], np.array([[0.6, 0.8]], np.float16))

    assert matrix.similarities(NORTH, ["a"])["a"] == pytest.approx(0.8, abs=1e-3)


def test_what_is_discarded_is_not_found() -> None:
    matrix = matrix_of(a=(1, 0), b=(1, 1), c=(0, 1))
    matrix.discard(["a", "unknown"])

    assert [identifier for identifier, _ in matrix.nearest(EAST, 9)] == ["b", "c"]


def test_only_the_given_ids_are_searched() -> None:
    matrix = matrix_of(a=(1, 0), b=(1, 1), c=(0, 1))

    assert [identifier for identifier, _ in matrix.nearest(EAST, 9, ["c", "b", "c", "unknown"])] == ["b", "c"]


@pytest.mark.parametrize("count", [30, 400])
def test_few_or_many_given_ids_are_ranked_as_among_all(count: int) -> None:
    matrix = VectorMatrix(32)
    matrix.put([str(row) for row in range(500)], random_vectors(500))
    query = random_vectors(1)[0]
    among = {str(row) for row in range(count)}

    expected = [pair for pair in matrix.nearest(query, 500) if pair[0] in among][:10]

    assert matrix.nearest(query, 10, among) == expected


def test_among_no_ids_nothing_is_found() -> None:
    assert matrix_of(a=(1, 0)).nearest(EAST, 9, []) == []


def test_an_empty_matrix_finds_nothing() -> None:
    assert VectorMatrix(2).nearest(EAST, 9) == []


def test_nothing_is_near_to_a_query_without_a_direction() -> None:
    assert matrix_of(a=(1, 0)).nearest(EAST * 0, 9) == []


def test_a_vector_of_zeros_is_at_a_right_angle_to_everything() -> None:
    matrix = matrix_of(nothing=(0, 0), against=(-1, 0))

    assert matrix.nearest(EAST, 9) == [("nothing", 0), ("against", -1)]


def test_a_limit_of_none_finds_none() -> None:
    assert matrix_of(a=(1, 0)).nearest(EAST, 0) == []


def test_a_similarity_is_the_one_that_a_search_gives() -> None:
    matrix = VectorMatrix(32)
    matrix.put([str(row) for row in range(100)], random_vectors(100))
    query = random_vectors(1)[0]

    assert matrix.similarities(query, [str(row) for row in range(100)]) == dict(matrix.nearest(query, 100))


def test_an_unknown_id_has_no_similarity() -> None:
    assert matrix_of(a=(1, 0)).similarities(EAST, ["a", "b"]) == {"a": 1}


def test_rows_put_one_by_one_rarely_move_the_others() -> None:
    matrix = VectorMatrix(2)
    sizes = set()
    for number in range(1_000):
        matrix.put([str(number)], EAST[np.newaxis])
        sizes.add(matrix.nbytes)

    assert len(sizes) < 10
    assert matrix.nbytes < 2 * 1_000 * EAST.nbytes * 2


def test_a_matrix_that_got_empty_gives_its_memory_back() -> None:
    matrix = VectorMatrix(2)
    empty = matrix.nbytes
    ids = [str(number) for number in range(1_000)]
    matrix.put(ids, np.ones((1_000, 2), np.float32))
    matrix.discard(ids)

    assert (len(matrix), matrix.nbytes) == (0, empty)


@pytest.mark.parametrize("shape", [(1, 3), (2, 2), (2,)])
def test_vectors_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"1 ids go with vectors of shape \(1, 2\), not"):
        VectorMatrix(2).put(["a"], np.zeros(shape, np.float32))


def test_a_vector_that_is_not_finite_is_refused_and_nothing_added() -> None:
    matrix = VectorMatrix(2)

    with pytest.raises(ValueError, match="not finite"):
        matrix.put(["a", "b"], np.array([[1, 0], [np.nan, 0]], np.float32))
    assert len(matrix) == 0


def test_a_query_of_another_dimension_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a query here has shape \(2,\), not \(3,\)"):
        VectorMatrix(2).nearest(np.zeros(3, np.float32), 1)


def test_a_query_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        matrix_of(a=(1, 0)).similarities(np.array([np.inf, 0], np.float32), ["a"])


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="limit is -1"):
        matrix_of(a=(1, 0)).nearest(EAST, -1)


def test_a_matrix_without_dimensions_is_refused() -> None:
    with pytest.raises(ValueError, match="not 0"):
        VectorMatrix(0)


def test_readers_see_whole_rows_while_another_thread_puts() -> None:
    matrix = VectorMatrix(32)
    vectors = random_vectors(3_000)
    ids = [str(row) for row in range(3_000)]

    def put() -> None:
        for start in range(0, 3_000, 50):
            matrix.put(ids[start : start + 50], vectors[start : start + 50])
            matrix.discard(ids[start : start + 10])

    def read(row: int) -> list[float]:
        seen = [matrix.nearest(vectors[row], 1, [ids[row]]) for _ in range(300)]
        return [similarity for found in seen for _, similarity in found]

    with ThreadPoolExecutor(4) as pool:
        putting = pool.submit(put)
        similarities = [similarity for row in pool.map(read, range(45, 2_995, 100)) for similarity in row]
        putting.result()

    assert len(matrix) == 2_400
    assert similarities == pytest.approx([1] * len(similarities))


class AgainstADictionary(RuleBasedStateMachine):
    """Whatever is put and discarded, the matrix holds what a dictionary would."""

    ids = st.lists(st.sampled_from([str(number) for number in range(40)]), max_size=40)

    def __init__(self) -> None:
        super().__init__()
        self.matrix = VectorMatrix(2)
        self.held: dict[str, float] = {}
        self.angle = 0.0

    @rule(ids=ids)
    def put(self, ids: list[str]) -> None:
        self.angle += 0.1
        angles = self.angle + np.arange(len(ids)) / 1_000
        self.matrix.put(ids, np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32))
        self.held.update(zip(ids, np.cos(angles).tolist(), strict=True))

    @rule(ids=ids)
    def discard(self, ids: list[str]) -> None:
        self.matrix.discard(ids)
        for identifier in ids:
            self.held.pop(identifier, None)

    @invariant()
    def holds_the_same(self) -> None:
        assert len(self.matrix) == len(self.held)
        assert dict(self.matrix.nearest(EAST, 99)) == pytest.approx(self.held, abs=1e-6)


TestAgainstADictionary = AgainstADictionary.TestCase
TestAgainstADictionary.settings = settings(deadline=None, max_examples=40)
