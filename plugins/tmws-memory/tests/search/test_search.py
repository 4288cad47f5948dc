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
from tmws_memory.search.postings import Posting, Scope, count, postings
from tmws_memory.search.ranking import Ranked
from tmws_memory.search.search import search, words_to_embed
from tmws_memory.settings import MemorySettings
from tmws_memory.storage import store
from tmws_memory.words import asked, indexed

Remember = Callable[..., Awaitable[list[str]]]
Found = Callable[..., Awaitable[list[str]]]
RankedBy = Callable[..., Awaitable[list[Ranked]]]

ALICE, BOB = Principal("alice", "place"), Principal("bob", "place")
NORTH, EAST, UP = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_any_word_finds(remember: Remember, found: Found) -> None:
    await remember("The cache is Redis.")
    assert await found("which cache, memcached?") == ["The cache is Redis."]


async def test_a_rare_word_counts_more_than_a_common_one(remember: Remember, found: Found) -> None:
    await remember(*(f"The server has the number {number}." for number in range(20)), "A zebra came.")
    assert (await found("zebra server"))[0] == "A zebra came."


async def test_more_of_the_words_count_more(remember: Remember, found: Found) -> None:
    await remember("A red house.", "A red house with a garden.", "A garden gate.")
    assert (await found("red garden"))[0] == "A red house with a garden."


async def test_all_words_of_one_memory_count_together(remember: Remember, found: Found) -> None:
    await remember("a zebra crossing", "a lamp")
    assert (await found("zebra crossing lamp"))[0] == "a zebra crossing"


async def test_case_does_not_matter_in_any_alphabet(remember: Remember, found: Found) -> None:
    await remember("ÄRGER mit ЖУКАМИ")
    assert len(await found("ärger")) == len(await found("жуками")) == 1


async def test_accents_do_not_matter(remember: Remember, found: Found) -> None:
    await remember("the café", "un cafe")
    assert len(await found("cafe")) == len(await found("CAFÉ")) == 2


@pytest.mark.parametrize(
    ("content", "question"),
    [("東京タワーへ行く", "京タワ"), ("서울특별시에서", "특별시"), ("我们使用缓存", "使用"), ("PDFを開く", "pdf")],
)
async def test_text_without_spaces_is_found_by_a_part(
    remember: Remember, found: Found, content: str, question: str
) -> None:
    await remember(content)
    assert await found(question) == [content]


@pytest.mark.parametrize(
    ("content", "question"),
    [("שלום עולם", "עולם"), ("مرحبا بالعالم", "بالعالم"), ("कमल का फूल", "कमल"), ("привет мир", "МИР")],
)
async def test_other_scripts_are_found_by_a_word(remember: Remember, found: Found, content: str, question: str) -> None:
    await remember(content)
    assert await found(question) == [content]


@pytest.mark.parametrize(
    ("content", "question"),
    [
        ("See https://docs.example.com/install/linux.html", "linux"),
        ("Ask anna.smith@example.com", "smith"),
        ("Edit src/server/main.py", "main.py"),
        ("Since v3.14.2", "3.14"),
        ("a well-known fact", "well-known"),
        ("the_name_of_it", "name"),
    ],
)
async def test_addresses_paths_and_versions_are_found_by_their_parts(
    remember: Remember, found: Found, content: str, question: str
) -> None:
    await remember(content)
    assert await found(question) == [content]


@pytest.mark.parametrize(
    "question",
    [
        '"tortoise',
        "tortoise*",
        "^tortoise",
        "NOT tortoise",
        "body:tortoise",
        "{body}:tortoise",
        "tortoise AND",
        "tortoise OR",
        "(tortoise",
        "tortoise)",
        "-tortoise",
        "+tortoise",
        "tortoise %",
        "a'tortoise;--",
        "tortoise & !x | <->",
        "NEAR(tortoise, 3)",
    ],
)
async def test_operators_and_quotes_are_words(remember: Remember, found: Found, question: str) -> None:
    await remember("a tortoise")
    assert await found(question) == ["a tortoise"]


