"""Every vector index of this plugin gives the same answers, wherever the vectors stand."""

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import delete
from sqlalchemy.orm import Session

from tmws_memory.index import remove
from tmws_memory.models.memory import Memory
from tmws_memory.vectors.index import Space, VectorIndex
from tmws_memory.vectors.pgvector import PgVector
from tmws_memory.vectors.scan import VectorScan

pytestmark = pytest.mark.parametrize(
    ("database_kind", "index"),
    [("sqlite", "scan"), ("postgresql", "scan"), ("postgresql", "pgvector")],
    indirect=True,
)

HERE = Space("nshere", "model", 256)
PLANE = Space("nshere", "model of two", 2)
EAST, NORTH, WEST = (np.array(direction, np.float32) for direction in ((1, 0), (0, 1), (-1, 0)))
Directions = Mapping[str, NDArray[np.float32]]


@pytest.fixture
def index(request: pytest.FixtureRequest) -> VectorIndex:
    return PgVector() if request.param == "pgvector" else VectorScan(1_000_000)


def exactly(directions: Directions, query: NDArray[np.float32]) -> list[str]:
    """All memories, the nearest first, computed from the vectors as half precision keeps them."""
    cosines = {one: float(vector.astype(np.float16).astype(np.float64) @ query) for one, vector in directions.items()}
    return sorted(cosines, key=lambda one: -cosines[one])


def test_the_nearest_come_first_with_their_cosines(opened: Session, memories: list[str], index: VectorIndex) -> None:
    index.put(opened, PLANE, dict(zip(memories, (WEST, NORTH, EAST), strict=False)))
    found = index.nearest(opened, PLANE, EAST, 2)
    assert [one for one, _ in found] == [memories[2], memories[1]]
    assert [cosine for _, cosine in found] == pytest.approx([1, 0], abs=1e-3)


def test_the_nearest_among_some_are_exact(
    opened: Session, memories: list[str], directions: Directions, index: VectorIndex
) -> None:
    index.put(opened, HERE, directions)
    query = directions[memories[7]]
    among = memories[::3]
    found = index.nearest(opened, HERE, query, 20, among)
    assert [one for one, _ in found] == [one for one in exactly(directions, query) if one in set(among)][:20]


def test_nearly_all_of_the_nearest_of_all_are_found(
    opened: Session, memories: list[str], directions: Directions, index: VectorIndex
) -> None:
    index.put(opened, HERE, directions)
    wanted = 0
    for query in list(directions.values())[:20]:
        found = {one for one, _ in index.nearest(opened, HERE, query, 10)}
        wanted += len(found & set(exactly(directions, query)[:10]))
    assert wanted >= 190


def test_similarities_are_those_of_the_nearest(
    opened: Session, memories: list[str], directions: Directions, index: VectorIndex
) -> None:
    index.put(opened, HERE, directions)
    found = dict(index.nearest(opened, HERE, directions[memories[0]], 5))
    assert index.similarities(opened, HERE, directions[memories[0]], list(found)) == pytest.approx(found, abs=1e-6)


def test_a_memory_without_a_vector_has_no_similarity(opened: Session, memories: list[str], index: VectorIndex) -> None:
    index.put(opened, PLANE, {memories[0]: EAST})
    assert set(index.similarities(opened, PLANE, EAST, memories[:2])) == {memories[0]}


def test_a_vector_of_another_namespace_is_not_found(opened: Session, memories: list[str], index: VectorIndex) -> None:
    index.put(opened, PLANE, {memories[0]: EAST})
    elsewhere = Space("nselsewhere", PLANE.model, 2)
    assert index.nearest(opened, elsewhere, EAST, 5) == []
    assert index.similarities(opened, elsewhere, EAST, memories) == {}


def test_a_vector_of_another_model_is_not_found(opened: Session, memories: list[str], index: VectorIndex) -> None:
    index.put(opened, HERE, {memories[0]: np.eye(256, dtype=np.float32)[0]})
    assert index.nearest(opened, PLANE, EAST, 5, memories) == []


def test_a_vector_of_a_new_model_takes_the_place_of_the_former(
    opened: Session, memories: list[str], index: VectorIndex
) -> None:
    index.put(opened, HERE, {memories[0]: np.eye(256, dtype=np.float32)[0]})
    index.put(opened, PLANE, {memories[0]: EAST})
    assert [one for one, _ in index.nearest(opened, PLANE, EAST, 5)] == [memories[0]]


def test_a_new_vector_of_a_memory_takes_the_place_of_the_former(
    opened: Session, memories: list[str], index: VectorIndex
) -> None:
    index.put(opened, PLANE, {memories[0]: WEST})
    index.put(opened, PLANE, {memories[0]: EAST})
    assert index.similarities(opened, PLANE, EAST, memories[:1]) == {memories[0]: pytest.approx(1)}


def test_a_memory_that_is_taken_out_of_the_index_is_not_near_to_anything(
    opened: Session, memories: list[str], index: VectorIndex
) -> None:
    index.put(opened, PLANE, {memories[0]: EAST, memories[1]: EAST})
    assert len(index.nearest(opened, PLANE, EAST, 5)) == 2
    remove(opened, memories[:1])
    assert [one for one, _ in index.nearest(opened, PLANE, EAST, 5)] == [memories[1]]
    assert set(index.similarities(opened, PLANE, EAST, memories)) == {memories[1]}


def test_a_vector_that_was_rolled_back_is_not_found(opened: Session, memories: list[str], index: VectorIndex) -> None:
    opened.commit()
    index.put(opened, PLANE, {memories[0]: EAST})
    opened.rollback()
    assert index.nearest(opened, PLANE, EAST, 5) == []


def test_a_vector_can_be_kept_again_after_its_memory_came_back(
    opened: Session, memories: list[str], index: VectorIndex
) -> None:
    index.put(opened, PLANE, {memories[0]: EAST})
    remove(opened, memories[:1])
    index.put(opened, PLANE, {memories[0]: EAST})
    assert [one for one, _ in index.nearest(opened, PLANE, EAST, 5)] == [memories[0]]


def test_nothing_is_near_to_a_question_without_a_direction(
    opened: Session, memories: list[str], index: VectorIndex
) -> None:
    index.put(opened, PLANE, {memories[0]: EAST})
    assert index.nearest(opened, PLANE, np.zeros(2, np.float32), 5) == []
    assert index.similarities(opened, PLANE, np.zeros(2, np.float32), memories) == {memories[0]: 0}


def test_a_vector_of_zeros_is_at_a_right_angle_to_everything(
    opened: Session, memories: list[str], index: VectorIndex
) -> None:
    index.put(opened, PLANE, {memories[0]: np.zeros(2, np.float32)})
    assert index.similarities(opened, PLANE, EAST, memories) == {memories[0]: 0}


def test_vectors_go_with_their_memories(opened: Session, memories: list[str], index: VectorIndex) -> None:
    index.put(opened, PLANE, {memories[0]: EAST})
    opened.execute(delete(Memory).where(Memory.id == memories[0]))
    assert index.nearest(opened, PLANE, EAST, 5) == []


def test_a_vector_is_found_though_those_before_it_are_gone_for_good(
    opened: Session, memories: list[str], index: VectorIndex
) -> None:
    index.put(opened, PLANE, {memories[0]: EAST})
    index.put(opened, PLANE, {memories[1]: EAST})
    index.nearest(opened, PLANE, EAST, 5)
    opened.execute(delete(Memory).where(Memory.id.in_(memories[:2])))
    index.put(opened, PLANE, {memories[2]: EAST})
    assert memories[2] in dict(index.nearest(opened, PLANE, EAST, 5))
