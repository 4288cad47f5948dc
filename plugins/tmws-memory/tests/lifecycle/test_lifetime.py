"""A memory's lifetime is set when it is stored, changed later, and limited by its access level."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tmws_core.columns import utc_now
from tmws_core.tool_errors import InvalidArguments

CallTool = Callable[..., Awaitable[dict[str, Any]]]

sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
LIMITS = [("private", 3650), ("team", 365), ("shared", 90), ("public", 30), ("system", 3650)]


@pytest.mark.parametrize(("access_level", "days"), LIMITS)
@sqlite_only
async def test_an_update_gives_a_memory_the_longest_lifetime_of_its_level(
    call: CallTool, access_level: str, days: int
) -> None:
    stored = await call("memory_store", content="a tree", access_level=access_level)
    changed = await call("memory_update", memory_id=stored["id"], ttl_days=days)
    end = datetime.fromisoformat(changed["expires_at"])
    assert abs(end - utc_now() - timedelta(days=days)) < timedelta(minutes=5)


@pytest.mark.parametrize(("access_level", "days"), LIMITS)
@sqlite_only
async def test_an_update_gives_a_memory_no_longer_lifetime_than_its_level_allows(
    call: CallTool, access_level: str, days: int
) -> None:
    stored = await call("memory_store", content="a tree", access_level=access_level)
    with pytest.raises(InvalidArguments, match=f"ttl_days is {days + 1}, and a memory at the level '{access_level}'"):
        await call("memory_update", memory_id=stored["id"], ttl_days=days + 1)


@sqlite_only
async def test_a_memory_that_lives_longer_than_a_level_allows_does_not_get_it(call: CallTool) -> None:
    stored = await call("memory_store", content="a tree", ttl_days=31)
    with pytest.raises(InvalidArguments, match="at the level 'public' it may live 30 days"):
        await call("memory_update", memory_id=stored["id"], access_level="public")
    await call("memory_update", memory_id=stored["id"], access_level="public", ttl_days=30)
