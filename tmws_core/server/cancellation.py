"""Cancels a call once, and lets it clean up in peace."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import anyio

SECONDS_TO_CLEAN_UP = 2.0

Result = TypeVar("Result")


async def cancelled_once(work: Coroutine[Any, Any, Result]) -> Result:
    """Run something; when the caller is cancelled, cancel it once and wait until it has cleaned up.

    The SDK cancels with anyio, which interrupts every further `await` of a cancelled task: a rollback could not finish.
    In a task of its own the work is cancelled as asyncio does it.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait({task}, timeout=SECONDS_TO_CLEAN_UP)
        if task.done() and not task.cancelled():
            task.exception()  # it was looked at: asyncio must not report it as forgotten
        raise
