"""Relevance fades by half in each half-life, and a reading gives some of it back."""

import pytest

from tmws_memory.decay import FLOOR, boosted, decayed

DAY = 86_400.0


@pytest.mark.parametrize(("days", "left"), [(0, 0.8), (15, 0.8 * 0.5**0.5), (30, 0.4), (60, 0.2)])
def test_half_of_the_relevance_is_left_after_each_half_life(days: int, left: float) -> None:
    assert decayed(0.8, days * DAY, 30) == pytest.approx(left)


def test_relevance_never_falls_below_the_floor() -> None:
    assert decayed(1.0, 10_000 * DAY, 30) == FLOOR


def test_what_was_used_in_the_future_has_not_faded() -> None:
    assert decayed(0.8, -DAY, 30) == 0.8


def test_fading_in_two_parts_is_fading_once() -> None:
    in_parts = decayed(decayed(0.9, 13 * DAY, 30), 7 * DAY, 30)
    assert in_parts == pytest.approx(decayed(0.9, 20 * DAY, 30))


def test_a_reading_adds_to_the_relevance() -> None:
    assert boosted(0.4) == pytest.approx(0.446)


def test_relevance_never_rises_above_one() -> None:
    assert boosted(1.0) == 1.0
