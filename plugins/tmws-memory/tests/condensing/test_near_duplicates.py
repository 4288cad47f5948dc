"""Memories that say nearly the same."""

from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmws_memory.condensing.item import Item, Vector
from tmws_memory.condensing.near_duplicates import near_duplicates

TEXTS = st.lists(st.sampled_from("abcd12"), min_size=1, max_size=8).map(" ".join)


_NUMBERS = count(1)


def new_item(content: str, name: str | None = None, tags: tuple[str, ...] = (), vector: Vector | None = None) -> Item:
    """A memory that is a minute newer than the one made before it."""
    number = next(_NUMBERS)
    created_at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number)
    return Item(name or f"{number:06}", content, tags, "general", None, created_at, vector)


def clusters(items: list[Item], **thresholds: float) -> list[set[str]]:
    return [{member.id for member in one.members} for one in near_duplicates(items, **thresholds)]


def test_memories_that_differ_in_a_word_are_near_duplicates() -> None:
    items = [
        new_item("The nightly backup of the main database runs at three in the morning", "a"),
        new_item("The nightly backup of the main database starts at three in the morning", "b"),
        new_item("Lunch is served in the garden whenever the weather allows it", "c"),
    ]
    assert clusters(items) == [{"a", "b"}]


def test_the_one_that_says_most_represents_the_others() -> None:
    items = [
        new_item("Deploys of the shop run on Friday at noon", "short"),
        new_item("Deploys of the shop run on Friday at noon sharp", "full"),
        new_item("deploys of the shop run on friday, at noon!", "newer"),
    ]
    (found,) = near_duplicates(items)
    assert found.representative_id == "full"
    assert [(member.id, member.similarity) for member in found.members] == [
        ("full", 1.0),
        ("newer", 0.8889),
        ("short", 0.8889),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The main database of the shop listens on port 5432", "The main database of the shop listens on port 5433"),
        ("We should never restart the main database", "We should restart the main database"),
        ("Wir sollten die Datenbank nicht neu starten", "Wir sollten die Datenbank neu starten"),
        ("データベースは再起動しない", "データベースは再起動した"),
    ],
)
def test_different_numbers_or_negations_are_no_duplicates(one: str, other: str) -> None:
    same = np.ones(4, dtype=np.float32)
    assert near_duplicates([new_item(one, vector=same), new_item(other, vector=same)], 0.3) == []


def test_a_japanese_memory_is_a_near_duplicate_of_another() -> None:
    items = [
        new_item("本番サーバーは東京のデータセンターにある", "a"),
        new_item("本番サーバーは東京のデータセンターにある。", "b"),
    ]
    assert clusters(items) == [{"a", "b"}]


def test_other_words_for_the_same_are_found_by_vectors() -> None:
    near, far = np.array([[1, 0.1], [0, 1]], dtype=np.float32)
    items = [
        new_item("The cache is Redis", "a", vector=near),
        new_item("We cache in Redis", "b", vector=near * 2),
        new_item("Lunch is served", "c", vector=far),
        new_item("Nobody knows", "d"),
    ]
    assert clusters(items) == [{"a", "b"}]


def test_a_chain_of_small_differences_does_not_join_its_ends() -> None:
    words = [f"w{chr(97 + number)}" for number in range(24)]
    items = [new_item(" ".join(words[start : start + 12]), str(start)) for start in range(0, 12, 2)]
    found = near_duplicates(items)
    assert found
    assert all(member.similarity >= 0.6 for one in found for member in one.members)
    assert not any({"0", "10"} <= cluster for cluster in clusters(items))


@pytest.mark.parametrize("thresholds", [{"least_jaccard": 0.0}, {"least_cosine": 1.5}])
def test_a_threshold_out_of_range_is_refused_by_its_name(thresholds: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(thresholds))):
        near_duplicates([], **thresholds)


@given(st.lists(TEXTS, max_size=12), st.randoms(use_true_random=False))
def test_clusters_are_disjoint_and_independent_of_the_order(texts: list[str], random: Random) -> None:
    items = [
        Item(f"{at:02}", text, (), "general", None, datetime(2026, 3, 1, at % 3, tzinfo=UTC))
        for at, text in enumerate(texts)
    ]
    found = near_duplicates(items)
    members = [member.id for one in found for member in one.members]
    random.shuffle(items)
    assert len(members) == len(set(members))
    assert near_duplicates(items) == found


@given(TEXTS)
def test_equal_texts_are_always_in_one_cluster(text: str) -> None:
    (found,) = near_duplicates([new_item(text), new_item(text), new_item(text)])
    assert [member.similarity for member in found.members] == [1.0, 1.0, 1.0]
