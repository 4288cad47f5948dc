"""What goes together."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmws_memory.condensing.item import Item
from tmws_memory.patterns.correlations import correlations, recalled_together
from tmws_memory.patterns.found_pattern import FoundPattern

TAGGED = [["note:redis cache"] * 5 + ["note:lunch", "note:cache", "note:rain", "note:garden", "note:walk"] * 2]


def new_stream(*sessions: list[str], known: bool = True) -> list[Item]:
    """The items of sessions, each written as its type before a colon and its tags."""
    items: list[Item] = []
    for number, session in enumerate(sessions):
        for minute, text in enumerate(session):
            kind, _, tags = text.rpartition(":")
            created_at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=number, minutes=minute)
            name = f"{number}-{minute}"
            items.append(Item(name, text, tuple(tags.split()), kind, str(number) if known else None, created_at))
    return items


def test_tags_that_go_together_are_found_with_their_measures() -> None:
    (found,) = correlations(new_stream(*TAGGED))
    assert found.pattern_data == {
        "together": ["tag:cache", "tag:redis"],
        "how": "stored",
        "condition": ["tag:redis"],
        "consequence": "tag:cache",
        "support": 0.3333,
        "lift": 2.1429,
    }
    assert (found.type, found.confidence, found.frequency) == ("correlation", 1.0, 5)
    assert found.memory_ids == ("0-4", "0-3", "0-2", "0-1", "0-0")


def test_a_type_goes_together_with_a_tag() -> None:
    found = correlations(new_stream(["bug:urgent"] * 6 + ["note:lunch", "note:rain", "fact:walk"] * 6))
    assert ["tag:urgent", "type:bug"] in [one.pattern_data["together"] for one in found]


def test_the_case_of_a_tag_does_not_matter() -> None:
    other = [[text.replace("redis", "Redis") if at % 2 else text for at, text in enumerate(TAGGED[0])]]
    assert [one.signature for one in correlations(new_stream(*other))] == [
        one.signature for one in correlations(new_stream(*TAGGED))
    ]


def test_two_conditions_count_when_they_are_surer_than_each_alone() -> None:
    texts = ["n:a b c"] * 8 + ["n:a"] * 10 + ["n:b"] * 10 + ["n:c"] * 2 + ["n:x"] * 10
    together = [one.pattern_data["together"] for one in correlations(new_stream(texts))]
    assert ["tag:a", "tag:b", "tag:c"] in together


def test_three_that_say_no_more_than_two_are_not_listed() -> None:
    texts = ["n:a b c"] * 6 + ["n:a b"] * 6 + ["n:x"] * 12 + ["n:c"] * 6
    together = [one.pattern_data["together"] for one in correlations(new_stream(texts))]
    assert together == [["tag:a", "tag:b"]]


def test_tags_that_meet_by_chance_do_not_correlate() -> None:
    random = Random(11)
    texts = [f"note:{' '.join(random.sample('abcdefghij', 3))}" for _ in range(300)]
    assert correlations(new_stream(texts), least_confidence=0) == []


def test_memories_that_are_recalled_together_are_found() -> None:
    recalls = [["a", "b"], ["a", "b", "c"]] * 4 + [["c"], ["d"], ["e"], ["d", "e"]] * 4
    (found,) = recalled_together(recalls)
    assert (found.memory_ids, found.confidence, found.frequency) == (("a", "b"), 1.0, 8)
    assert found.pattern_data["how"] == "recalled"


def test_a_recall_of_very_many_memories_says_nothing_about_two_of_them() -> None:
    recalls = [["a", "b", *map(str, range(60))]] * 8 + [["c"]] * 20
    assert recalled_together(recalls) == []


@pytest.mark.parametrize("argument", [{"least_count": 0}, {"least_confidence": -1}, {"least_lift": -0.5}])
@pytest.mark.parametrize("find", [correlations, recalled_together])
def test_an_argument_out_of_range_is_refused_by_its_name(
    find: Callable[..., list[FoundPattern]], argument: dict[str, float]
) -> None:
    with pytest.raises(ValueError, match=next(iter(argument))):
        find([], **argument)


@given(st.lists(st.frozensets(st.sampled_from("abcde"), min_size=1), max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_recalls_does_not_matter(recalls: list[frozenset[str]], random: Random) -> None:
    found = recalled_together(recalls, 1, 0.0, 0.0, 1.0)
    random.shuffle(recalls)
    assert recalled_together(recalls, 1, 0.0, 0.0, 1.0) == found
    pairs = {frozenset((one, other)) for some in recalls for one in some for other in some if one < other}
    assert {frozenset(one.memory_ids) for one in found} == (pairs if len(pairs) <= 100 else set())
    assert all(0 <= one.confidence <= 1 <= one.frequency for one in found)
