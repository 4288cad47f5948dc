"""Finds what follows what in the stream of an agent's memories."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tmws_memory.condensing.item import Item
from tmws_memory.patterns.found_pattern import MOST_MEMORIES, FoundPattern, signature, surest_first
from tmws_memory.patterns.significance import chance, threshold
from tmws_memory.patterns.streams import Streams

Steps = tuple[str, ...]
_LONGEST = 5
_MOST_PREFIXES = 100
# what follows a prefix by chance begins nothing
_CHANCE_OF_A_PREFIX = 0.2


def sequences(
    items: Iterable[Item],
    topic_of: Mapping[str, str] | None = None,
    least_sessions: int = 3,
    least_confidence: float = 0.5,
    most_between: int = 2,
    longest: int = _LONGEST,
    false_discovery_rate: float = 0.1,
    most: int = 100,
) -> list[FoundPattern]:
    """Find sequences of two to five tags, types and topics that recur in several sessions.

    Prefixes are grown as in PrefixSpan (Pei et al. 2001), under the limit that GSP (Srikant and Agrawal 1996) puts on
    the gap: a step follows the one before it with at most `most_between` other memories between them. The confidence
    is the share of the occurrences of the prefix after which the last step follows, the frequency the number of
    sessions with the whole. Left out is a last step that might follow by chance, and a sequence that is part of a
    longer one of the same frequency. Grown are the 100 most frequent prefixes of each length that are hardly chance.

    Args:
        items: the memories; those without a session are taken by the day.
        topic_of: the topics of memories by their identifiers, where they are known.
        least_sessions: in how many sessions a sequence has to occur.
        least_confidence: the confidence that it needs.
        most_between: how many other memories may come between two steps; 0 means that they follow immediately.
        longest: how many steps a sequence may have.
        false_discovery_rate: which share of the sequences may be chance; 1 keeps all.
        most: how many sequences to return.

    Returns:
        The sequences, the surest first.

    Raises:
        ValueError: an argument is out of range, or an item is there twice.
    """
    _check(least_sessions, least_confidence, most_between, longest)
    streams = Streams(items, topic_of, most_between)
    found = [
        candidate
        for level in _levels(streams, least_sessions, longest, max(_CHANCE_OF_A_PREFIX, false_discovery_rate))
        for candidate in _beyond_chance(level, false_discovery_rate)
        if candidate.confidence >= least_confidence
    ]
    return surest_first([_pattern(one, streams, most_between) for one in _closed(found)], most)


def _check(least_sessions: int, least_confidence: float, most_between: int, longest: int) -> None:
    if least_sessions < 1:
        raise ValueError(f"least_sessions is {least_sessions}; a sequence occurs in 1 session or more")
    if not 0 <= least_confidence <= 1:
        raise ValueError(f"least_confidence is {least_confidence}; give a number from 0 to 1")
    if most_between < 0:
        raise ValueError(f"most_between is {most_between}; give 0 or more")
    if not 2 <= longest <= _LONGEST:
        raise ValueError(f"longest is {longest}; a sequence has 2 to {_LONGEST} steps")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sequence that occurs in enough sessions."""

    steps: Steps
    prefix_ends: list[int]
    sessions: int
    hits: int
    chance: float

    @property
    def confidence(self) -> float:
        return self.hits / len(self.prefix_ends)


def _levels(streams: Streams, least_sessions: int, longest: int, most_by_chance: float) -> Iterator[list[_Candidate]]:
    """The frequent sequences of two steps, then those of three, and so on."""
    frequent = {
        symbol: places for symbol, places in streams.places.items() if streams.sessions(places) >= least_sessions
    }
    prefixes: dict[Steps, list[int]] = {(symbol,): frequent[symbol] for symbol in sorted(frequent)}
    for length in range(2, longest + 1):
        candidates = [
            candidate for steps, ends in prefixes.items() for candidate in _grown(streams, steps, ends, least_sessions)
        ]
        yield candidates
        if length < longest:
            grown = [one for one in candidates if one.chance <= most_by_chance]
            grown.sort(key=lambda one: (-one.sessions, -one.hits, one.steps))
            prefixes = {one.steps: streams.reached(one.prefix_ends, one.steps[-1]) for one in grown[:_MOST_PREFIXES]}


def _grown(streams: Streams, steps: Steps, ends: list[int], least_sessions: int) -> Iterator[_Candidate]:
    hits = streams.followers(ends)
    for symbol, sessions in sorted(streams.sessions_of_followers(ends).items()):
        if sessions >= least_sessions:
            by_chance = chance(hits[symbol], len(ends), streams.rate(symbol))
            yield _Candidate((*steps, symbol), ends, sessions, hits[symbol], by_chance)


def _beyond_chance(level: list[_Candidate], false_discovery_rate: float) -> list[_Candidate]:
    limit = threshold((one.chance for one in level), len(level), false_discovery_rate)
    return [one for one in level if one.chance <= limit]


def _closed(found: list[_Candidate]) -> list[_Candidate]:
    """Those that are no part of a longer one in equally many sessions (closed sequences, Yan et al. 2003)."""
    contained = {(part, one.sessions) for one in found for part in (one.steps[1:], one.steps[:-1])}
    return [one for one in found if (one.steps, one.sessions) not in contained]


def _pattern(one: _Candidate, streams: Streams, most_between: int) -> FoundPattern:
    ends = streams.reached(one.prefix_ends, one.steps[-1])
    return FoundPattern(
        type="sequence",
        signature=signature("sequence", one.steps),
        pattern_data={
            "steps": list(one.steps),
            "prefix_occurrences": len(one.prefix_ends),
            "followed": one.hits,
            "most_between": most_between,
        },
        confidence=round(one.confidence, 4),
        frequency=one.sessions,
        memory_ids=streams.newest(one.steps, ends, MOST_MEMORIES),
    )
