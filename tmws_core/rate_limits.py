"""Counts how often a principal calls, in this process, and refuses what is too often."""

import math
import time
from typing import TYPE_CHECKING

from tmws_core.errors import ConfigurationError
from tmws_core.tool_errors import RateLimited

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import RateLimiter


class RateLimits:
    """The limits of one server process; several processes count each for itself."""

    def __init__(self, for_all_tools: str) -> None:
        """Take the limit on all tools together, in the notation of the `limits` package."""
        self._for_all_tools = for_all_tools
        self._limiter: RateLimiter | None = None
        self._parsed: dict[str, RateLimitItem] = {}

    def count(self, agent_id: str, tool: str, limit: str | None) -> None:
        """Count one call.

        Args:
            agent_id: who calls.
            tool: what is called.
            limit: the tool's own limit, in the notation of the `limits` package.

        Raises:
            RateLimited: a limit is reached; the call is not counted.
        """
        self._hit(self._for_all_tools, agent_id, "*")
        if limit is not None:
            self._hit(limit, agent_id, tool)

    def check(self, limit: str, where: str) -> None:
        """Parse a limit.

        Raises:
            ConfigurationError: it is not in the notation of the `limits` package.
        """
        try:
            self._item(limit)
        except ValueError as error:
            raise ConfigurationError(f"{where}: {limit!r} is no rate limit; write one such as 10/minute") from error

    def _hit(self, limit: str, agent_id: str, tool: str) -> None:
        if self._limiter is None:
            from limits.storage import MemoryStorage  # the first call pays for the import, not the start
            from limits.strategies import MovingWindowRateLimiter

            self._limiter = MovingWindowRateLimiter(MemoryStorage())
        item = self._item(limit)
        if not self._limiter.hit(item, agent_id, tool):
            what = "tools" if tool == "*" else f"tool {tool!r}"
            free_at = self._limiter.get_window_stats(item, agent_id, tool).reset_time
            raise RateLimited(
                f"{agent_id!r} calls {what} more often than {item}",
                hint="wait and try again",
                details={"retry_after_seconds": max(1, math.ceil(free_at - time.time()))},
            )

    def _item(self, limit: str) -> "RateLimitItem":
        if limit not in self._parsed:
            from limits import parse

            self._parsed[limit] = parse(limit)
        return self._parsed[limit]
