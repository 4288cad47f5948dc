"""What is old and does not matter is cleared away, when its owner wants it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tmws_core import Principal
from tmws_core.tool_errors import InvalidArguments
from tmws_memory.consistency import Consistency

CallTool = Callable[..., Awaitable[dict[str, Any]]]
Store = Callable[..., Awaitable[list[str]]]
Change = Callable[..., Awaitable[None]]


async def test_a_cleanup_is_dry_unless_told_otherwise(call: CallTool, store: Store, change: Change) -> None:
    ids = await store("old and dull", importance=0.1)
    await change(ids, created_at=91.0)
    told = await call("memory_cleanup")
    assert (told["dry_run"], told["count"], [one["id"] for one in told["memories"]]) == (True, 1, ids)
    assert (await call("memory_list"))["total"] == 1


async def test_only_what_is_old_and_unimportant_is_deleted(call: CallTool, store: Store, change: Change) -> None:
    dull = await store("old and dull", importance=0.1)
    important = await store("old and important", importance=0.3)
    new = await store("new and dull", importance=0.1)
    await change([*dull, *important], created_at=91.0)
    await change(new, created_at=89.0)
    await call("memory_cleanup", dry_run=False)
    assert {one["id"] for one in (await call("memory_list"))["memories"]} == {*important, *new}


async def test_memories_of_others_stay(call: CallTool, store: Store, change: Change, bob: Principal) -> None:
    ids = await store("everybody may see it", importance=0.1, access_level="public")
    await change(ids, created_at=91.0)
    assert (await call("memory_cleanup", principal=bob, dry_run=False))["count"] == 0
    assert (await call("memory_get", memory_id=ids[0]))["id"] == ids[0]


async def test_what_has_expired_is_there_for_no_cleanup(call: CallTool, store: Store, change: Change) -> None:
    await change(await store("old, dull and over", importance=0.1), created_at=91.0, expires_at=1.0)
    assert [(await call("memory_cleanup", dry_run=dry))["count"] for dry in (True, False)] == [0, 0]


async def test_other_namespaces_stay(call: CallTool, store: Store, change: Change) -> None:
    here = await store("here", importance=0.1)
    there = await store("there", importance=0.1, namespace="elsewhere")
    await change([*here, *there], created_at=91.0)
    assert [one["id"] for one in (await call("memory_cleanup", namespace="elsewhere"))["memories"]] == there
    assert [one["id"] for one in (await call("memory_cleanup"))["memories"]] == here


async def test_ten_are_deleted_without_confirmation(call: CallTool, store: Store, change: Change) -> None:
    await change(await store(*map(str, range(10)), importance=0.1), created_at=91.0)
    assert (await call("memory_cleanup", dry_run=False))["count"] == 10


async def test_more_than_ten_are_deleted_with_confirmation_only(call: CallTool, store: Store, change: Change) -> None:
    await change(await store(*map(str, range(11)), importance=0.1), created_at=91.0)
    with pytest.raises(InvalidArguments, match="confirm: 11 memories would be deleted"):
        await call("memory_cleanup", dry_run=False)
    assert (await call("memory_list"))["total"] == 11
    assert (await call("memory_cleanup", dry_run=False, confirm=True))["count"] == 11
    assert (await call("memory_list"))["total"] == 0


@pytest.mark.parametrize("environment", [{"TMWS_MEMORY_MOST_PER_MAINTENANCE": "2"}])
async def test_a_cleanup_takes_no_more_than_it_may(call: CallTool, store: Store, change: Change) -> None:
    await change(await store("one", "two", "three", importance=0.1), created_at=91.0)
    told = [await call("memory_cleanup", dry_run=False) for _ in range(2)]
    assert [(one["count"], one["more"]) for one in told] == [(2, True), (1, False)]


async def test_what_was_cleared_away_can_be_restored(
    call: CallTool, store: Store, change: Change, consistency: Callable[[], Awaitable[Consistency]]
) -> None:
    ids = await store("old and dull", importance=0.1)
    await change(ids, created_at=91.0)
    await call("memory_cleanup", dry_run=False)
    assert (await consistency()).well
    await call("memory_restore", memory_id=ids[0])
    assert (await call("memory_search", query="dull"))["hits"][0]["memory"]["id"] == ids[0]
