"""Several memories in one text."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmws_memory.condensing.item import Item, Vector
from tmws_memory.condensing.merge import merge
from tmws_memory.condensing.pieces import pieces_of
from tmws_memory.condensing.statement import Statement

WORDS = ("redis", "cache", "port", "6379", "6380", "not", "the", "if", "東京", "nightly")
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(lambda words: " ".join(words).capitalize())
LINES = st.one_of(
    SENTENCES.map("{}.".format), SENTENCES.map("- {}".format), st.sampled_from(["# A", "Pros:", "It is."])
)
CONTENTS = st.lists(LINES, min_size=1, max_size=6).map("\n".join)


_NUMBERS = count(1)


def new_item(content: str, name: str | None = None, tags: tuple[str, ...] = (), vector: Vector | None = None) -> Item:
    """A memory that is a minute newer than the one made before it."""
    number = next(_NUMBERS)
    created_at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number)
    return Item(name or f"{number:06}", content, tags, "general", None, created_at, vector)


def test_what_two_memories_say_is_said_once_in_the_order_of_time() -> None:
    first = new_item("The cache is Redis. Redis listens on port 6379.", "first")
    second = new_item("The Redis listens on port 6379. Sessions live for 30 minutes.", "second")
    merged = merge([second, first])
    assert merged.text == "The cache is Redis. Redis listens on port 6379.\n\nSessions live for 30 minutes."
    assert merged.source_ids == ("first", "second")


def test_what_is_left_out_is_told_with_who_says_it() -> None:
    merged = merge([new_item("Redis is our cache.", "a"), new_item("Redis is the cache!", "b")])
    assert [(one.item_id, one.text, one.said_by) for one in merged.left_out] == [("b", "Redis is the cache!", "a")]


def test_of_two_the_fuller_sentence_is_kept() -> None:
    merged = merge([new_item("The backup runs at 3 on Sundays."), new_item("The nightly backup runs at 3 on Sundays.")])
    assert merged.text == "The nightly backup runs at 3 on Sundays."


def test_one_line_below_two_headings_is_two_statements() -> None:
    content = "# Staging\nThe port is 80.\n# Production\nThe port is 80."
    assert merge([new_item(content)]).text == content


def test_one_entry_of_two_lists_is_two_statements() -> None:
    content = "Pros:\n- speed\nCons:\n- speed"
    assert merge([new_item(content)]).text == content


def test_a_list_that_goes_on_keeps_what_announces_it() -> None:
    merged = merge([new_item("Pros:\n- fast\n- small"), new_item("Pros:\n- fast\n- cheap")])
    assert merged.text == "Pros:\n- fast\n- small\n\nPros:\n- cheap"


def test_the_same_code_is_kept_once() -> None:
    code = "```\nmake. Test\n```"
    assert merge([new_item(f"Run this.\n{code}"), new_item(f"Run that.\n{code}")]).text.count(code) == 1


def test_a_japanese_sentence_is_kept_once() -> None:
    merged = merge([new_item("サーバーは東京にある。"), new_item("サーバーは東京にある。容量は500GBだ。")])
    assert merged.text == "サーバーは東京にある。\n\n容量は500GBだ。"


def test_memories_without_text_cannot_be_merged() -> None:
    with pytest.raises(ValueError, match="no text to merge"):
        merge([new_item("  \n ")])


@given(st.lists(CONTENTS, min_size=1, max_size=4))
def test_every_sentence_is_kept_or_said_by_one_that_is(contents: list[str]) -> None:
    merged = merge([new_item(content) for content in contents])
    kept = [Statement(piece) for piece in pieces_of(merged.text)]
    for content in contents:
        for piece in pieces_of(content):
            assert piece.text in merged.text or any(one.says_all_of(Statement(piece)) for one in kept)


@given(st.lists(CONTENTS, min_size=1, max_size=4))
def test_the_order_in_which_memories_come_does_not_matter(contents: list[str]) -> None:
    items = [new_item(content) for content in contents]
    assert merge(items) == merge(sorted(items, key=lambda item: item.content))


@given(st.lists(CONTENTS, min_size=1, max_size=4))
def test_what_is_kept_and_what_is_left_out_is_all_there_was(contents: list[str]) -> None:
    once = merge([new_item(content) for content in contents])
    assert len(once.left_out) + len(pieces_of(once.text)) == sum(len(pieces_of(content)) for content in contents)
