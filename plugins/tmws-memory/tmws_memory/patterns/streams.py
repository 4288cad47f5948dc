"""Counts in the streams of an agent's memories what follows what."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, groupby

from tmws_memory.condensing.item import Item, by_time
from tmws_memory.patterns.symbols import symbols

# what nearly every memory has follows everything, and says nothing
_COMMONEST = 0.8


class Streams:
    """The memories of an agent by sessions, in the order of time.

    Attributes:
        items: the memories, session after session.
        places: for each symbol, the positions of the memories that have it.
    """

    def __init__(self, items: Iterable[Item], topic_of: Mapping[str, str] | None, most_between: int) -> None:
        """Read the memories.

        Args:
            items: the memories; those without a session are taken by the day.
            topic_of: the topics of memories by their identifiers, where they are known.
            most_between: how many other memories may come between two steps.
        """
        self.items = sorted(by_time(items), key=lambda item: item.occasion)
        self._sessions = [item.occasion for item in self.items]
        self._reach = most_between + 1
        all_symbols = [symbols(item, topic_of) for item in self.items]
        counts = Counter(chain.from_iterable(all_symbols))
        common = frozenset(symbol for symbol, count in counts.items() if count > _COMMONEST * len(self.items))
        self._symbols = [some - common for some in all_symbols]
        self._after = [
            frozenset(chain.from_iterable(self._symbols[at] for at in self._within_reach(place)))
            for place in range(len(self.items))
        ]
        self._rates = Counter(chain.from_iterable(self._after))
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, some in enumerate(self._symbols):
            for symbol in some:
                places[symbol].append(place)
        self.places: Mapping[str, list[int]] = places

    def _within_reach(self, place: int) -> Iterable[int]:
        for at in range(place + 1, min(place + 1 + self._reach, len(self.items))):
            if self._sessions[at] != self._sessions[place]:
                return
            yield at

    def rate(self, symbol: str) -> float:
        """After which share of all memories a symbol follows."""
        return self._rates[symbol] / len(self.items)

    def followers(self, ends: Sequence[int]) -> Counter[str]:
        """After how many of some places each symbol follows."""
        return Counter(chain.from_iterable(map(self._after.__getitem__, ends)))

    def sessions_of_followers(self, ends: Sequence[int]) -> Counter[str]:
        """In how many sessions each symbol follows some place."""
        by_session = groupby(ends, key=self._sessions.__getitem__)
        return Counter(
            chain.from_iterable(frozenset().union(*(self._after[end] for end in some)) for _, some in by_session)
        )

    def sessions(self, places: Iterable[int]) -> int:
        """In how many sessions some places are."""
        return len({self._sessions[place] for place in places})

    def reached(self, ends: Sequence[int], symbol: str) -> list[int]:
        """The places with a symbol that follow some place, rising."""
        return sorted({at for end in ends for at in self._within_reach(end) if symbol in self._symbols[at]})

    def newest(self, steps: Sequence[str], ends: Sequence[int], most: int) -> tuple[str, ...]:
        """The memories in which a sequence shows, the newest first.

        Args:
            steps: the sequence.
            ends: the places where it ends.
            most: how many memories are enough.
        """
        found: dict[int, None] = {}
        for end in sorted(ends, key=lambda place: (self.items[place].stored_at, place), reverse=True):
            if len(found) >= most:
                break
            found.update(dict.fromkeys(self._path_back(steps, end)))
        newest_first = by_time(self.items[place] for place in found)[::-1]
        return tuple(item.id for item in newest_first[:most])

    def _path_back(self, steps: Sequence[str], end: int) -> tuple[int, ...]:
        """The latest places by which a sequence leads to its end; none if it does not."""
        if steps[-1] not in self._symbols[end]:
            return ()
        if len(steps) == 1:
            return (end,)
        for before in range(end - 1, max(-1, end - 1 - self._reach), -1):
            if self._sessions[before] == self._sessions[end] and (path := self._path_back(steps[:-1], before)):
                return (*path, end)
        return ()
