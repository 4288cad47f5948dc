"""What the tests of consolidations make one memory of."""

from collections.abc import Awaitable, Callable
from typing import Any

CallTool = Callable[..., Awaitable[dict[str, Any]]]

DEPLOY = "We deploy on Tuesdays. The pipeline takes 12 minutes."
ROLLBACK = "We deploy on Tuesdays. A rollback needs the tag of the release."
CANARY = "The vault opens with heliotrope-4711."


async def store(call: CallTool, content: str, **arguments: object) -> str:
    """Store a memory; its identifier."""
    return str((await call("memory_store", content=content, **arguments))["id"])


async def two(call: CallTool, **arguments: object) -> list[str]:
    """Store two memories that say the same in part; their identifiers."""
    return [await store(call, DEPLOY, **arguments), await store(call, ROLLBACK, **arguments)]
