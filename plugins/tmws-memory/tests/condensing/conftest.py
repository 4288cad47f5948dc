"""Memories to condense."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from tmws_memory.condensing.item import Item, Vector

NewItem = Callable[..., Item]


@pytest.fixture(scope="session")
def new_item() -> NewItem:
    """Makes an item of a text, each a minute newer than the one before."""
    numbers = count(1)

    def new_item(
        content: str,
        name: str | None = None,
        tags: tuple[str, ...] = (),
        vector: Vector | None = None,
    ) -> Item:
        number = next(numbers)
        created_at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number)
        return Item(name or f"{number:06}", content, tags, "general", None, created_at, vector)

    return new_item
