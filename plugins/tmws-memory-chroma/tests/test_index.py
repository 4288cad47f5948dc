"""Chroma follows the table of vectors, and finds the nearest ones."""

import shutil
import socket
from pathlib import Path
from typing import Never

import numpy as np
import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from tmws_memory.index import remove
from tmws_memory.models.memory import Memory
from tmws_memory.vectors.index import Space
from tmws_memory.vectors.scan import VectorScan
from tmws_memory_chroma import index as chroma_index
from tmws_memory_chroma.index import ChromaIndex

HERE = Space("nshere", "model", 64)
PLANE = Space("nshere", "model of two", 2)
EAST, NORTH, WEST = (np.array(direction, np.float32) for direction in ((1, 0), (0, 1), (-1, 0)))

Directions = dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]]

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def directions(memories: list[str]) -> Directions:
    vectors = np.random.default_rng(1).standard_normal((len(memories), 64), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return dict(zip(memories, vectors, strict=True))


def test_the_nearest_come_first_with_their_cosines(opened: Session, memories: list[str], index: ChromaIndex) -> None:
    index.put(opened, PLANE, dict(zip(memories, (WEST, NORTH, EAST), strict=False)))
    found = index.nearest(opened, PLANE, EAST, 2)
    assert [one for one, _ in found] == [memories[2], memories[1]]
    assert [cosine for _, cosine in found] == pytest.approx([1, 0], abs=1e-3)


def test_the_nearest_are_nearly_those_of_an_exact_search(
    opened: Session, directions: Directions, index: ChromaIndex
) -> None:
    index.put(opened, HERE, directions)
    exact, hits = VectorScan(1_000_000), 0
    for query in list(directions.values())[:20]:
        wanted = {one for one, _ in exact.nearest(opened, HERE, query, 10)}
        hits += len(wanted & {one for one, _ in index.nearest(opened, HERE, query, 10)})
    assert hits >= 190


def test_the_nearest_among_some_are_exact(
    opened: Session, memories: list[str], directions: Directions, index: ChromaIndex
) -> None:
    index.put(opened, HERE, directions)
    query, among = directions[memories[0]], memories[1::3]
    wanted = VectorScan(1_000_000).nearest(opened, HERE, query, 20, among)
    found = index.nearest(opened, HERE, query, 20, among)
    assert [one for one, _ in found] == [one for one, _ in wanted]
    assert dict(found) == pytest.approx(dict(wanted), abs=1e-5)


def test_a_memory_without_a_vector_has_no_similarity(opened: Session, memories: list[str], index: ChromaIndex) -> None:
    index.put(opened, PLANE, {memories[0]: EAST})
    assert index.similarities(opened, PLANE, EAST, memories) == {memories[0]: pytest.approx(1)}


def test_nothing_is_near_to_a_question_without_a_direction(
    opened: Session, memories: list[str], index: ChromaIndex
) -> None:
    index.put(opened, PLANE, {memories[0]: EAST})
    assert index.nearest(opened, PLANE, np.zeros(2, np.float32), 5) == []
    assert index.similarities(opened, PLANE, np.zeros(2, np.float32), memories) == {memories[0]: 0}


def test_a_space_without_vectors_finds_nothing(opened: Session, memories: list[str], index: ChromaIndex) -> None:
    index.put(opened, PLANE, {memories[0]: EAST})
    elsewhere = Space("nselsewhere", PLANE.model, 2)
    assert index.nearest(opened, elsewhere, EAST, 5) == []
    assert index.similarities(opened, elsewhere, EAST, memories) == {}


def test_a_memory_that_is_taken_out_of_the_index_is_gone(
    opened: Session, memories: list[str], index: ChromaIndex
) -> None:
    index.put(opened, PLANE, {memories[0]: EAST, memories[1]: EAST})
    assert len(index.nearest(opened, PLANE, EAST, 5)) == 2
    remove(opened, memories[:1])
    assert [one for one, _ in index.nearest(opened, PLANE, EAST, 5)] == [memories[1]]
    assert set(index.similarities(opened, PLANE, EAST, memories)) == {memories[1]}


def test_a_new_vector_takes_the_place_of_the_former(opened: Session, memories: list[str], index: ChromaIndex) -> None:
    for vector in (WEST, EAST):
        index.put(opened, PLANE, {memories[0]: vector})
        found = index.similarities(opened, PLANE, vector, memories)
        assert found == {memories[0]: pytest.approx(1)}


def test_a_vector_that_was_rolled_back_never_gets_there(
    opened: Session, memories: list[str], index: ChromaIndex
) -> None:
    opened.commit()
    index.put(opened, PLANE, {memories[0]: EAST})
    opened.rollback()
    assert index.nearest(opened, PLANE, EAST, 5) == []


def test_the_vectors_survive_a_restart(
    opened: Session, memories: list[str], index: ChromaIndex, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.put(opened, PLANE, {memories[0]: EAST})
    index.nearest(opened, PLANE, EAST, 5)
    index.close()

    def read_again(*arguments: object) -> Never:
        raise AssertionError("what Chroma has already is read from the table again")

    monkeypatch.setattr(chroma_index, "changes", read_again)
    again = ChromaIndex(folder, "tmws")
    assert [one for one, _ in again.nearest(opened, PLANE, EAST, 5)] == [memories[0]]
    again.close()


def test_what_went_away_while_nobody_followed_is_gone_after_a_restart(
    opened: Session, memories: list[str], index: ChromaIndex
) -> None:
    index.put(opened, PLANE, {memories[0]: EAST})
    index.put(opened, PLANE, {memories[1]: EAST})
    index.nearest(opened, PLANE, EAST, 5)
    index.close()
    opened.execute(delete(Memory).where(Memory.id == memories[0]))
    assert [one for one, _ in index.nearest(opened, PLANE, EAST, 5)] == [memories[1]]


def test_a_folder_that_is_lost_is_filled_again(
    opened: Session, memories: list[str], index: ChromaIndex, folder: Path
) -> None:
    index.put(opened, PLANE, {memories[0]: EAST})
    index.nearest(opened, PLANE, EAST, 5)
    index.close()
    shutil.rmtree(folder)
    assert [one for one, _ in index.nearest(opened, PLANE, EAST, 5)] == [memories[0]]


def test_many_changes_are_followed_search_by_search(
    opened: Session, memories: list[str], index: ChromaIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chroma_index, "MOST_FOLLOWED", 100)
    for start in range(0, 300, 50):
        index.put(opened, PLANE, dict.fromkeys(memories[start : start + 50], EAST))
    known = [len(index.similarities(opened, PLANE, EAST, memories)) for _ in range(4)]
    assert known == [100, 200, 300, 300]


def test_a_damaged_folder_is_an_error_that_passes_when_it_is_deleted(
    opened: Session, memories: list[str], index: ChromaIndex, folder: Path
) -> None:
    folder.mkdir()
    (folder / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    index.put(opened, PLANE, {memories[0]: EAST})
    with pytest.raises(Exception, match="file is not a database"):
        index.nearest(opened, PLANE, EAST, 5)
    shutil.rmtree(folder)
    assert [one for one, _ in index.nearest(opened, PLANE, EAST, 5)] == [memories[0]]


def test_nothing_goes_over_the_network(
    opened: Session, memories: list[str], index: ChromaIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*arguments: object) -> Never:
        raise AssertionError("something wants to connect")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    index.put(opened, PLANE, {memories[0]: EAST})
    assert index.nearest(opened, PLANE, EAST, 5)
