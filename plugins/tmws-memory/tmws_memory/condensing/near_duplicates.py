"""Finds memories that say nearly the same."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tmws_memory.condensing.item import Item, by_time
from tmws_memory.condensing.shingles import jaccard, prefixes, shingles
from tmws_memory.condensing.statement import qualifiers
from tmws_memory.condensing.vectors import nearest, unit_vectors
from tmws_memory.words import indexed

_WITH_DIGIT = re.compile(r"\d")
# a shingle or a meaning that more texts than this have in common says little about any two of them
_MOST_CANDIDATES = 256


@dataclass(frozen=True, slots=True)
class Member:
    """A memory in a cluster of near duplicates.

    Attributes:
        id: its identifier.
        similarity: how similar it is to the representative, from 0 to 1.
    """

    id: str
    similarity: float


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Memories that say nearly the same.

    Attributes:
        representative_id: the one that says most; the newest of those that say the same.
        members: all of them, the representative first, then the most similar first.
    """

    representative_id: str
    members: tuple[Member, ...]


def near_duplicates(
    items: Iterable[Item], least_jaccard: float = 0.6, least_cosine: float = 0.93
) -> list[NearDuplicates]:
    """Find clusters of memories that say nearly the same.

    Every member is similar to the representative itself (leader clustering, Hartigan 1975), so that no chain of
    small differences leads from it to something else. Similar are two texts that share most of their shingles, or
    whose vectors, where both have one, point the same way; but never two with different numbers, negations or
    conditions, which look alike to both measures and are not.

    Args:
        items: the memories.
        least_jaccard: the share of common shingles from which on two texts are similar, above 0.
        least_cosine: the cosine of their vectors from which on they are.

    Returns:
        Clusters of two members or more, the largest first; no memory is in two of them.

    Raises:
        ValueError: a threshold lies outside its range, or an item is there twice.
    """
    for name, value in (("least_jaccard", least_jaccard), ("least_cosine", least_cosine)):
        if not 0 < value <= 1:
            raise ValueError(f"{name} is {value}; give a number above 0, and 1 at most")
    ordered = by_time(items)[::-1]
    ordered.sort(key=lambda item: -len(shingles(item.content)))
    members = _Leaders(ordered, least_jaccard, least_cosine).members()
    clusters = [
        NearDuplicates(
            ordered[leader].id,
            (Member(ordered[leader].id, 1.0), *(Member(ordered[at].id, round(how, 4)) for at, how in followers)),
        )
        for leader, followers in members.items()
        if followers
    ]
    return sorted(clusters, key=lambda cluster: (-len(cluster.members), cluster.representative_id))


class _Leaders:
    """Each text in turn follows the most similar leader before it, or becomes one."""

    def __init__(self, items: Sequence[Item], least_jaccard: float, least_cosine: float) -> None:
        self._shingles = [shingles(item.content) for item in items]
        self._prefixes = prefixes(self._shingles, least_jaccard)
        self._figures = [frozenset(filter(_WITH_DIGIT.search, indexed(item.content).split())) for item in items]
        self._qualifiers = [frozenset(qualifiers(item.content)) for item in items]
        self._least_jaccard = least_jaccard
        self._cosines: defaultdict[int, dict[int, float]] = defaultdict(dict)
        positions, rows = unit_vectors(items)
        for one, other, cosine in nearest(rows, least_cosine, _MOST_CANDIDATES):
            self._cosines[int(positions[other])][int(positions[one])] = min(1.0, cosine)

    def members(self) -> dict[int, list[tuple[int, float]]]:
        followers: dict[int, list[tuple[int, float]]] = {}
        leaders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for at, prefix in enumerate(self._prefixes):
            candidates = Counter(leader for shingle in prefix for leader in leaders.get(shingle, []))
            candidates.update(leader for leader in self._cosines[at] if leader in followers)
            similarity, leader = max(
                ((self._similarity(at, one), -one) for one, _ in candidates.most_common(_MOST_CANDIDATES)),
                default=(0.0, 0),
            )
            if similarity:
                followers[-leader].append((at, similarity))
            else:
                followers[at] = []
                for shingle in prefix:
                    if len(leaders[shingle]) < _MOST_CANDIDATES:
                        leaders[shingle].append(at)
        return {leader: sorted(some, key=lambda one: (-one[1], one[0])) for leader, some in followers.items()}

    def _similarity(self, one: int, leader: int) -> float:
        """How similar a text is to a leader; 0 when it is not similar enough."""
        if not self._figures[one] <= self._figures[leader] or self._qualifiers[one] != self._qualifiers[leader]:
            return 0.0
        by_words = jaccard(self._shingles[one], self._shingles[leader])
        return max(by_words if by_words >= self._least_jaccard else 0.0, self._cosines[one].get(leader, 0.0))
