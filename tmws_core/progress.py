"""How far a call is, told to whoever wants to know."""

from collections.abc import Awaitable, Callable

ReportProgress = Callable[[float, float | None, str | None], Awaitable[None]]


async def no_progress(_done: float, _total: float | None, _message: str | None) -> None:
    """Tell nobody: the caller did not ask for progress."""
