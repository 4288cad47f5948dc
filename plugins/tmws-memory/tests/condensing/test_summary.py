"""What several memories say, in a few of their sentences."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmws_memory.condensing.item import Item, Vector
from tmws_memory.condensing.summary import summary

SENTENCES = st.lists(st.sampled_from(["redis", "cache", "port", "not", "東京", "5"]), min_size=1, max_size=6).map(
    lambda words: f"{' '.join(words).capitalize()}."
)
CONTENTS = st.lists(st.one_of(SENTENCES, st.sampled_from(["# A", "It is.", "- b", "```\nx. Y\n```"])), min_size=1).map(
    "\n".join
)


_NUMBERS = count(1)


def new_item(content: str, name: str | None = None, tags: tuple[str, ...] = (), vector: Vector | None = None) -> Item:
    """A memory that is a minute newer than the one made before it."""
    number = next(_NUMBERS)
    created_at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number)
    return Item(name or f"{number:06}", content, tags, "general", None, created_at, vector)


@pytest.fixture
def items() -> list[Item]:
    return [
        new_item("# Cache\nWe moved the session cache from Memcached to Redis. The team had lunch.", "a"),
        new_item("The Redis cache evicts the least recently used sessions. Paris is nice.", "b"),
        new_item("Redis sessions were lost on a restart of the cache. It had no persistence.", "c"),
        new_item("We moved the session cache from Memcached to Redis.", "d"),
    ]


def test_the_sentences_about_what_all_are_about_are_chosen_in_the_order_of_time(items: list[Item]) -> None:
    assert summary(items, 170).text == (
        "We moved the session cache from Memcached to Redis.\n"
        "The Redis cache evicts the least recently used sessions.\n"
        "Redis sessions were lost on a restart of the cache."
    )


def test_each_sentence_is_traced_to_its_memory(items: list[Item]) -> None:
    found = summary(items, 110)
    by_id = {item.id: item.content for item in items}
    assert found.sentences
    assert all(one.text in by_id[one.item_id] for one in found.sentences)
    assert found.source_ids == ("a", "b", "c", "d")


def test_what_has_little_to_do_with_the_others_is_not_chosen(items: list[Item]) -> None:
    assert "lunch" not in summary(items, 1000).text


def test_what_is_said_twice_is_chosen_once(items: list[Item]) -> None:
    assert summary(items, 1000).text.count("Memcached") == 1


def test_a_sentence_brings_along_what_its_it_is() -> None:
    items = [
        new_item("Kafka is the bus. It stores orders and payments of customers.", "a"),
        new_item("Orders and payments of customers are stored for ten years.", "b"),
    ]
    assert "Kafka is the bus. It stores" in summary(items, 200).text


def test_japanese_sentences_are_summarised() -> None:
    items = [new_item("データベースの容量が足りない。昼食は寿司だった。"), new_item("データベースの容量を増やした。")]
    assert summary(items, 40).text == "データベースの容量が足りない。\nデータベースの容量を増やした。"


def test_code_is_quoted_as_a_whole_or_not_at_all() -> None:
    code = "```\nredis-cli save cache\n```"
    item = new_item(f"Save the Redis cache by hand.\n{code}\nThe cache of Redis is small.")
    assert [code in summary([item], room).text for room in (40, 100)] == [False, True]


def test_less_room_than_the_shortest_sentence_is_refused_with_its_length(items: list[Item]) -> None:
    with pytest.raises(ValueError, match="shortest sentence has 14 characters"):
        summary(items, 10)


def test_memories_without_text_cannot_be_summarised() -> None:
    with pytest.raises(ValueError, match="no text to summarise"):
        summary([new_item(" ")], 100)


@given(st.lists(CONTENTS, min_size=1, max_size=4), st.integers(min_value=60, max_value=200))
def test_a_summary_is_short_and_made_of_its_sources(contents: list[str], room: int) -> None:
    items = [new_item(content) for content in contents]
    found = summary(items, room)
    by_id = {item.id: item.content for item in items}
    assert 0 < len(found.text) <= room
    assert all(one.text in by_id[one.item_id] and one.text in found.text for one in found.sentences)
    assert summary(items[::-1], room) == found
