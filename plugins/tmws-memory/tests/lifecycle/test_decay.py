"""Relevance fades by half in each half-life, and a reading gives some of it back."""

from datetime import UTC, datetime, timedelta

import pytest

from tmws_memory.decay import FLOOR, boosted, decayed

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(("days", "left"), [(0, 0.8), (15, 0.8 * 0.5**0.5), (30, 0.4), (60, 0.2)])
def test_half_of_the_relevance_is_left_after_each_half_life(days: int, left: float) -> None:
    assert decayed(0.8, NOW - timedelta(days=days), NOW, 30) == pytest.approx(left)


def test_relevance_never_falls_below_the_floor() -> None:
    assert decayed(1.0, NOW - timedelta(days=10_000), NOW, 30) == FLOOR


def test_what_was_used_in_the_future_has_not_faded() -> None:
    assert decayed(0.8, NOW + timedelta(days=1), NOW, 30) == 0.8


def test_fading_in_two_parts_is_fading_once() -> None:
    half_way = NOW - timedelta(days=7)
    in_parts = decayed(decayed(0.9, NOW - timedelta(days=20), half_way, 30), half_way, NOW, 30)
    assert in_parts == pytest.approx(decayed(0.9, NOW - timedelta(days=20), NOW, 30))


def test_a_reading_adds_to_the_relevance() -> None:
    assert boosted(0.4) == pytest.approx(0.446)


def test_relevance_never_rises_above_one() -> None:
    assert boosted(1.0) == 1.0
