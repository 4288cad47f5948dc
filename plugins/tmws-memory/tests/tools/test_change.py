"""To change, delete and restore, as a client calls it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, NotFound

CallTool = Callable[..., Awaitable[dict[str, Any]]]


# what is refused is refused before any database hears of it
without_database = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def environment() -> dict[str, str]:
    """Nothing is written in the background."""
    return {"TMWS_MEMORY_EMBEDDINGS": "false"}


def faulty(refused: pytest.ExceptionInfo[InvalidArguments]) -> set[str]:
    """The arguments that an answer names, without what is inside them."""
    return {fault["argument"].partition(".")[0] for fault in refused.value.details["faults"]}


async def test_a_change_is_answered_with_a_receipt(call: CallTool) -> None:
    stored = await call("memory_store", content="before", tags=["a"])
    changed = await call("memory_update", memory_id=stored["id"], content="after", access_level="team")
    assert (changed["id"], changed["version"], changed["access_level"]) == (stored["id"], 2, "team")
    memory = await call("memory_get", memory_id=stored["id"])
    assert (memory["content"], memory["tags"], memory["version"]) == ("after", ["a"], 2)
    assert memory["updated_at"] > memory["created_at"]


async def test_a_change_that_gives_nothing_changes_nothing(call: CallTool) -> None:
    stored = await call("memory_store", content="x")
    before = await call("memory_get", memory_id=stored["id"])
    await call("memory_update", memory_id=stored["id"])
    assert await call("memory_get", memory_id=stored["id"]) == before


async def test_a_stale_change_is_refused_and_changes_nothing(call: CallTool) -> None:
    stored = await call("memory_store", content="x")
    await call("memory_update", memory_id=stored["id"], content="y")
    with pytest.raises(AlreadyChanged, match="at version 2, not 1"):
        await call("memory_update", memory_id=stored["id"], content="z", expected_version=1)
    assert (await call("memory_get", memory_id=stored["id"]))["content"] == "y"
    assert len((await call("memory_history", memory_id=stored["id"]))["result"]) == 1


@without_database
@pytest.mark.parametrize("value", [0, -1, True, "1", float("nan"), 2**31, 2**63])
async def test_what_is_no_version_is_refused(call: CallTool, value: object) -> None:
    with pytest.raises(InvalidArguments) as refused:
        await call("memory_update", memory_id="x", content="y", expected_version=value)
    assert faulty(refused) == {"expected_version"}


async def test_a_changed_memory_is_found_by_what_it_is_now(call: CallTool) -> None:
    stored = await call("memory_store", content="tortoise", tags=["former"])
    await call("memory_update", memory_id=stored["id"], tags=["present"])
    assert (await call("memory_search", query="former"))["hits"] == []
    assert len((await call("memory_search", query="present"))["hits"]) == 1


async def test_a_deleted_memory_is_neither_read_nor_found_until_it_is_restored(call: CallTool) -> None:
    stored = await call("memory_store", content="tortoise")
    deleted = await call("memory_delete", memory_id=stored["id"])
    assert deleted["id"] == stored["id"]
    with pytest.raises(NotFound):
        await call("memory_get", memory_id=stored["id"])
    assert (await call("memory_search", query="tortoise"))["hits"] == []
    await call("memory_restore", memory_id=stored["id"])
    (hit,) = (await call("memory_search", query="tortoise"))["hits"]
    assert hit["memory"]["id"] == stored["id"]


async def test_what_was_stored_anew_is_not_restored_beside_it(call: CallTool) -> None:
    stored = await call("memory_store", content="x")
    await call("memory_delete", memory_id=stored["id"])
    anew = await call("memory_store", content="x")
    with pytest.raises(AlreadyChanged) as refused:
        await call("memory_restore", memory_id=stored["id"])
    assert refused.value.details == {"memory_id": anew["id"]}
