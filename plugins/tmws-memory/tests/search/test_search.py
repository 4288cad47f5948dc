"""What a search finds, by words and by meaning, on both databases."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.database import Database
from tmws_memory import changes, removal
from tmws_memory.draft import Draft
from tmws_memory.filters import Filters
from tmws_memory.models.memory import Memory
from tmws_memory.search.postings import Scope, count, postings
from tmws_memory.search.ranking import Ranked
from tmws_memory.search.search import search
from tmws_memory.settings import MemorySettings
from tmws_memory.storage import store
from tmws_memory.words import asked, indexed

Remember = Callable[..., Awaitable[list[str]]]


Found = Callable[..., Awaitable[list[str]]]


RankedBy = Callable[..., Awaitable[list[Ranked]]]


ALICE, BOB = Principal("alice", "place"), Principal("bob", "place")


NORTH, EAST, UP = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_a_changed_memory_is_found_by_its_new_words_alone(
    remember: Remember, found: Found, ranked: RankedBy, session: AsyncSession
) -> None:
    (memory_id,) = await remember("old words", tags=["former"])
    new = {"content": "new text", "tags": ["present"]}
    await session.run_sync(
        lambda one: changes.update(one, ALICE, memory_id, new, settings=MemorySettings.model_validate({}))
    )
    assert await found("old words former") == []
    assert [hit.candidate.memory_id for hit in await ranked("present")] == [memory_id]


async def test_a_memory_that_becomes_private_is_not_found_by_others(
    remember: Remember, found: Found, session: AsyncSession
) -> None:
    (memory_id,) = await remember("tortoise", access_level="team")
    level = {"access_level": "private"}
    await session.run_sync(
        lambda one: changes.update(one, ALICE, memory_id, level, settings=MemorySettings.model_validate({}))
    )
    assert (await found("tortoise", BOB), await found("tortoise", ALICE)) == ([], ["tortoise"])


async def test_meaning_finds_what_shares_no_word(remember: Remember, found: Found) -> None:
    await remember("cat", vector=NORTH)
    await remember("car", vector=EAST)
    assert await found("feline", vector=NORTH) == ["cat"]


async def test_words_and_meaning_find_together(remember: Remember, ranked: RankedBy) -> None:
    (both,) = await remember("the cat sleeps", vector=NORTH)
    (words,) = await remember("a cat in the car", vector=EAST)
    (meaning,) = await remember("kitten", vector=NORTH)
    hits = await ranked("cat", vector=NORTH)
    assert [hit.candidate.memory_id for hit in hits] == [both, words, meaning]
    assert [(hit.words, hit.similarity) for hit in hits] == [(["cat"], 1.0), (["cat"], 0.0), ([], 1.0)]


async def test_a_deleted_memory_is_found_neither_by_words_nor_by_meaning(
    remember: Remember, found: Found, session: AsyncSession
) -> None:
    (memory_id,) = await remember("cat", vector=NORTH)
    await session.run_sync(removal.delete, ALICE, memory_id)
    assert await found("cat", vector=NORTH) == []


async def test_an_archived_memory_is_found_neither_by_words_nor_by_meaning(
    remember: Remember, found: Found, session: AsyncSession
) -> None:
    (memory_id,) = await remember("cat", vector=NORTH)

    def archive(one: Session) -> None:
        removal.archive(one, [one.get_one(Memory, memory_id)])

    await session.run_sync(archive)
    assert await found("cat", vector=NORTH) == []


async def test_an_expired_memory_is_found_neither_by_words_nor_by_meaning(remember: Remember, found: Found) -> None:
    await remember("cat one", vector=NORTH, expires_at=utc_now() - timedelta(minutes=1))
    await remember("cat two", vector=NORTH, expires_at=utc_now() + timedelta(minutes=1))
    assert await found("cat", vector=NORTH) == ["cat two"]


@pytest.mark.parametrize(
    "filters",
    [
        {"memory_type": "decision"},
        {"tags": ["chosen"]},
        {"agent_id": "bob"},
        {"since": LONG_AGO + timedelta(days=5)},
        {"until": LONG_AGO + timedelta(days=5)},
        {"namespace": "other"},
    ],
    ids=lambda filters: next(iter(filters)),
)
@pytest.mark.parametrize("question", ["cat", "feline"])
async def test_a_filter_narrows_words_and_meaning(
    remember: Remember, found: Found, question: str, filters: dict[str, object]
) -> None:
    kind, tags, day = filters.get("memory_type", "general"), filters.get("tags", []), timedelta(days=1)
    created_at = filters["since"] if "since" in filters else LONG_AGO if "until" in filters else LONG_AGO + 9 * day
    outside = LONG_AGO if "since" in filters else LONG_AGO + 9 * day
    by = BOB if "agent_id" in filters else ALICE
    namespace = filters.get("namespace", "place")
    values = {"access_level": "team", "vector": NORTH}
    await remember(*(f"cat number {number}" for number in range(3)), created_at=outside, **values)
    await remember("cat", by=by, memory_type=kind, tags=tags, created_at=created_at, namespace=namespace, **values)
    assert await found(question, vector=NORTH, **filters) == ["cat"]


async def test_a_memory_with_a_rare_tag_is_found_by_meaning_among_many_nearer_ones(
    remember: Remember, found: Found
) -> None:
    await remember(*(f"note {number}" for number in range(150)), vector=NORTH)
    await remember("the one", vector=(0.8, 0.6, 0.0), tags=["rare"])
    assert await found("feline", vector=NORTH, tags=["rare"]) == ["the one"]


async def test_the_only_readable_one_of_many_memories_is_found_by_meaning(remember: Remember, found: Found) -> None:
    await remember(*(f"note {number}" for number in range(500)), by=BOB, vector=NORTH)
    await remember("the one", vector=(0.8, 0.6, 0.0))
    assert await found("feline", vector=NORTH) == ["the one"]


async def test_the_only_readable_one_of_many_memories_is_found_by_words(remember: Remember, found: Found) -> None:
    await remember("a cat of mine")
    await remember(*(f"cat {number}" for number in range(500)), by=BOB, access_level="shared")
    assert await found("cat") == ["a cat of mine"]


async def test_an_old_memory_is_found_by_words_among_many_newer_ones(remember: Remember, found: Found) -> None:
    await remember("the old cat", created_at=LONG_AGO)
    await remember(*(f"cat {number}" for number in range(500)))
    assert await found("cat", until=LONG_AGO + timedelta(days=1)) == ["the old cat"]


async def test_a_frequent_word_finds_an_old_memory_in_its_time(
    remember: Remember, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tmws_memory.search.postings.FEWEST_PER_WORD", 10)
    await remember("the old cat", created_at=LONG_AGO)
    await remember(*(f"cat {number}" for number in range(30)))
    assert await found("cat", until=LONG_AGO + timedelta(days=1)) == ["the old cat"]


async def test_a_caller_finds_their_own_and_what_the_team_and_everybody_may_read(
    remember: Remember, found: Found
) -> None:
    await remember("tortoise mine", vector=NORTH)
    for level in ("private", "team", "shared", "public"):
        await remember(f"tortoise {level}", by=BOB, access_level=level, vector=NORTH)
    expected = {"tortoise mine", "tortoise team", "tortoise public"}
    assert set(await found("tortoise", ALICE)) == set(await found("shell", ALICE, vector=NORTH)) == expected


async def test_a_caller_from_elsewhere_finds_what_everybody_may_read(remember: Remember, found: Found) -> None:
    await remember("tortoise team", access_level="team")
    await remember("tortoise public", access_level="public")
    assert await found("tortoise", Principal("carol", "elsewhere")) == ["tortoise public"]


CORPUS = [
    "The café on the corner serves espresso.",
    "We deployed the services on Tuesday.",
    "Deploying a service takes ten minutes.",
    "Ann: Where is the key of the safe?",
    "Bob: Under the flower pot.",
    "The key of the map explains the colours.",
    "東京タワーへ行く",
    "Colour codes: #ff0000 is red, v1.2",
    "A safe place for flowers.",
    "Ärger mit ЖУКАМИ im Garten",
]


QUESTIONS = [
    "cafe",
    "deploy service",
    "where is the key of the safe",
    "flower",
    "京タワ",
    "red v1.2 colour",
    "жуками ärger",
    "minutes on the corner",
]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_both_databases_find_the_same_in_the_same_order(session: AsyncSession, shared_postgresql: str) -> None:
    database = Database(shared_postgresql)
    try:
        async with database.session(read_only=False) as other:
            on_sqlite, on_postgresql = await session.run_sync(_answers), await other.run_sync(_answers)
            await other.rollback()
    finally:
        await database.close()
    assert on_sqlite == on_postgresql
    assert all(on_sqlite.values())


def _answers(session: Session) -> dict[str, list[str]]:
    # none is as important as another: equal hits would stand in the order of their random identifiers
    drafts = [
        Draft(content=content, namespace="place", session="talk" if ": " in content else None, importance=place / 10)
        for place, content in enumerate(CORPUS)
    ]
    contents = {one.memory.id: one.memory.content for one in store(session, ALICE, drafts)}
    session.execute(update(Memory).where(Memory.id.in_(contents)).values(created_at=LONG_AGO))
    filters, settings = Filters(namespace="place"), MemorySettings.model_validate({})
    scope = Scope(ALICE, filters)
    answers = {}
    for question in QUESTIONS:
        found = postings(session, asked(question), scope, count(session, scope))
        words = indexed(question).split()
        ranking = search(session, ALICE, filters, words, found, None, utc_now(), settings)
        hits = ranking.part(0, len(ranking))
        answers[question] = [contents[hit.candidate.memory_id] for hit in hits]
    return answers
