"""A search among a caller's 10,000 memories takes at most 5 ms in half of all cases, among 100,000 at most 40 ms.

Measured: `memory_search` of ten memories in a running application, for questions of five to nine words that are in one
of the memories; without a filter, with a kind that a quarter of them have, and with a tag that one in a hundred has.
The bound is on elapsed time, which is what an agent waits for. The floors, on the same texts and questions: FTS5 alone,
which ranks with bm25 the texts that have any of the question's content words, and the dot product of one vector of 256
dimensions with those of all memories, in one thread.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.findings import Findings, Row, Verdict, rows_of
from benchmarks.installation import temporary_folder
from benchmarks.measurement import Sample, Stopwatch, turns
from benchmarks.memories import SEARCH, Memories, NewMemory, Question, opened
from benchmarks.texts import Texts, content_words

BOUNDS = {10_000: 5.0, 100_000: 40.0}
QUESTIONS = 10
LIMIT = 10
DIMENSIONS = 256
_KINDS = ("decision", "general", "general", "preference")
_RARE, _ONE_IN = "rare", 100
_FILTERS = {
    "": lambda text: Question(text, limit=LIMIT),
    ", of a kind": lambda text: Question(text, limit=LIMIT, memory_type="decision"),
    ", with a tag": lambda text: Question(text, limit=LIMIT, tags=[_RARE]),
}
_ARGUMENTS = {"": "query", ", of a kind": "memory_type", ", with a tag": "tags"}


def measure(rounds: int) -> Findings:
    """Search among both numbers of memories, in all ways by turns; a round is ten questions, each a sample."""
    rows: list[Row] = []
    verdicts: list[Verdict] = []
    for number, bound in BOUNDS.items():
        with temporary_folder() as folder:
            samples = asyncio.run(_samples(folder, number, rounds))
        rows += rows_of(samples)
        ours = {name: series for name, series in samples.items() if name.startswith(SEARCH)}
        verdicts += [
            Verdict(name, median(sample.wall for sample in series), bound, "ms") for name, series in ours.items()
        ]
    return Findings(rows, verdicts)


@dataclass
class _Corpus:
    """The texts, and the questions of each round."""

    number: int
    source: Texts = field(default_factory=Texts)

    def __post_init__(self) -> None:
        self.texts = list(self.source.texts(self.number))

    def memories(self) -> Iterator[NewMemory]:
        """Each text as a memory, with a kind and tags."""
        for place, text in enumerate(self.texts):
            tags = ["benchmark", f"topic-{place % 50}", *([_RARE] if place % _ONE_IN == 0 else [])]
            yield NewMemory(text, memory_type=_KINDS[place % len(_KINDS)], tags=tags)

    def questions(self, rounds: int) -> list[list[str]]:
        """The questions of the round that is thrown away, and of all others: about memories that pass every filter."""
        number = (rounds + 1) * QUESTIONS
        step = _ONE_IN * max(1, self.number // _ONE_IN // number)
        asked = [self.source.question(self.texts[place * step % self.number]) for place in range(number)]
        return [asked[begin : begin + QUESTIONS] for begin in range(0, len(asked), QUESTIONS)]


async def _samples(folder: Path, number: int, rounds: int) -> dict[str, list[Sample]]:
    corpus = _Corpus(number)
    among = f"among {number:,}"
    questions = corpus.questions(rounds)
    samples: dict[str, list[Sample]] = {}
    async with opened(folder / "home") as memories:
        await memories.import_all(corpus.memories())
        with closing(_full_text(folder / "floor.db", corpus.texts)) as connection:
            ways = {
                **{f"{SEARCH}{name}, {among}": way for name, way in _tool(memories).items()},
                f"floor: FTS5 alone, {among}": _match(connection),
                f"floor: {DIMENSIONS} dimensions, {among}": _product(number),
            }
            for turn, name in turns(list(ways), rounds):
                for text in questions[turn]:
                    watch = Stopwatch()
                    await ways[name](text)
                    sample = watch.sample()
                    if turn:
                        samples.setdefault(name, []).append(sample)
    return {name: samples[name] for name in ways}


Search = Callable[[str], Awaitable[object]]


def _tool(memories: Memories) -> dict[str, Search]:
    """The ways to search through the tool: without a filter, and with each that the installed version has."""

    def search(filtered: Callable[[str], Question]) -> Search:
        async def ask(text: str) -> object:
            found = await memories.search(filtered(text))
            if not found:
                raise RuntimeError(f"{SEARCH} found nothing for {text!r}, which is in a memory")
            return found

        return ask

    return {name: search(filtered) for name, filtered in _FILTERS.items() if memories.offers(SEARCH, _ARGUMENTS[name])}


def _full_text(file: Path, texts: Sequence[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    connection.execute("CREATE VIRTUAL TABLE notes USING fts5(body, tokenize='porter unicode61')")
    with connection:
        connection.executemany("INSERT INTO notes VALUES (?)", ((text,) for text in texts))
    return connection


def _match(connection: sqlite3.Connection) -> Search:
    async def search(text: str) -> object:
        asked = " OR ".join(f'"{word}"' for word in content_words(text))
        sql = "SELECT rowid, bm25(notes) FROM notes WHERE notes MATCH ? ORDER BY bm25(notes) LIMIT ?"
        return connection.execute(sql, (asked, LIMIT)).fetchall()

    return search


def _product(number: int) -> Search:
    generator = np.random.default_rng(number)
    vectors = generator.standard_normal((number, DIMENSIONS), np.float32)
    asked = generator.standard_normal(DIMENSIONS, np.float32)

    async def search(_text: str) -> object:
        # a matrix product would share the work with threads of its own, which wait for each other on a busy machine
        scores = np.vecdot(vectors, asked)
        best = np.argpartition(scores, -LIMIT)[-LIMIT:]
        return best[np.argsort(-scores[best])]

    return search
