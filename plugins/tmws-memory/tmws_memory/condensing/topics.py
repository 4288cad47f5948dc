"""Finds memories on one subject."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tmws_memory.condensing.agglomeration import Sums, agglomerate
from tmws_memory.condensing.item import Item, by_time
from tmws_memory.condensing.labels import Labels
from tmws_memory.condensing.term_vectors import TermVectors
from tmws_memory.condensing.terms import terms
from tmws_memory.condensing.vectors import centred, nearest, unit_vectors

_MOST_NEIGHBOURS = 12
# averages of a cluster are lower than the pairs that begin it
_LEAST_CENTRED_COSINE = 0.35
_LEAST_TERM_COSINE = 0.1


@dataclass(frozen=True, slots=True)
class Topic:
    """Memories on one subject.

    Attributes:
        words: the words that tell it best, the most telling first.
        item_ids: the memories, the oldest first.
        cohesion: how near they are to their centre, from 0 to 1: the mean cosine.
    """

    words: tuple[str, ...]
    item_ids: tuple[str, ...]
    cohesion: float


def topics(items: Iterable[Item], smallest: int = 3, largest: int = 50, most_words: int = 5) -> list[Topic]:
    """Find clusters of memories on one subject.

    Group-average agglomerative clustering (Manning, Raghavan and Schuetze 2008, 17.3) along the edges between near
    neighbours: the two clusters whose pair of memories is the nearest become one, if all their memories are near each
    other on average. Near are memories by their words and tags, or by their vectors where both have one, without what
    all vectors have in common.

    Args:
        items: the memories.
        smallest: how many memories make a topic; those that belong to none are in no topic.
        largest: how many memories a topic may have.
        most_words: how many words label a topic.

    Returns:
        The topics, the largest first; no memory is in two of them.

    Raises:
        ValueError: the bounds contradict each other, or an item is there twice.
    """
    if not 2 <= smallest <= largest:
        raise ValueError(
            f"topics of {smallest} to {largest} memories were asked for; "
            "let the smallest have 2 or more, and the largest no less"
        )
    ordered = by_time(items)
    sums, edges = _neighbourhood(ordered)
    clusters = [cluster for cluster in agglomerate(sums, edges, largest) if len(cluster) >= smallest]
    labels = Labels([item.content for item in ordered], [item.tags for item in ordered])
    found = [
        Topic(
            words=labels.most_telling(cluster, most_words),
            item_ids=tuple(ordered[at].id for at in cluster),
            cohesion=sums.cohesion(cluster),
        )
        for cluster in clusters
    ]
    return sorted(found, key=lambda topic: (-len(topic.item_ids), topic.item_ids))


def _neighbourhood(items: Sequence[Item]) -> tuple[Sums, list[tuple[int, int]]]:
    """The vectors of the items, and pairs of near ones, the nearest first."""
    words = TermVectors([terms(" ".join([item.content, *item.tags, *item.tags])) for item in items])
    positions, rows = unit_vectors(items)
    rows = centred(rows)
    nearness: dict[tuple[int, int], float] = {}
    for one, other, cosine in nearest(rows, _LEAST_CENTRED_COSINE, _MOST_NEIGHBOURS):
        nearness[int(positions[one]), int(positions[other])] = cosine / _LEAST_CENTRED_COSINE
    for one, other, cosine in words.nearest(_LEAST_TERM_COSINE, _MOST_NEIGHBOURS):
        pair = one, other
        nearness[pair] = max(nearness.get(pair, 0.0), cosine / _LEAST_TERM_COSINE)
    by_row = dict(zip(positions.tolist(), rows, strict=True))
    sums = Sums([words.row(text) for text in range(len(items))], by_row, _LEAST_TERM_COSINE, _LEAST_CENTRED_COSINE)
    return sums, sorted(nearness, key=lambda pair: (-nearness[pair], pair))
