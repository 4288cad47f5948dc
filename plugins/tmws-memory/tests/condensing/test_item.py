"""A memory as condensing sees it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tmws_memory.condensing.item import Item, by_time, newest


def stored(identifier: str, created_at: datetime, session: str | None = None) -> Item:
    return Item(identifier, "text", (), "general", session, created_at)


def test_a_time_without_a_zone_is_one_in_utc() -> None:
    naive, elsewhere = datetime(2026, 3, 1, 12), datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1)))
    assert stored("a", naive).stored_at == stored("b", elsewhere).stored_at == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_items_of_one_moment_stand_in_the_order_of_their_identifiers() -> None:
    now = datetime(2026, 3, 1)
    items = [stored("b", now), stored("c", now - timedelta(days=1)), stored("a", now)]
    assert [item.id for item in by_time(items)] == ["c", "a", "b"]


def test_an_item_that_is_there_twice_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match="'a' is there more than once"):
        by_time([stored("a", datetime(2026, 3, 1)), stored("a", datetime(2026, 3, 2))])


def test_the_newest_are_as_many_as_asked_for() -> None:
    items = [stored(str(day), datetime(2026, 3, day)) for day in (1, 3, 2)]
    assert newest(items, 2) == ("3", "2")


def test_an_item_without_a_session_belongs_to_its_day() -> None:
    moment = datetime(2026, 3, 1, 23, 30, tzinfo=timezone(timedelta(hours=-1)))
    assert (stored("a", moment).occasion, stored("a", moment, "s").occasion) == ("day 2026-03-02", "session s")
