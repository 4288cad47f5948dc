"""The default vector index: a table, and a copy of it in each process; two instances stand for two processes."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_memory import index, removal
from tmws_memory.draft import Draft
from tmws_memory.models.memory import Memory
from tmws_memory.models.vector import Vector
from tmws_memory.scope import namespace_token
from tmws_memory.storage import store
from tmws_memory.vectors.index import Space
from tmws_memory.vectors.scan import VectorScan

ALICE = Principal("alice", "place")
HERE, THERE = Space(namespace_token("place"), "test 1", 2), Space(namespace_token("there"), "test 1", 2)
NORTH, EAST = (1.0, 0.0), (0.0, 1.0)
QUERY = np.array(NORTH, np.float32)

Step = Callable[[Session], None]


def memories(session: Session, *names: str, namespace: str = "place") -> list[str]:
    """Store memories and return their identifiers."""
    drafts = [Draft(content=name, namespace=namespace) for name in names]
    return [one.memory.id for one in store(session, ALICE, drafts)]


def put(session: Session, scan: VectorScan, vectors: Mapping[str, Sequence[float]], space: Space = HERE) -> None:
    scan.put(session, space, {one: np.array(vector, np.float32) for one, vector in vectors.items()})


def nearest(session: Session, scan: VectorScan, space: Space = HERE) -> list[tuple[str, float]]:
    return scan.nearest(session, space, QUERY, 10)


@pytest.fixture
def scan() -> VectorScan:
    return VectorScan(1_000_000)


@pytest.fixture
def other() -> VectorScan:
    return VectorScan(1_000_000)


async def test_the_nearest_come_first(session: AsyncSession, scan: VectorScan) -> None:
    def work(one: Session) -> None:
        north, east = memories(one, "north", "east")
        put(one, scan, {east: EAST, north: NORTH})
        assert nearest(one, scan) == [(north, 1.0), (east, 0.0)]

    await session.run_sync(work)


async def test_only_some_memories_may_be_asked_for(session: AsyncSession, scan: VectorScan) -> None:
    def work(one: Session) -> None:
        north, east = memories(one, "north", "east")
        put(one, scan, {east: EAST, north: NORTH})
        assert scan.nearest(one, HERE, QUERY, 10, among=[east, "unknown"]) == [(east, 0.0)]

    await session.run_sync(work)


async def test_the_similarities_of_some_memories_are_told(session: AsyncSession, scan: VectorScan) -> None:
    def work(one: Session) -> None:
        north, bare = memories(one, "north", "without a vector")
        put(one, scan, {north: NORTH})
        assert scan.similarities(one, HERE, QUERY, [north, bare]) == {north: 1.0}

    await session.run_sync(work)


async def test_an_empty_space_has_nothing_near(session: AsyncSession, scan: VectorScan) -> None:
    assert await session.run_sync(nearest, scan) == []


async def test_to_put_nothing_changes_nothing(session: AsyncSession, scan: VectorScan) -> None:
    def work(one: Session) -> None:
        put(one, scan, {})
        assert nearest(one, scan) == []

    await session.run_sync(work)


async def test_another_process_sees_what_was_put_before_it_began(
    session: AsyncSession, scan: VectorScan, other: VectorScan
) -> None:
    def work(one: Session) -> None:
        (north,) = memories(one, "north")
        put(one, scan, {north: NORTH})
        assert nearest(one, other) == [(north, 1.0)]

    await session.run_sync(work)


async def test_another_process_catches_up(session: AsyncSession, scan: VectorScan, other: VectorScan) -> None:
    def work(one: Session) -> None:
        north, east = memories(one, "north", "east")
        put(one, scan, {north: NORTH})
        nearest(one, other)
        put(one, scan, {east: EAST})
        assert nearest(one, other) == [(north, 1.0), (east, 0.0)]

    await session.run_sync(work)


async def test_each_process_sees_what_the_other_has_put(
    session: AsyncSession, scan: VectorScan, other: VectorScan
) -> None:
    def work(one: Session) -> None:
        names = memories(one, *"abcdef")
        for place, name in enumerate(names):
            put(one, (scan, other)[place % 2], {name: NORTH})
            assert len(nearest(one, scan)) == len(nearest(one, other)) == place + 1

    await session.run_sync(work)


async def test_a_replaced_vector_counts_in_every_process(
    session: AsyncSession, scan: VectorScan, other: VectorScan
) -> None:
    def work(one: Session) -> None:
        (north,) = memories(one, "north")
        put(one, scan, {north: NORTH})
        nearest(one, other)
        put(one, scan, {north: EAST})
        assert nearest(one, other) == nearest(one, scan) == [(north, 0.0)]

    await session.run_sync(work)


async def test_a_removed_memory_is_near_nothing_in_any_process(
    session: AsyncSession, scan: VectorScan, other: VectorScan
) -> None:
    def work(one: Session) -> None:
        north, east = memories(one, "north", "east")
        put(one, scan, {north: NORTH, east: EAST})
        nearest(one, other)
        index.remove(one, [north])
        assert nearest(one, other) == nearest(one, scan) == [(east, 0.0)]

    await session.run_sync(work)


async def test_a_removed_memory_that_gets_a_vector_again_is_found_again(
    session: AsyncSession, scan: VectorScan, other: VectorScan
) -> None:
    def work(one: Session) -> None:
        (north,) = memories(one, "north")
        put(one, scan, {north: NORTH})
        nearest(one, other)
        index.remove(one, [north])
        nearest(one, other)
        put(one, scan, {north: EAST})
        assert nearest(one, other) == [(north, 0.0)]

    await session.run_sync(work)


async def test_memories_of_several_namespaces_are_removed_together(session: AsyncSession, scan: VectorScan) -> None:
    def work(one: Session) -> None:
        (here,), (there,) = memories(one, "north"), memories(one, "north", namespace="there")
        put(one, scan, {here: NORTH})
        put(one, scan, {there: NORTH}, THERE)
        index.remove(one, [here, there])
        assert (nearest(one, scan), nearest(one, scan, THERE)) == ([], [])

    await session.run_sync(work)


async def test_what_was_put_after_a_purge_is_seen_by_every_process(
    session: AsyncSession, scan: VectorScan, other: VectorScan
) -> None:
    def work(one: Session) -> None:
        gone, new = memories(one, "gone", "new")
        put(one, scan, {gone: NORTH})
        removal.delete(one, ALICE, gone)
        one.flush()
        nearest(one, other)
        one.execute(delete(Memory).where(Memory.id == gone))
        put(one, scan, {new: NORTH})
        assert nearest(one, other) == [(new, 1.0)]

    await session.run_sync(work)


async def test_what_was_put_after_another_model_took_all_is_seen_by_every_process(
    session: AsyncSession, scan: VectorScan, other: VectorScan
) -> None:
    later = Space(HERE.namespace_token, "test 2", 2)

    def work(one: Session) -> None:
        first, second = memories(one, "first", "second")
        put(one, scan, {first: NORTH})
        nearest(one, other)
        put(one, scan, {first: NORTH}, later)
        put(one, scan, {second: EAST})
        assert (second, 0.0) in nearest(one, other)

    await session.run_sync(work)


async def test_namespaces_are_apart(session: AsyncSession, scan: VectorScan) -> None:
    def work(one: Session) -> None:
        (here,) = memories(one, "north")
        put(one, scan, {here: NORTH})
        assert nearest(one, scan, THERE) == []

    await session.run_sync(work)


async def test_models_are_apart(session: AsyncSession, scan: VectorScan) -> None:
    def work(one: Session) -> None:
        (here,) = memories(one, "north")
        put(one, scan, {here: NORTH})
        assert nearest(one, scan, Space(HERE.namespace_token, "test 2", 2)) == []

    await session.run_sync(work)


async def test_a_reader_with_an_older_snapshot_reads_what_it_knows_and_the_next_one_the_rest(
    session: AsyncSession, scan: VectorScan, other: VectorScan
) -> None:
    def work(one: Session) -> None:
        north, east = memories(one, "north", "east")
        put(one, scan, {north: NORTH})
        put(one, scan, {east: EAST})
        newest = nearest(one, other)
        with one.begin_nested() as older:  # the newest row is not there yet, as in a snapshot that is older
            one.execute(delete(Vector).where(Vector.memory_id == east))
            assert (north, 1.0) in nearest(one, other)
            older.rollback()
        assert nearest(one, other) == newest == [(north, 1.0), (east, 0.0)]

    await session.run_sync(work)


@pytest.mark.parametrize(
    "damaged",
    [b"", b"\0", b"\0" * 6, np.array([np.nan, 1], "<f2").tobytes(), np.array([np.inf, 1], "<f2").tobytes()],
    ids=["empty", "half a number", "another dimension", "not a number", "infinite"],
)
async def test_a_damaged_vector_is_passed_over_and_told_in_the_log(
    session: AsyncSession, scan: VectorScan, damaged: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    def work(one: Session) -> None:
        north, east = memories(one, "north", "east")
        put(one, scan, {north: NORTH, east: EAST})
        one.execute(update(Vector).where(Vector.memory_id == north).values(vector=damaged))
        assert nearest(one, scan) == [(east, 0.0)]
        assert north in caplog.text

    await session.run_sync(work)


async def test_a_vector_that_is_damaged_later_does_not_leave_the_former_one(
    session: AsyncSession, scan: VectorScan, other: VectorScan
) -> None:
    def work(one: Session) -> None:
        (north,) = memories(one, "north")
        put(one, scan, {north: NORTH})
        nearest(one, other)
        put(one, scan, {north: EAST})
        one.execute(update(Vector).where(Vector.memory_id == north).values(vector=b"\0"))
        assert nearest(one, other) == []

    await session.run_sync(work)


async def test_vectors_are_stored_in_half_precision(session: AsyncSession, scan: VectorScan) -> None:
    def work(one: Session) -> None:
        (north,) = memories(one, "north")
        put(one, scan, {north: NORTH})
        assert one.scalar(select(Vector.vector).where(Vector.memory_id == north)) == np.array(NORTH, "<f2").tobytes()

    await session.run_sync(work)


async def test_a_copy_that_was_given_up_for_its_room_is_read_again(session: AsyncSession) -> None:
    narrow = VectorScan(1)

    def work(one: Session) -> None:
        (here,), (there,) = memories(one, "north"), memories(one, "north", namespace="there")
        put(one, narrow, {here: NORTH})
        put(one, narrow, {there: NORTH}, THERE)
        for _ in range(2):
            assert nearest(one, narrow) == [(here, 1.0)]
            assert nearest(one, narrow, THERE) == [(there, 1.0)]

    await session.run_sync(work)


async def test_the_copies_keep_within_their_room(session: AsyncSession) -> None:
    narrow = VectorScan(1_000)

    def work(one: Session) -> None:
        for number in range(20):
            name = f"space{number}"
            (memory_id,) = memories(one, "north", namespace=name)
            space = Space(namespace_token(name), "test 1", 2)
            put(one, narrow, {memory_id: NORTH}, space)
            nearest(one, narrow, space)
        assert 1 <= narrow.nbytes <= 1_000

    await session.run_sync(work)
