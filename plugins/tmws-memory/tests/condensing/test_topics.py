"""Memories on one subject."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmws_memory.condensing.item import Item, Vector
from tmws_memory.condensing.topics import topics

CACHE = [
    "We moved the session cache from Memcached to Redis",
    "The Redis cache evicts the least recently used sessions",
    "Redis sessions were lost when the cache was restarted",
    "A session in the Redis cache lives for 30 minutes",
]
INVOICES = [
    "Invoices go to the customer on the first of each month",
    "The accountant asked to number invoices by customer",
    "A customer complained that her invoice came twice",
    "Paid invoices of a customer are archived for ten years",
]
TEXTS = st.lists(st.sampled_from(["redis", "cache", "lunch", "port", "東京", "the"]), max_size=5).map(" ".join)


_NUMBERS = count(1)


def new_item(content: str, name: str | None = None, tags: tuple[str, ...] = (), vector: Vector | None = None) -> Item:
    """A memory that is a minute newer than the one made before it."""
    number = next(_NUMBERS)
    created_at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number)
    return Item(name or f"{number:06}", content, tags, "general", None, created_at, vector)


def as_items(*groups: list[str], vectors: list[Vector] | None = None) -> list[Item]:
    texts = [
        (f"{letter}{at}", text) for letter, group in zip("abc", groups, strict=False) for at, text in enumerate(group)
    ]
    return [new_item(text, name, vector=vectors[at] if vectors else None) for at, (name, text) in enumerate(texts)]


def test_memories_are_grouped_by_what_they_are_about() -> None:
    items = as_items(CACHE, INVOICES)
    items.insert(3, new_item("The garden needs rain", "lonely"))
    found = topics(items)
    assert [one.item_ids for one in found] == [("a0", "a1", "a2", "a3"), ("b0", "b1", "b2", "b3")]


def test_a_topic_is_labelled_by_its_most_telling_words() -> None:
    cache, invoices = topics(as_items(CACHE, INVOICES), most_words=3)
    assert set(cache.words) == {"redis", "cache", "session"}
    assert set(invoices.words) >= {"invoices", "customer"}


def test_german_memories_are_grouped_and_labelled() -> None:
    garden = [
        "Die Rosen im Garten brauchen Dünger",
        "Der Garten mit den Rosen ist trocken",
        "Im Garten blühen die Rosen",
    ]
    trains = [
        "Der Zug nach Berlin war verspätet",
        "Ein Zug fährt stündlich nach Berlin",
        "Berlin erreicht man mit dem Zug",
    ]
    found = topics(as_items(garden, trains), most_words=2)
    assert {frozenset(one.words) for one in found} == {frozenset({"rosen", "garten"}), frozenset({"zug", "berlin"})}


def test_japanese_labels_are_whole_words() -> None:
    texts = ["データベースの容量が足りない", "データベースの容量を増やした", "データベースの容量は毎週見る"]
    (found,) = topics(as_items(texts), most_words=2)
    assert set(found.words) == {"データベース", "容量"}


def test_tags_tell_what_a_memory_is_about() -> None:
    items = [new_item(text, tags=("billing",)) for text in ("Ask Anna first", "Noon is late", "Use the blue form")]
    (found,) = topics(items)
    assert (len(found.item_ids), found.words) == (3, ("billing",))


def test_vectors_group_memories_without_a_common_word() -> None:
    generator = np.random.default_rng(3)
    centres = generator.normal(size=(2, 32))
    vectors = [(centres[at // 3] + generator.normal(size=32) * 0.3 + 5).astype(np.float32) for at in range(6)]
    texts = ["alpha", "beta", "gamma"], ["delta", "epsilon", "zeta"]
    found = topics(as_items(*texts, vectors=vectors))
    assert [one.item_ids for one in found] == [("a0", "a1", "a2"), ("b0", "b1", "b2")]


def test_memories_without_a_vector_are_grouped_beside_those_that_have_one() -> None:
    items = as_items(CACHE, INVOICES)
    mixed = [*items[:-1], replace(items[-1], vector=np.ones(4, dtype=np.float32))]
    assert [one.item_ids for one in topics(mixed)] == [one.item_ids for one in topics(items)]


def test_no_topic_is_larger_than_allowed() -> None:
    found = topics([new_item("Redis cache") for _ in range(9)], largest=4)
    assert [len(one.item_ids) for one in found] == [4, 4]


def test_bounds_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="topics of 5 to 4 memories"):
        topics([], smallest=5, largest=4)


@given(st.lists(TEXTS, max_size=14), st.randoms(use_true_random=False))
def test_topics_are_disjoint_and_independent_of_the_order(texts: list[str], random: Random) -> None:
    items = [
        Item(f"{at:02}", text, (), "general", None, datetime(2026, 3, 1, tzinfo=UTC)) for at, text in enumerate(texts)
    ]
    found = topics(items)
    members = [member for one in found for member in one.item_ids]
    random.shuffle(items)
    assert topics(items) == found
    assert len(members) == len(set(members))
    assert all(len(one.item_ids) >= 3 and 0 <= one.cohesion <= 1 for one in found)
