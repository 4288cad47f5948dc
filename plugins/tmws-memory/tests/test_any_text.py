"""Whatever text comes, it is stored as it is, and no question makes a search fail."""

from collections.abc import Awaitable, Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CallTool = Callable[..., Awaitable[dict[str, Any]]]

# everything that a database stores: no NUL and no half of a surrogate pair
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
OPERATORS = st.sampled_from(['"', "'", "*", "^", ":", "(", ")", "-", "+", "&", "|", "!", "<->", "\\", "%", "_"])
QUESTIONS = TEXT | st.lists(
    OPERATORS | st.sampled_from(["AND", "OR", "NOT", "NEAR", "body", "tortoise", "東京", "é"]), min_size=1
).map("".join)
# the database stays the same from example to example, and no example minds what the others have stored
MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


@MANY
@given(content=TEXT, tag=TEXT)
async def test_a_text_comes_back_as_it_was_stored(call: CallTool, content: str, tag: str) -> None:
    stored = await call("memory_store", content=content, tags=[tag], context={tag: content}, source_url=tag)
    read = await call("memory_get", memory_id=stored["id"])
    assert (read["content"], read["tags"], read["context"], read["source_url"]) == (content, [tag], {tag: content}, tag)


@MANY
@given(question=QUESTIONS)
async def test_no_question_makes_a_search_fail(call: CallTool, question: str) -> None:
    hits = (await call("memory_search", query=question))["result"]
    assert hits == []


@MANY
@given(word=st.text("abcdefghijklmnopqrstuvwxyzäöüéñжшλ東京猫한국0123456789", min_size=1, max_size=30))
async def test_a_word_finds_the_text_that_it_is(call: CallTool, word: str) -> None:
    stored = await call("memory_store", content=f"qqq {word}", namespace="words")
    hits = (await call("memory_search", query=f"qqq {word}", namespace="words", limit=100))["result"]
    await call("memory_delete", memory_id=stored["id"])
    assert [hit["memory"] for hit in hits] == [stored]
