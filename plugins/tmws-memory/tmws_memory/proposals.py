"""Proposes which memories to condense: those that say nearly the same, and those on one subject."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tmws_memory.condensing.item import Item
from tmws_memory.condensing.merge import merge
from tmws_memory.condensing.near_duplicates import near_duplicates
from tmws_memory.condensing.summary import summary
from tmws_memory.condensing.topics import topics
from tmws_memory.consolidation import MOST_SOURCE_CHARACTERS, MOST_SOURCES

Kind = Literal["duplicates", "topics"]
SuggestedMethod = Literal["merge", "summary"]


@dataclass(frozen=True)
class Proposal:
    """Memories that could become one.

    Attributes:
        method: the suggested way.
        items: the memories; of near duplicates the one that says most first, of a topic the oldest first.
        similarities: of near duplicates, how similar each is to the first one, from 0 to 1; else empty.
        words: of a topic, the words that tell it best; else empty.
        cohesion: how near the memories are to each other, from 0 to 1.
    """

    method: SuggestedMethod
    items: tuple[Item, ...]
    similarities: tuple[float, ...]
    words: tuple[str, ...]
    cohesion: float

    def preview(self, most_characters: int) -> str:
        """The text that the suggested method would make of them.

        Args:
            most_characters: how long a summary may be; what is merged is as long as it is.
        """
        if self.method == "merge":
            return merge(self.items).text
        try:
            return summary(self.items, most_characters).text
        except ValueError:  # no sentence is that short
            return merge(self.items).text


def proposals(kind: Kind, items: Sequence[Item]) -> list[Proposal]:
    """Find what could be condensed.

    Args:
        kind: near duplicates, or memories on one subject.
        items: the memories that may be condensed.

    Returns:
        The proposals, those with most memories first.
    """
    by_id = {item.id: item for item in items if item.content.strip()}
    return list(_duplicates(by_id) if kind == "duplicates" else _topics(by_id))


def _duplicates(by_id: dict[str, Item]) -> Iterator[Proposal]:
    for cluster in near_duplicates(by_id.values()):
        items = _within_bounds([by_id[member.id] for member in cluster.members])
        if len(items) > 1:
            similarities = tuple(member.similarity for member in cluster.members[: len(items)])
            cohesion = round(sum(similarities[1:]) / (len(items) - 1), 4)
            yield Proposal("merge", items, similarities, (), cohesion)


def _topics(by_id: dict[str, Item]) -> Iterator[Proposal]:
    for topic in topics(by_id.values()):
        items = _within_bounds([by_id[one] for one in topic.item_ids])
        if len(items) > 1:
            yield Proposal("summary", items, (), topic.words, topic.cohesion)


def _within_bounds(items: Sequence[Item]) -> tuple[Item, ...]:
    """The first of some memories, as many as one consolidation takes."""
    taken: list[Item] = []
    left = MOST_SOURCE_CHARACTERS
    for item in items[:MOST_SOURCES]:
        left -= len(item.content)
        if left < 0:
            break
        taken.append(item)
    return tuple(taken)
