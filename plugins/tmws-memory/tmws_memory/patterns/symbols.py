"""The symbols by which memories are compared: their tags and their type."""

from collections.abc import Mapping

from tmws_memory.condensing.item import Item


def symbols(item: Item, topic_of: Mapping[str, str] | None = None) -> frozenset[str]:
    """What a memory is, as `tag:…`, `type:…` and, where it has a topic, `topic:…`; tags without regard to case.

    Args:
        item: the memory.
        topic_of: the topics of memories, by their identifiers.
    """
    found = {f"type:{item.memory_type}", *(f"tag:{tag.strip().casefold()}" for tag in item.tags if tag.strip())}
    if topic_of and item.id in topic_of:
        found.add(f"topic:{topic_of[item.id]}")
    return frozenset(found)
