"""To store a memory durably takes at most 1.3 times as long as a bare insert and commit through async SQLAlchemy.

Measured: `memory_store` with authorisation, rate limit, validation, index, commit and events, on SQLite with
synchronous=FULL, one call after the other in a running application. The floor: an insert of the same row into a table
like ours, with the same columns and indexes, and its commit, through a mapped class and an `AsyncSession` with the same
driver and pragmas; no text is indexed. Beside it the same for a small row with one index, through SQLAlchemy's Core,
and as the limit the driver alone, sqlite3 without an event loop. Then eight tasks of the same process store at once:
together they have to get at least as far as one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.bare_rows import add_the_same_row, connected, create, engine_of, insert_with_core, insert_with_driver
from benchmarks.findings import Findings, Verdict, rows_of
from benchmarks.installation import temporary_folder
from benchmarks.measurement import Sample, Stopwatch, by_turns_in_one_loop, elapsed_ratio, ratio
from benchmarks.memories import NewMemory, opened
from benchmarks.texts import Texts

BOUND = 1.3
AT_ONCE = 8
STORED = 240
_OURS, _TOGETHER = "memory_store", f"memory_store, {AT_ONCE} tasks at once"
_SAME, _SMALL, _LIMIT = "floor: the same row, AsyncSession", "a small row, Core", "limit: a small row, sqlite3"

Store = Callable[[NewMemory], Awaitable[object]]


def measure(rounds: int) -> Findings:
    """Store in all ways by turns."""
    with temporary_folder() as folder:
        samples = asyncio.run(_samples(folder, rounds))
    together = elapsed_ratio(samples[_OURS], samples[_TOGETHER])
    return Findings(
        rows_of(samples),
        [
            Verdict("against the same row", ratio(samples[_OURS], samples[_SAME]), BOUND),
            Verdict("against the same row, by the clock", elapsed_ratio(samples[_OURS], samples[_SAME])),
            Verdict("against a small row", ratio(samples[_OURS], samples[_SMALL])),
            Verdict("against sqlite3 alone", ratio(samples[_OURS], samples[_LIMIT])),
            Verdict(f"throughput of {AT_ONCE} tasks, of that of one", together, 1, at_least=True),
        ],
    )


async def _samples(folder: Path, rounds: int) -> dict[str, list[Sample]]:
    texts = Texts()
    file = folder / "floor.db"
    await create(file)
    async with opened(folder / "home") as memories, engine_of(file) as engine:
        with closing(connected(file)) as connection:

            async def through_driver(memory: NewMemory) -> None:
                insert_with_driver(connection, memory)

            stores: dict[str, tuple[Store, int]] = {
                _OURS: (memories.store, 1),
                _SAME: (lambda memory: add_the_same_row(engine, memory), 1),
                _SMALL: (lambda memory: insert_with_core(engine, memory), 1),
                _LIMIT: (through_driver, 1),
                _TOGETHER: (memories.store, AT_ONCE),
            }
            ways = {name: _in_tasks(texts, store, tasks) for name, (store, tasks) in stores.items()}
            return await by_turns_in_one_loop(ways, rounds)


def _in_tasks(texts: Texts, store: Store, tasks: int) -> Callable[[], Awaitable[Sample]]:
    """What takes a sample: the average of one store among many that so many tasks share."""

    async def one_task(some: Iterator[NewMemory]) -> None:
        for memory in some:
            await store(memory)

    async def sample() -> Sample:
        every = [NewMemory(text, tags=["benchmark", "note"]) for text in texts.texts(STORED)]
        watch = Stopwatch()
        async with asyncio.TaskGroup() as group:
            for number in range(tasks):
                group.create_task(one_task(iter(every[number::tasks])))
        return watch.sample_of(STORED)

    return sample
