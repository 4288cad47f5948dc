"""Moving windows in this process's memory, for the `limits` package.

Its own storage starts a thread after every few calls to forget what is over, which takes longer than the rest of a
quick call.
"""

import time
from collections import deque
from threading import Lock

from limits.storage.base import MovingWindowSupport, Storage

CALLS_BETWEEN_SWEEPS = 1000


class RateLimitWindows(Storage, MovingWindowSupport):
    """When each key was called within its window; what is over is forgotten in passing."""

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._calls: dict[str, deque[float]] = {}
        self._expiries: dict[str, int] = {}
        self._lock = Lock()
        self._until_sweep = CALLS_BETWEEN_SWEEPS

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a fault of the storage itself would be; nothing in memory fails."""
        return ValueError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count calls of a key unless they are more than a window may have.

        Args:
            key: who calls what.
            limit: how many calls a window may have.
            expiry: how long a window is, in seconds.
            amount: how many calls to count.

        Returns:
            Whether they are counted.
        """
        now = time.time()
        with self._lock:
            self._sweep(now)
            calls = self._within(key, now - expiry)
            if len(calls) + amount > limit:
                return False
            calls.extend([now] * amount)
            self._calls[key], self._expiries[key] = calls, expiry
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002 -- the base's
        """When the window of a key began, in seconds of Unix time, and how many calls it has."""
        now = time.time()
        with self._lock:
            calls = self._within(key, now - expiry)
            return (calls[0], len(calls)) if calls else (now, 0)

    def get(self, key: str) -> int:
        """How many calls of a key are remembered."""
        return len(self._calls.get(key, ()))

    def get_expiry(self, key: str) -> float:
        """When the last call of a key is forgotten, in seconds of Unix time."""
        calls = self._calls.get(key)
        return calls[-1] + self._expiries[key] if calls else time.time()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count calls of a key without a limit; how many its window has then."""
        with self._lock:
            calls = self._within(key, time.time() - expiry)
            calls.extend([time.time()] * amount)
            self._calls[key], self._expiries[key] = calls, expiry
            return len(calls)

    def check(self) -> bool:
        """Whether the storage works, as it always does."""
        return True

    def reset(self) -> int:
        """Forget everything; how many keys there were."""
        with self._lock:
            keys = len(self._calls)
            self._calls.clear()
            self._expiries.clear()
            return keys

    def clear(self, key: str) -> None:
        """Forget a key."""
        with self._lock:
            self._calls.pop(key, None)
            self._expiries.pop(key, None)

    def _within(self, key: str, begin: float) -> deque[float]:
        calls = self._calls.get(key) or deque()
        while calls and calls[0] < begin:
            calls.popleft()
        return calls

    def _sweep(self, now: float) -> None:
        """Forget the keys that nobody calls any more."""
        self._until_sweep -= 1
        if self._until_sweep:
            return
        self._until_sweep = CALLS_BETWEEN_SWEEPS
        over = [key for key, calls in self._calls.items() if not calls or calls[-1] + self._expiries[key] < now]
        for key in over:
            del self._calls[key], self._expiries[key]
