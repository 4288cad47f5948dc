"""Topics to which an agent comes back."""

from datetime import UTC, datetime, timedelta

import pytest

from tmws_memory.condensing.item import Item
from tmws_memory.patterns.clusters import clusters

CACHE = [
    "We moved the session cache from Memcached to Redis",
    "The Redis cache evicts the least recently used sessions",
    "Redis sessions were lost when the cache was restarted",
    "A session in the Redis cache lives for 30 minutes",
]
OTHERS = ["The garden needs rain", "Trains to Berlin leave hourly", "Anna likes green tea"]


def stored(texts: list[str], sessions: list[str | None], first_day: int = 1) -> list[Item]:
    start = datetime(2026, 3, first_day, tzinfo=UTC)
    return [
        Item(f"{first_day}-{at}", text, (), "note", session, start + timedelta(days=at))
        for at, (text, session) in enumerate(zip(texts, sessions, strict=True))
    ]


def test_a_topic_of_several_sessions_is_found_with_its_measures() -> None:
    (found,) = clusters(stored([*CACHE, *OTHERS], ["a", "a", "b", "c", "a", "b", "c"]))
    assert (found.type, found.frequency, found.memory_ids) == ("cluster", 3, ("1-3", "1-2", "1-1", "1-0"))
    assert {"redis", "cache"} < set(found.pattern_data["words"])
    assert (found.pattern_data["size"], found.pattern_data["days"]) == (4, 4)
    assert 0 < found.confidence <= 1


def test_a_topic_of_one_session_does_not_recur() -> None:
    assert clusters(stored(CACHE, ["a"] * 4)) == []


def test_without_sessions_a_topic_recurs_on_several_days() -> None:
    (found,) = clusters(stored(CACHE, [None] * 4))
    assert found.frequency == 4


def test_a_topic_keeps_its_signature_when_it_grows() -> None:
    before = stored([*CACHE, *OTHERS], [None] * 7)
    after = before + stored(["The Redis cache of sessions was restarted again"], [None], first_day=20)
    (one,), (other,) = clusters(before), clusters(after)
    assert (one.signature, one.frequency + 1) == (other.signature, other.frequency)


def test_the_order_in_which_memories_come_does_not_matter() -> None:
    items = stored([*CACHE, *OTHERS], [None] * 7)
    assert clusters(items[::-1]) == clusters(items)


def test_no_occasion_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="least_occasions is 0"):
        clusters([], least_occasions=0)
