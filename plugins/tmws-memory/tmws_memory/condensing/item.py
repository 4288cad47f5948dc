"""One memory, as far as condensing and the search for patterns look at it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Item:
    """A memory: who it is, what it says, and when it was stored.

    Attributes:
        id: its identifier.
        content: its text.
        tags: the words its owner gave it.
        memory_type: its kind.
        session: the session in which it was stored, where that is known.
        created_at: when it was stored; a time without a zone is one in UTC.
        vector: what an embedder made of it, where there is one.
    """

    id: str
    content: str
    tags: tuple[str, ...]
    memory_type: str
    session: str | None
    created_at: datetime
    vector: Vector | None = field(default=None, compare=False, repr=False)

    @property
    def stored_at(self) -> datetime:
        """When it was stored, in UTC."""
        return (
            self.created_at.replace(tzinfo=UTC) if self.created_at.tzinfo is None else self.created_at.astimezone(UTC)
        )

    @property
    def occasion(self) -> str:
        """The session in which it was stored; the day where no session is known."""
        return f"day {self.stored_at:%Y-%m-%d}" if self.session is None else f"session {self.session}"


def by_time(items: Iterable[Item]) -> list[Item]:
    """The items from the oldest to the newest, those of one moment by their identifiers.

    Raises:
        ValueError: two items have the same identifier.
    """
    ordered = sorted(items, key=lambda item: (item.stored_at, item.id))
    if len({item.id for item in ordered}) < len(ordered):
        repeated = min(name for name, count in Counter(item.id for item in ordered).items() if count > 1)
        raise ValueError(f"the item {repeated!r} is there more than once; hand in each item once")
    return ordered


def newest(items: Iterable[Item], most: int) -> tuple[str, ...]:
    """The identifiers of the newest items, at most so many, the newest first."""
    return tuple(item.id for item in by_time(items)[::-1][:most])
