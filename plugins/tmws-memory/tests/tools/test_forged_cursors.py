"""Whoever makes a cursor up gets a page that the question has, or hears that it is none."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tmws_core import Principal, cursor
from tmws_core.tool_errors import InvalidArguments
from tmws_memory.filters import Filters

CallTool = Callable[..., Awaitable[dict[str, Any]]]

NOW, SOME = "2026-05-01T00:00:00Z", "00000000-0000-7000-8000-000000000000"
FILTERS = Filters(namespace="place").digest

without_database = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def environment() -> dict[str, str]:
    """Nothing is written in the background."""
    return {"TMWS_MEMORY_EMBEDDINGS": "false"}


@without_database
@pytest.mark.parametrize(
    "position",
    [
        7,
        None,
        "x",
        [],
        {"a": 1},
        [NOW],
        [NOW, SOME, SOME],
        ["yesterday", SOME],
        [None, SOME],
        ["2026-05-01T00:00:00", SOME],
        ["0001-01-01T00:00:00+14:00", SOME],
        ["9999-12-31T23:59:59-14:00", SOME],
        [NOW, 7],
        [NOW, "\0"],
        [NOW, "\ud800"],
        [NOW, "' OR 1=1 --"],
    ],
    ids=repr,
)
async def test_a_position_that_no_list_gives_is_refused(call: CallTool, alice: Principal, position: object) -> None:
    await call("memory_store", content="x")
    with pytest.raises(InvalidArguments, match="cursor: it was not given to you"):
        await call("memory_list", cursor=cursor.encode(position, alice, f"list present {FILTERS}"))


@without_database
@pytest.mark.parametrize(
    "position", [-1, 1.5, 2**31, 10**300, None, "x", "7", [], [7], {}, True], ids=lambda one: str(one)[:9]
)
async def test_a_position_that_no_search_gives_is_refused(call: CallTool, alice: Principal, position: object) -> None:
    await call("memory_store", content="x")
    with pytest.raises(InvalidArguments, match="cursor: it was not given to you"):
        await call("memory_search", query="x", cursor=cursor.encode(position, alice, f"search {FILTERS} x"))


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
async def test_a_made_up_entry_leads_to_nothing_that_the_list_does_not_have(
    call: CallTool, alice: Principal, bob: Principal, moment: str
) -> None:
    mine = await call("memory_store", content="of alice")
    await call("memory_store", content="of bob", principal=bob)
    made_up = cursor.encode([moment, SOME], alice, f"list present {FILTERS}")
    page = await call("memory_list", cursor=made_up)
    assert [one["id"] for one in page["memories"]] == [mine["id"]] * (moment > NOW)


@pytest.mark.parametrize("position", [1, 500, 2**31 - 1])
async def test_a_search_that_is_read_on_after_its_end_finds_nothing(
    call: CallTool, alice: Principal, position: int
) -> None:
    await call("memory_store", content="x")
    made_up = cursor.encode(position, alice, f"search {FILTERS} x")
    found = await call("memory_search", query="x", cursor=made_up)
    assert (found["hits"], found["next_cursor"]) == ([], None)
