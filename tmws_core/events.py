"""What happened, and who is told."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tmws_core.principal import Principal

logger = logging.getLogger(__name__)

WAITING_EVENTS = 1000
SECONDS_FOR_ONE_EVENT = 5.0


@dataclass(frozen=True)
class Event:
    """Something that happened.

    Attributes:
        name: such as `tool.called` or `memory.stored`.
        principal: who caused it.
        details: what observers may want to know, as JSON.
        happened_at: when, in UTC.
    """

    name: str
    principal: Principal
    details: dict[str, Any]
    happened_at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Listener:
    """One observer with a queue of its own, so that a slow one delays neither a call nor another observer.

    Attributes:
        missed: how many events it did not get, because it failed, was too slow, or its queue was full.
    """

    def __init__(
        self, name: str, function: Callable[[Event], Awaitable[None]], events: Collection[str] = ("*",)
    ) -> None:
        self.name = name
        self.missed = 0
        self._names = frozenset(one for one in events if not one.endswith("*"))
        self._beginnings = tuple(one.removesuffix("*") for one in events if one.endswith("*"))
        self._function = function
        self._waiting: asyncio.Queue[Event] = asyncio.Queue(WAITING_EVENTS)
        self._worker: asyncio.Task[None] | None = None
        self._closing = False

    def offer(self, event: Event) -> None:
        """Put an event into the queue when it is one that this observer hears; never waits."""
        if event.name not in self._names and not event.name.startswith(self._beginnings):
            return
        if self._closing:
            self.missed += 1
            return
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name=f"observer {self.name}")
        try:
            self._waiting.put_nowait(event)
        except asyncio.QueueFull:
            self.missed += 1

    async def close(self) -> None:
        """Let the observer finish what waits, for as long as one event may take, then stop it."""
        if self._worker is None or self._closing:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._waiting.join(), SECONDS_FOR_ONE_EVENT)
        self._closing = True
        self._worker.cancel()
        with suppress(asyncio.CancelledError):
            await self._worker
        self.missed += self._waiting.qsize()

    async def _work(self) -> None:
        while True:
            event = await self._waiting.get()
            try:
                async with asyncio.timeout(SECONDS_FOR_ONE_EVENT):
                    await self._function(event)
            except BaseException as error:  # an observer that calls sys.exit or cancels itself ends nothing else
                self.missed += 1
                logger.warning("observer %s missed the event %s: %r", self.name, event.name, error)
                if self._closing or isinstance(error, KeyboardInterrupt):
                    raise
            finally:
                self._waiting.task_done()
