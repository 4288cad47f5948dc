"""A call on an application that holds one memory."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

CallTool = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def session_call(call: CallTool) -> CallTool:
    """Calls a tool where there is one memory, "the cat sleeps"."""
    await call("memory_store", content="the cat sleeps")
    return call
