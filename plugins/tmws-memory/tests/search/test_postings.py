"""Which memories have which words, on both databases."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core import Principal
from tmws_memory import removal
from tmws_memory.filters import Filters
from tmws_memory.scope import namespace_token
from tmws_memory.search.postings import Posting, Scope, count, postings

Remember = Callable[..., Awaitable[list[str]]]
PostingsOf = Callable[..., Awaitable[list[Posting]]]

ALICE, BOB = Principal("alice", "place"), Principal("bob", "place")


async def test_each_word_has_the_documents_that_contain_it(remember: Remember, postings_of: PostingsOf) -> None:
    await remember("a red house", "a red barn", "a garden")
    found = await postings_of("red garden lake")
    assert [(one.word, len(one.documents)) for one in found] == [("red", 2), ("garden", 1), ("lake", 0)]


async def test_a_rare_word_weighs_more_than_a_frequent_one(remember: Remember, postings_of: PostingsOf) -> None:
    await remember("a red house", "a red barn", "a garden")
    red, garden = await postings_of("red garden")
    assert garden.weight > red.weight > 0


async def test_a_word_that_everything_has_still_weighs_something(remember: Remember, postings_of: PostingsOf) -> None:
    await remember("red one", "red two")
    (red,) = await postings_of("red")
    assert red.weight > 0


async def test_a_word_is_found_by_its_stem(remember: Remember, postings_of: PostingsOf) -> None:
    await remember("We deployed the services.")
    assert [len(one.documents) for one in await postings_of("deploying service")] == [1, 1]


@pytest.mark.parametrize("question", ["deploy deployed", "ponies pony", "using use", "services service"])
async def test_two_forms_of_one_word_count_once(remember: Remember, postings_of: PostingsOf, question: str) -> None:
    await remember(f"{question}", "other")
    assert len(await postings_of(question)) == 1


async def test_different_words_of_the_same_documents_all_count(remember: Remember, postings_of: PostingsOf) -> None:
    await remember("a zebra crossing", "other")
    assert [one.word for one in await postings_of("zebra crossing")] == ["zebra", "crossing"]


async def test_a_frequent_word_is_passed_over_when_another_tells_more(
    remember: Remember, postings_of: PostingsOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tmws_memory.search.postings.FEWEST_PER_WORD", 3)
    await remember("server zebra", "server two", "server three", "server four")
    assert [one.word for one in await postings_of("server zebra")] == ["zebra"]


async def test_frequent_words_alone_count(
    remember: Remember, postings_of: PostingsOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tmws_memory.search.postings.FEWEST_PER_WORD", 3)
    await remember("server one", "server two", "server three", "server four")
    found = await postings_of("server")
    assert [(one.word, len(one.documents)) for one in found] == [("server", 3)]


async def test_of_a_frequent_word_the_newest_documents_count(
    remember: Remember, postings_of: PostingsOf, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await remember("server one", "server two", "server three")
    (every,) = await postings_of("server")
    monkeypatch.setattr("tmws_memory.search.postings.FEWEST_PER_WORD", 2)
    (newest,) = await postings_of("server")
    assert newest.documents == set(sorted(every.documents)[1:])


@pytest.mark.parametrize(
    "filters",
    [{"namespace": "other"}, {"memory_type": "decision"}, {"tags": ["x"]}, {"agent_id": "bob"}],
    ids=lambda filters: next(iter(filters)),
)
async def test_what_does_not_fulfil_a_filter_has_no_posting(
    remember: Remember, postings_of: PostingsOf, filters: dict[str, object]
) -> None:
    await remember("tortoise")
    assert [one.documents for one in await postings_of("tortoise", **filters)] == [frozenset()]


@pytest.mark.parametrize(
    "filters",
    [{"memory_type": "decision"}, {"tags": ["x"]}, {"tags": ["y", "x"]}, {"agent_id": "alice"}],
    ids=str,
)
async def test_what_fulfils_a_filter_has_a_posting(
    remember: Remember, postings_of: PostingsOf, filters: dict[str, object]
) -> None:
    await remember("tortoise", memory_type="decision", tags=["x", "y", "z"])
    (tortoise,) = await postings_of("tortoise", **filters)
    assert len(tortoise.documents) == 1


async def test_a_private_memory_of_another_has_no_posting(remember: Remember, postings_of: PostingsOf) -> None:
    await remember("tortoise", by=BOB)
    assert [one.documents for one in await postings_of("tortoise", ALICE)] == [frozenset()]


@pytest.mark.parametrize("level", ["team", "shared", "public", "system"])
async def test_what_others_may_be_able_to_read_has_a_posting(
    remember: Remember, postings_of: PostingsOf, level: str
) -> None:
    await remember("tortoise", by=BOB, access_level=level)
    (tortoise,) = await postings_of("tortoise", ALICE)
    assert len(tortoise.documents) == 1


async def test_a_deleted_memory_has_no_posting(
    remember: Remember, postings_of: PostingsOf, session: AsyncSession
) -> None:
    (memory_id,) = await remember("tortoise")
    await session.run_sync(removal.delete, ALICE, memory_id)
    assert [one.documents for one in await postings_of("tortoise")] == [frozenset()]


async def test_a_tag_is_a_word_of_its_memory(remember: Remember, postings_of: PostingsOf) -> None:
    await remember("The cache is Redis.", tags=["infrastructure"])
    (infrastructure,) = await postings_of("infrastructure")
    assert len(infrastructure.documents) == 1


async def test_a_token_of_the_scope_is_no_word(remember: Remember, postings_of: PostingsOf) -> None:
    await remember("tortoise")
    (token,) = await postings_of(namespace_token("place"))
    assert token.documents == frozenset()


WORDS = ["a:b", "x*", "AND", ") OR (", "'", "\\", "🎉", "\N{MEDEFAIDRIN CAPITAL LETTER M}"]


@pytest.mark.parametrize("word", WORDS)
async def test_whatever_is_asked_for_is_a_word_and_never_a_query(
    remember: Remember, session: AsyncSession, word: str
) -> None:
    await remember("tortoise")
    scope = Scope(ALICE, Filters(namespace="place"))
    found = await session.run_sync(lambda one: postings(one, [word], scope, 1))
    assert not any(one.documents for one in found)


async def test_the_documents_of_a_scope_are_counted(remember: Remember, session: AsyncSession) -> None:
    await remember("one", "two")
    await remember("three", by=BOB)
    await remember("four", by=BOB, access_level="team")
    await remember("five", namespace="other")
    scope = Scope(ALICE, Filters(namespace="place"))
    assert await session.run_sync(count, scope) == 3


def test_scopes_of_two_callers_have_different_keys() -> None:
    filters = Filters(namespace="place")
    assert Scope(ALICE, filters).key != Scope(BOB, filters).key


def test_scopes_of_two_filters_have_different_keys() -> None:
    assert Scope(ALICE, Filters(namespace="place")).key != Scope(ALICE, Filters(namespace="place", tags=("x",))).key
