"""The time that a call may take, which stands still while the call waits for somebody else."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from types import TracebackType


class Clock(AbstractAsyncContextManager["Clock", None]):
    """A time limit, in force inside `async with`, that can be stopped meanwhile."""

    def __init__(self, seconds: float) -> None:
        """Take the limit; the time begins when the context is entered."""
        self._seconds = seconds
        self._timeout: asyncio.Timeout | None = None
        self._stops = 0
        self._left = seconds

    async def __aenter__(self) -> "Clock":
        """Begin to count."""
        self._timeout = asyncio.timeout(self._seconds)
        await self._timeout.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Count no more.

        Raises:
            TimeoutError: the time ran out.
        """
        running, self._timeout = self._timeout, None
        if running is not None:
            await running.__aexit__(kind, error, trace)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Let no time pass; two that stop the clock at once count as one."""
        if self._stops == 0:
            self._stop()
        self._stops += 1
        try:
            yield
        finally:
            self._stops -= 1
            if self._stops == 0:
                self._go_on()

    def _stop(self) -> None:
        when = None if self._timeout is None else self._timeout.when()
        if self._timeout is not None and when is not None and not self._timeout.expired():
            self._left = when - asyncio.get_running_loop().time()
            self._timeout.reschedule(None)

    def _go_on(self) -> None:
        if self._timeout is not None and not self._timeout.expired():
            self._timeout.reschedule(asyncio.get_running_loop().time() + self._left)
