"""Counts how often a caller calls, in this process, and refuses what is too often."""

import math
import time
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from tmws_core.errors import ConfigurationError
from tmws_core.tool_errors import RateLimited

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import RateLimiter

    from tmws_core.call import Call


_IPV4 = 4
_SUBSCRIBER_BITS = 64


class RateLimits:
    """The limits of one server process; several processes count each for itself."""

    def __init__(self, for_all_tools: str) -> None:
        """Take the limit on all tools together, in the notation of the `limits` package."""
        self._for_all_tools = for_all_tools
        self._limiter: RateLimiter | None = None
        self._parsed: dict[str, RateLimitItem] = {}

    def count(self, call: "Call", kind: str, name: str, limit: str | None) -> None:
        """Count one call.

        Args:
            call: who calls: an agent, or nobody known from an address.
            kind: what is called, such as `tool`.
            name: its name.
            limit: its own limit, in the notation of the `limits` package.

        Raises:
            RateLimited: a limit is reached; the call is not counted.
        """
        caller = call.principal.agent_id or f"@{_network(call.client)}"  # no agent's name begins like that
        self._hit(self._for_all_tools, caller, "")
        if limit is not None:
            self._hit(limit, caller, f"{kind} {name!r}")

    def check(self, limit: str, where: str) -> None:
        """Parse a limit.

        Raises:
            ConfigurationError: it is not in the notation of the `limits` package.
        """
        try:
            self._item(limit)
        except ValueError as error:
            raise ConfigurationError(f"{where}: {limit!r} is no rate limit; write one such as 10/minute") from error

    def _hit(self, limit: str, caller: str, what: str) -> None:
        if self._limiter is None:
            from limits.strategies import MovingWindowRateLimiter  # the first call pays for the import, not the start

            from tmws_core.rate_limit_windows import RateLimitWindows

            self._limiter = MovingWindowRateLimiter(RateLimitWindows())
        item = self._item(limit)
        if not self._limiter.hit(item, caller, what):
            free_at = self._limiter.get_window_stats(item, caller, what).reset_time
            raise RateLimited(
                f"{caller.removeprefix('@')!r} calls {what or 'tools'} more often than {item}",
                hint="wait and try again",
                details={"retry_after_seconds": max(1, math.ceil(free_at - time.time()))},
            )

    def _item(self, limit: str) -> "RateLimitItem":
        if limit not in self._parsed:
            from limits import parse

            self._parsed[limit] = parse(limit)
        return self._parsed[limit]


def _network(client: str | None) -> str:
    """An address; of IPv6 the network that one subscriber has, who could take a new address for each call."""
    try:
        address = ip_address(client or "")
    except ValueError:
        return client or "somebody unknown"
    return client or "" if address.version == _IPV4 else str(ip_network((address, _SUBSCRIBER_BITS), strict=False))
