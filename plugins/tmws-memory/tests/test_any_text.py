"""Whatever is asked, no question makes a search fail, and every word finds its text."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
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


@pytest.fixture
def environment() -> dict[str, str]:
    """A text is found by its words alone."""
    return {"TMWS_MEMORY_EMBEDDINGS": "false"}


@MANY
@given(question=QUESTIONS)
async def test_no_question_makes_a_search_fail(call: CallTool, question: str) -> None:
    hits = (await call("memory_search", query=question))["hits"]
    assert hits == []


@MANY
@given(word=st.text("abcdefghijklmnopqrstuvwxyzäöüéñжшλ東京猫한국0123456789", min_size=1, max_size=30))
async def test_a_word_finds_the_text_that_it_is(call: CallTool, word: str) -> None:
    stored = await call("memory_store", content=f"qqq {word}", namespace="words")
    hits = (await call("memory_search", query=f"qqq {word}", namespace="words", limit=100))["hits"]
    await call("memory_delete", memory_id=stored["id"])
    assert [hit["memory"]["id"] for hit in hits] == [stored["id"]]
