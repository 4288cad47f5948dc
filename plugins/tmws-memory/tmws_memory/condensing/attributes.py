"""What a memory that was made of others has besides its text."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_MOST_TAGS = 50


@dataclass(frozen=True, slots=True)
class Attributes:
    """Tags, importance and facts of a memory.

    Attributes:
        tags: its tags.
        importance: how much it matters, from 0 to 1.
        context: facts about it, as JSON.
    """

    tags: tuple[str, ...]
    importance: float
    context: Mapping[str, Any]


def united(sources: Sequence[Attributes], most_tags: int = _MOST_TAGS) -> Attributes:
    """Unite the attributes of memories that become one.

    All tags are kept; where they are more than a memory may have, those that most sources share, the first of them
    first. The importance is the highest. Facts are united: where two sources differ, both values are kept in a list,
    lists are joined without repetitions, and objects are united in the same way.

    Args:
        sources: the attributes of the sources, the oldest first.
        most_tags: how many tags a memory may have.

    Raises:
        ValueError: there are no sources.
    """
    if not sources:
        raise ValueError("there are no attributes to unite; hand in those of at least one memory")
    context: dict[str, Any] = {}
    for source in sources:
        context = _united_objects(context, source.context)
    return Attributes(_united_tags(sources, most_tags), max(source.importance for source in sources), context)


def _united_tags(sources: Sequence[Attributes], most: int) -> tuple[str, ...]:
    counts = Counter(tag for source in sources for tag in dict.fromkeys(source.tags))
    kept = {tag for tag, _ in counts.most_common(most)}
    return tuple(tag for tag in counts if tag in kept)


def _united_objects(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    both = {key: _united_values(one[key], other[key]) for key in one if key in other}
    return {**one, **other, **both}


def _united_values(one: Any, other: Any) -> Any:  # noqa: ANN401 -- any JSON
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return _united_objects(one, other)
    if _form(one) == _form(other):
        return one
    values = [*(one if isinstance(one, list) else [one]), *(other if isinstance(other, list) else [other])]
    distinct: dict[str, Any] = {}
    for value in values:
        distinct.setdefault(_form(value), value)
    return list(distinct.values())


def _form(value: Any) -> str:  # noqa: ANN401 -- any JSON
    """A value as JSON, in which 1, 1.0 and true are three."""
    return json.dumps(value, sort_keys=True)
