"""Calls are counted in windows that move with the time, and what is over is forgotten."""

import threading

import pytest

from tmws_core import rate_limit_windows
from tmws_core.rate_limit_windows import CALLS_BETWEEN_SWEEPS, RateLimitWindows


class Clock:
    """A time that a test sets."""

    now = 1000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(rate_limit_windows, "time", clock)
    return clock


def test_a_window_takes_as_many_calls_as_its_limit(clock: Clock) -> None:
    windows = RateLimitWindows()
    assert [windows.acquire_entry("ada", 2, 60) for _ in range(3)] == [True, True, False]


def test_a_call_counts_until_its_window_is_over(clock: Clock) -> None:
    windows = RateLimitWindows()
    windows.acquire_entry("ada", 1, 60)
    clock.now += 60
    assert not windows.acquire_entry("ada", 1, 60)
    clock.now += 0.1
    assert windows.acquire_entry("ada", 1, 60)


def test_a_refused_call_is_not_counted(clock: Clock) -> None:
    windows = RateLimitWindows()
    windows.acquire_entry("ada", 1, 60)
    clock.now += 59
    windows.acquire_entry("ada", 1, 60)
    clock.now += 2
    assert windows.acquire_entry("ada", 1, 60)


def test_calls_that_do_not_fit_together_are_not_counted_in_part(clock: Clock) -> None:
    windows = RateLimitWindows()
    assert not windows.acquire_entry("ada", 2, 60, amount=3)
    assert windows.get_moving_window("ada", 2, 60) == (1000.0, 0)


def test_a_window_begins_with_its_oldest_call(clock: Clock) -> None:
    windows = RateLimitWindows()
    windows.acquire_entry("ada", 5, 60)
    clock.now += 10
    windows.acquire_entry("ada", 5, 60)
    assert windows.get_moving_window("ada", 5, 60) == (1000.0, 2)
    assert windows.get_expiry("ada") == 1070.0


def test_who_does_not_call_any_more_is_forgotten(clock: Clock) -> None:
    windows = RateLimitWindows()
    windows.acquire_entry("ada", 5, 60)
    clock.now += 61
    for _ in range(CALLS_BETWEEN_SWEEPS):
        windows.acquire_entry("bob", 10_000, 60)
    assert windows.reset() == 1


def test_a_key_that_is_cleared_begins_anew(clock: Clock) -> None:
    windows = RateLimitWindows()
    windows.acquire_entry("ada", 1, 60)
    windows.clear("ada")
    assert windows.get("ada") == 0
    assert windows.acquire_entry("ada", 1, 60)


def test_what_is_counted_without_a_limit_is_in_the_window(clock: Clock) -> None:
    windows = RateLimitWindows()
    assert [windows.incr("ada", 60, amount) for amount in (1, 2)] == [1, 3]
    assert not windows.acquire_entry("ada", 3, 60)


def test_to_count_starts_no_thread() -> None:
    before = set(threading.enumerate())
    RateLimitWindows().acquire_entry("ada", 1, 60)
    assert set(threading.enumerate()) <= before
