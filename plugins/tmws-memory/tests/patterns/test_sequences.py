"""What follows what."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmws_memory.condensing.item import Item
from tmws_memory.patterns.found_pattern import FoundPattern
from tmws_memory.patterns.sequences import sequences

# an incident is followed by its fix, with something else between them at times
SESSIONS = [
    ["note:lunch", "incident:disk", "fix:logs", "note:garden", "note:rain", "plan:week"],
    ["incident:network", "note:lunch", "fix:cable", "note:rain", "note:garden", "note:walk"],
    ["note:garden", "note:rain", "plan:month", "note:walk", "incident:disk", "fix:logs"],
    ["plan:week", "note:rain", "note:lunch", "incident:login", "fix:password", "note:walk"],
    ["note:walk", "note:lunch", "incident:network", "note:garden", "fix:cable", "note:rain"],
    ["incident:disk", "fix:logs", "note:garden", "note:walk", "plan:month", "note:lunch"],
]


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


def steps(found: list[FoundPattern]) -> list[list[str]]:
    return [one.pattern_data["steps"] for one in found]


def test_what_follows_in_several_sessions_is_found_with_its_measures() -> None:
    found = sequences(new_stream(*SESSIONS))
    (pattern,) = [one for one in found if one.pattern_data["steps"] == ["type:incident", "type:fix"]]
    assert (pattern.type, pattern.confidence, pattern.frequency) == ("sequence", 1.0, 6)
    assert pattern.memory_ids[:4] == ("5-1", "5-0", "4-4", "4-2")


def test_what_never_follows_immediately_is_not_found_without_a_gap() -> None:
    sessions = [["a:", "x:", "b:", "x:", "x:", "x:"]] * 8
    assert ["type:a", "type:b"] in steps(sequences(new_stream(*sessions), most_between=1, longest=2))
    assert ["type:a", "type:b"] not in steps(sequences(new_stream(*sessions), most_between=0, longest=2))


def test_nothing_follows_from_one_session_to_the_next() -> None:
    sessions = [["b:", "x:", "x:", "x:", "x:", "a:"]] * 8
    assert ["type:a", "type:b"] not in steps(sequences(new_stream(*sessions), false_discovery_rate=1))


def test_the_confidence_is_the_share_of_prefixes_that_are_followed() -> None:
    sessions = [*[["a:", "b:", "x:", "x:", "x:", "x:"]] * 6, *[["a:", "x:", "x:", "x:", "x:", "x:"]] * 2]
    (pattern,) = [one for one in sequences(new_stream(*sessions)) if one.pattern_data["steps"] == ["type:a", "type:b"]]
    assert (pattern.confidence, pattern.frequency) == (0.75, 6)


def test_a_sequence_has_up_to_five_steps_and_its_parts_are_not_listed() -> None:
    found = steps(sequences(new_stream(*[["a:", "b:", "c:", "d:", "e:"]] * 8), most_between=0))
    assert found == [["type:a", "type:b", "type:c", "type:d", "type:e"]]


def test_days_stand_for_sessions_where_these_are_not_known() -> None:
    known, unknown = sequences(new_stream(*SESSIONS)), sequences(new_stream(*SESSIONS, known=False))
    assert steps(known) == steps(unknown)


def test_topics_are_steps_too() -> None:
    items = new_stream(*[["x:", "x:", "y:", "x:", "x:"]] * 8)
    topic_of = {item.id: "redis" for item in items if item.id.endswith("-1")}
    assert ["topic:redis", "type:y"] in steps(sequences(items, topic_of, most_between=0, longest=2))


def test_too_few_sessions_make_no_sequence() -> None:
    assert sequences(new_stream(*SESSIONS), least_sessions=7, false_discovery_rate=1) == []


def test_noise_has_no_sequences() -> None:
    random = Random(5)
    sessions = [random.choices(["a:", "b:", "c:", "d:", "e:", "f:"], k=12) for _ in range(40)]
    assert sequences(new_stream(*sessions)) == []


def test_a_sequence_keeps_its_signature_when_more_is_stored() -> None:
    before, after = sequences(new_stream(*SESSIONS)), sequences(new_stream(*SESSIONS, *SESSIONS))
    signatures = {tuple(one.pattern_data["steps"]): (one.signature, one.frequency) for one in after}
    assert [(one.pattern_data["steps"], one.signature) for one in before if one.frequency == 6] == [
        (["type:incident", "type:fix"], signatures["type:incident", "type:fix"][0])
    ]
    assert signatures["type:incident", "type:fix"][1] == 12


@pytest.mark.parametrize(
    "argument", [{"least_sessions": 0}, {"least_confidence": 2}, {"most_between": -1}, {"longest": 6}]
)
def test_an_argument_out_of_range_is_refused_by_its_name(argument: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(argument))):
        sequences([], **argument)


@given(
    st.lists(st.lists(st.sampled_from(["a:x", "b:", "c:x y"]), max_size=6), max_size=6),
    st.randoms(use_true_random=False),
)
def test_the_order_in_which_memories_come_does_not_matter(sessions: list[list[str]], random: Random) -> None:
    items = new_stream(*sessions)
    found = sequences(items, least_sessions=1, least_confidence=0, false_discovery_rate=1)
    random.shuffle(items)
    assert sequences(items, least_sessions=1, least_confidence=0, false_discovery_rate=1) == found
    assert all(0 <= one.confidence <= 1 <= one.frequency and one.memory_ids for one in found)
