"""Tells at every request who calls, from memory where the database has been asked within the last second."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from tmws_accounts.credential import Credential, read_credential
from tmws_accounts.usage import Usage
from tmws_accounts.verification import Grant, grants
from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.tool_errors import RateLimited, Unauthenticated

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import RateLimiter

    from tmws_core.database import Database

SECONDS_OF_TRUST = 1.0
"""For so long another process's revocation may go unnoticed."""
_SECONDS_IN_USE = 5.0
_MOST_REMEMBERED = 1000


@dataclass(slots=True)
class _Known:
    grant: Grant
    asked_at: float
    used_at: float


class Verifier:
    """Turns credentials into principals.

    What the database said is believed for a second; then one question renews all that was used lately. What this
    process itself changes is forgotten at once, so it counts at the next request.

    Attributes:
        usage: how often each key was used.
    """

    def __init__(
        self,
        database: "Database",
        usage: Usage,
        *,
        now: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.usage = usage
        self._database = database
        self._now = now
        self._monotonic = monotonic
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._generation = 0
        self._renewing = asyncio.Lock()
        self._hourly = _HourlyLimits()

    def forget(self) -> None:
        """Believe nothing any more: something was changed."""
        self._generation += 1
        self._known.clear()

    async def verify(self, text: str, address: str | None) -> Principal:
        """Who shows a credential.

        Args:
            text: what was shown.
            address: the IP address that it came from.

        Raises:
            Unauthenticated: it is not good, or not from there; the text does not tell what is wrong with it.
            RateLimited: it was used too often within an hour.
        """
        credential = read_credential(text)
        if credential is None or credential.kind == "refresh":
            raise _refused()
        grant = await self._grant(credential)
        if grant is None or not credential.matches(grant.digest) or not grant.admits(address):
            raise _refused()
        if grant.ends is not None and grant.ends <= self._now():
            raise _refused()
        if grant.hourly is not None:
            self._hourly.count(credential.name, grant.hourly)
        if credential.kind == "key":
            self.usage.count(credential.identifier, self._now(), address)
        return grant.principal

    async def _grant(self, credential: Credential) -> Grant | None:
        known = self._known.get(credential.name)
        now = self._monotonic()
        if known is None:
            return (await self._ask([credential.name], now)).get(credential.name)
        known.used_at = now
        self._known.move_to_end(credential.name)
        if now - known.asked_at < SECONDS_OF_TRUST:
            return known.grant
        return await self._renewed(credential.name)

    async def _renewed(self, name: str) -> Grant | None:
        async with self._renewing:  # whoever comes meanwhile has no question of its own
            now = self._monotonic()
            known = self._known.get(name)
            if known is not None and now - known.asked_at < SECONDS_OF_TRUST:
                return known.grant
            in_use = [other for other, one in self._known.items() if now - one.used_at < _SECONDS_IN_USE]
            return (await self._ask({name, *in_use}, now)).get(name)

    async def _ask(self, names: Collection[str], now: float) -> dict[str, Grant]:
        """Ask the database, again when something was changed meanwhile; an answer from before may be wrong."""
        while True:
            generation = self._generation
            found = await self._database.transaction(partial(grants, names=names), read_only=True)
            if generation == self._generation:
                break
        for name in names:
            used = self._known.pop(name, None)
            if name in found:
                self._known[name] = _Known(found[name], now, now if used is None else used.used_at)
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)
        return found


class _HourlyLimits:
    """How often each key may be used in an hour, counted by each process for itself."""

    def __init__(self) -> None:
        self._limiter: RateLimiter | None = None
        self._items: dict[int, RateLimitItem] = {}

    def count(self, name: str, hourly: int) -> None:
        """Count one use.

        Raises:
            RateLimited: there were as many as allowed.
        """
        from limits import RateLimitItemPerHour
        from limits.storage import MemoryStorage
        from limits.strategies import SlidingWindowCounterRateLimiter

        if self._limiter is None:
            self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        item = self._items.setdefault(hourly, RateLimitItemPerHour(hourly))
        if not self._limiter.hit(item, name):
            free_at = self._limiter.get_window_stats(item, name).reset_time
            raise RateLimited(
                f"this key may be used {hourly} times an hour",
                hint="wait and try again",
                details={"retry_after_seconds": max(1, int(free_at - time.time()) + 1)},
            )


def _refused() -> Unauthenticated:
    return Unauthenticated(
        "the credential is not good",
        hint="show an API key or an access token that is neither revoked nor expired",
        error="invalid_token",
    )