@pytest.mark.parametrize(
    "question", ["hare NOT tortoise", "hare AND tortoise", "hare OR tortoise", "NEAR(hare tortoise)", "hare + tortoise"]
)
async def test_no_operator_narrows_a_search(remember: Remember, found: Found, question: str) -> None:
    await remember("a tortoise", "a hare")
    assert set(await found(question)) == {"a tortoise", "a hare"}


@pytest.mark.parametrize("question", ["who", "or", "not", "or or", "and not", "the"])
async def test_a_question_of_function_words_alone_is_answered(remember: Remember, found: Found, question: str) -> None:
    await remember("tortoise")
    assert await found(question) == []


async def test_the_largest_text_of_different_words_is_found(remember: Remember, found: Found) -> None:
    content = " ".join(map(chr, range(0x10400, 0x10450))) + " " + "".join(map(chr, range(0x4E00, 0x9FFF))) * 16
    await remember(f"tortoise {content}")
    assert len(await found("tortoise")) == 1


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


async def test_a_neighbour_in_the_session_helps_to_find(remember: Remember, ranked: RankedBy) -> None:
    _, answer = await remember("Where did the zebra sleep?", "In the barn.", session="talk")
    hits = {hit.candidate.memory_id: hit for hit in await ranked("zebra")}
    assert (hits[answer].words, hits[answer].nearby) == ([], ["zebra"])


async def test_a_neighbour_far_from_every_seed_of_another_session_does_not_help(
    remember: Remember, found: Found
) -> None:
    await remember("the zebra", session="one")
    await remember("In the barn.", session="two")
    assert await found("zebra") == ["the zebra"]


async def test_a_private_neighbour_does_not_surface_a_public_memory(remember: Remember, found: Found) -> None:
    await remember("the secret zebra", session="talk")
    await remember("In the barn.", session="talk", access_level="public")
    assert (await found("zebra", BOB), len(await found("zebra", ALICE))) == ([], 2)


async def test_a_private_neighbour_does_not_move_a_public_memory_up(remember: Remember, ranked: RankedBy) -> None:
    await remember("the secret zebra", session="talk", vector=NORTH)
    (beside,) = await remember("a zebra barn", session="talk", access_level="public", vector=EAST)
    (alone,) = await remember("a zebra field", access_level="public", vector=EAST)
    scores = {hit.candidate.memory_id: hit.score for hit in await ranked("zebra secret", BOB, vector=NORTH)}
    assert scores[beside] == pytest.approx(scores[alone], abs=1e-4)


async def test_the_session_of_that_name_of_another_agent_does_not_help(remember: Remember, found: Found) -> None:
    await remember("the zebra", session="talk", by=BOB, access_level="team")
    await remember("In the barn.", session="talk", access_level="team")
    assert await found("zebra", ALICE) == ["the zebra"]


async def test_a_neighbour_of_what_is_near_in_meaning_comes_along(remember: Remember, found: Found) -> None:
    await remember("cat", vector=NORTH, session="talk")
    await remember("It is called zebra.", session="talk")
    await remember("zebra")
    assert (await found("zebra", vector=NORTH))[0] == "It is called zebra."


def test_the_meaning_of_rare_words_is_looked_for() -> None:
    frequent, rare = Posting("server", frozenset(range(90)), 1.0), Posting("zebra", frozenset({1}), 1.0)
    assert words_to_embed([frequent, rare], 100) == ["zebra"]


def test_the_meaning_of_frequent_words_is_looked_for_when_there_are_no_others() -> None:
    assert words_to_embed([Posting("server", frozenset(range(90)), 1.0)], 100) == ["server"]


def test_among_few_memories_no_word_is_frequent() -> None:
    assert words_to_embed([Posting("server", frozenset(range(5)), 1.0)], 5) == ["server"]


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
