"""An import stores at least 2,000 memories a second without embeddings, and with them is held up by the embedder alone.

Measured: the import of memories into a new database that already has its tables, index included, in a running
application, with and without the embedder. The floors: the embedder alone on the same texts, where its wheel is there,
and comparable rows with the driver alone in one transaction.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from statistics import median

from benchmarks.bare_rows import connected, create, insert_many_with_driver
from benchmarks.findings import Findings, Verdict, rows_of
from benchmarks.installation import temporary_folder
from benchmarks.measurement import MILLISECONDS, Sample, Stopwatch, by_turns_in_one_loop, ratio
from benchmarks.memories import EMBEDDER, NewMemory, batches, opened
from benchmarks.static_vectors import StaticVectors, installed
from benchmarks.texts import Texts

BOUND = 2_000
NUMBER = 2_000
EMBEDDED_AT_ONCE = 500
_WITHOUT, _WITH = "import, without embeddings", "import, with embeddings"
_EMBEDDER, _LIMIT = "floor: the embedder alone", "limit: sqlite3 alone, one transaction"


def measure(rounds: int) -> Findings:
    """Import in every way by turns; one sample is the average of one memory."""
    samples = asyncio.run(_samples(rounds))
    speed = {name: MILLISECONDS / median(sample.wall for sample in series) for name, series in samples.items()}
    verdicts = [Verdict(_WITHOUT, speed[_WITHOUT], BOUND, "memories/s", at_least=True)]
    if _WITH in samples:
        verdicts.append(Verdict(_WITH, speed[_WITH], None, "memories/s"))
    if _EMBEDDER in samples:
        verdicts.append(Verdict(_EMBEDDER, speed[_EMBEDDER], None, "texts/s"))
    if _WITH in samples and _EMBEDDER in samples:
        both = ratio(samples[_WITH], samples[_EMBEDDER])
        verdicts.append(Verdict("with embeddings, against the embedder alone", both))
    return Findings(rows_of(samples), verdicts)


async def _samples(rounds: int) -> dict[str, list[Sample]]:
    memories = [NewMemory(text, tags=["benchmark", "note"]) for text in Texts().texts(NUMBER)]

    async def write() -> Sample:
        with temporary_folder() as folder:
            await create(folder / "limit.db")
            with closing(connected(folder / "limit.db")) as connection:
                watch = Stopwatch()
                insert_many_with_driver(connection, memories)
                return watch.sample_of(NUMBER)

    settings = EMBEDDER or {False: {}}
    ways = {(_WITH if embedded else _WITHOUT): _import(memories, given) for embedded, given in settings.items()}
    embedder = {_EMBEDDER: _embed(memories, StaticVectors())} if installed() else {}
    return await by_turns_in_one_loop({**ways, **embedder, _LIMIT: write}, rounds)


def _embed(memories: list[NewMemory], vectors: StaticVectors) -> Callable[[], Awaitable[Sample]]:
    async def sample() -> Sample:
        watch = Stopwatch()
        for batch in batches(iter(memories), EMBEDDED_AT_ONCE):
            vectors.of([memory.content for memory in batch])
        return watch.sample_of(len(memories))

    return sample


def _import(memories: list[NewMemory], settings: Mapping[str, str]) -> Callable[[], Awaitable[Sample]]:
    async def sample() -> Sample:
        with temporary_folder() as folder:
            async with opened(folder, settings) as application:
                watch = Stopwatch()
                await application.import_all(iter(memories))
                return watch.sample_of(len(memories))

    return sample
