"""In a catalogue of 1,000 skills half of all lists take at most 10 ms, searches 15 ms, and activations 5 ms.

Measured: in a running application `skill_list` of a page of 50 lines, `skill_search` of ten skills for five to nine
words that are in one of them, with and without the embedder of tmws-memory, and `skill_activate` of a skill that is not
active, without memory filters. The bounds are on elapsed time, which is what an agent waits for. The floors, on the
same texts: FTS5 alone, which ranks with bm25 the skills that have any of the question's content words, and one row that
is inserted in a transaction of its own.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.findings import Findings, Verdict, rows_of
from benchmarks.installation import temporary_folder
from benchmarks.measurement import Sample, Stopwatch, turns
from benchmarks.skills import ACTIVATE, LIST, SEARCH, WITH_MEANING, NewSkill, Skills, opened
from benchmarks.texts import Texts, content_words

NUMBER = 1000
CALLS = 10
PAGE, HITS = 50, 10
_SECONDS_TO_EMBED = 120
_TEXTS_EACH = 12
"""A skill has as many instructions as twelve texts: about 600 words."""
_MEANING = f"{SEARCH}, by meaning, too"
BOUNDS = {LIST: 10.0, SEARCH: 15.0, _MEANING: 15.0, ACTIVATE: 5.0}

Way = Callable[[int], Awaitable[object]]


def measure(rounds: int) -> Findings:
    """List, search and activate by turns; a round is ten calls of each, each a sample."""
    with temporary_folder() as folder:
        samples = asyncio.run(_samples(folder, rounds))
    verdicts = [Verdict(name, median(one.wall for one in samples[name]), bound, "ms") for name, bound in BOUNDS.items()]
    return Findings(rows_of(samples), verdicts)


@dataclass(frozen=True)
class _Corpus:
    """The skills, and questions that each have an answer."""

    skills: Sequence[NewSkill]
    questions: Sequence[str]

    @classmethod
    def made(cls) -> "_Corpus":
        source = Texts()
        texts = list(source.texts(NUMBER * (_TEXTS_EACH + 1)))
        skills = [
            NewSkill(
                name=f"{source.rarest_word(description)}-{number}",
                description=description,
                instructions="\n\n".join(texts[NUMBER + number :: NUMBER]),
                tags=["benchmark", f"topic-{number % 50}"],
            )
            for number, description in enumerate(texts[:NUMBER])
        ]
        return cls(skills, [source.question(skill.description) for skill in skills])


async def _samples(folder: Path, rounds: int) -> Mapping[str, Sequence[Sample]]:
    corpus = _Corpus.made()
    samples: dict[str, list[Sample]] = {}
    async with AsyncExitStack() as stack:
        plain = await stack.enter_async_context(opened(folder / "plain"))
        meant = await stack.enter_async_context(opened(folder / "meant", WITH_MEANING))
        for skills in (plain, meant):
            await skills.create_all(corpus.skills)
        await _embedded(meant, corpus)
        connection = stack.enter_context(closing(_full_text(folder / "floor.db", corpus.skills)))
        ways: dict[str, Way] = {
            LIST: lambda place: _page(plain, place),
            SEARCH: lambda place: _search(plain, corpus.questions[place]),
            _MEANING: lambda place: _search(meant, corpus.questions[place]),
            ACTIVATE: lambda place: _activate(plain, corpus.skills[place].name),
            "floor: FTS5 alone": lambda place: _match(connection, corpus.questions[place]),
            "floor: insert a row": lambda place: _insert(connection, place),
        }
        places = count()
        for turn, name in turns(list(ways), rounds):
            plain.forget_calls()
            for _ in range(CALLS):
                place = next(places) * 7 % NUMBER
                watch = Stopwatch()
                await ways[name](place)
                if turn:
                    samples.setdefault(name, []).append(watch.sample())
                if name == ACTIVATE:
                    await plain.deactivate(corpus.skills[place].name)
        return {name: samples[name] for name in ways}


async def _embedded(skills: Skills, corpus: _Corpus) -> None:
    """Search until every skill is embedded, as it is after the first searches of a server."""
    async with asyncio.timeout(_SECONDS_TO_EMBED):
        while "meaning with" not in await skills.meaning(corpus.questions[0]):  # noqa: ASYNC110 -- another thread does it
            await asyncio.sleep(0.1)


async def _page(skills: Skills, place: int) -> None:
    names, _ = await skills.names(PAGE)
    if len(names) != PAGE:
        raise RuntimeError(f"{LIST} has {len(names)} skills on a page of {PAGE}, the one of round {place}")


async def _search(skills: Skills, question: str) -> None:
    if not await skills.search(question, HITS):
        raise RuntimeError(f"{SEARCH} found nothing for {question!r}, which is in a skill")


async def _activate(skills: Skills, name: str) -> None:
    if not await skills.activate(name):
        raise RuntimeError(f"{name} was active already")


def _full_text(file: Path, skills: Sequence[NewSkill]) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5(body, tokenize='porter unicode61')")
    connection.execute("CREATE TABLE uses (place INTEGER, used_at TEXT DEFAULT CURRENT_TIMESTAMP)")
    with connection:
        connection.executemany("INSERT INTO texts VALUES (?)", ((skill.text,) for skill in skills))
    return connection


async def _match(connection: sqlite3.Connection, question: str) -> object:
    asked = " OR ".join(f'"{word}"' for word in content_words(question))
    sql = "SELECT rowid, bm25(texts) FROM texts WHERE texts MATCH ? ORDER BY bm25(texts) LIMIT ?"
    return connection.execute(sql, (asked, HITS)).fetchall()


async def _insert(connection: sqlite3.Connection, place: int) -> None:
    with connection:
        connection.execute("INSERT INTO uses (place) VALUES (?)", (place,))
