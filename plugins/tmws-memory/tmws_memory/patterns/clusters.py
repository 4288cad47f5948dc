"""Finds topics to which an agent comes back."""

from collections.abc import Iterable, Sequence

from tmws_memory.condensing.item import Item, by_time, newest
from tmws_memory.condensing.topics import Topic, topics
from tmws_memory.patterns.found_pattern import MOST_MEMORIES, FoundPattern, signature, surest_first

SMALLEST, LARGEST = 3, 200


def clusters(
    items: Iterable[Item],
    least_occasions: int = 2,
    smallest: int = SMALLEST,
    largest: int = LARGEST,
    most: int = 100,
    known: Sequence[Topic] | None = None,
) -> list[FoundPattern]:
    """Find topics that recur in several sessions, or on several days where sessions are not known.

    A topic is known again by the memory that began it, since its words and its other memories change as it grows.

    Args:
        items: the memories.
        least_occasions: in how many sessions a topic has to come up.
        smallest: how many memories make a topic.
        largest: how many memories a topic may have.
        most: how many topics to return.
        known: the topics of these memories, if they have been found already.

    Returns:
        The topics, the surest first; the confidence is the cohesion of the topic, the frequency the number of
        sessions.

    Raises:
        ValueError: an argument is out of range, or an item is there twice.
    """
    if least_occasions < 1:
        raise ValueError(f"least_occasions is {least_occasions}; a topic comes up on 1 occasion or more")
    by_id = {item.id: item for item in by_time(items)}
    known = topics(by_id.values(), smallest, largest) if known is None else known
    found = [_pattern(topic, [by_id[one] for one in topic.item_ids]) for topic in known]
    return surest_first([one for one in found if one.frequency >= least_occasions], most)


def _pattern(topic: Topic, members: Sequence[Item]) -> FoundPattern:
    return FoundPattern(
        type="cluster",
        signature=signature("cluster", topic.item_ids[0]),
        pattern_data={
            "words": list(topic.words),
            "size": len(members),
            "days": len({item.stored_at.date() for item in members}),
            "first_at": members[0].stored_at.isoformat(),
            "last_at": members[-1].stored_at.isoformat(),
        },
        confidence=topic.cohesion,
        frequency=len({item.occasion for item in members}),
        memory_ids=newest(members, MOST_MEMORIES),
    )
