"""A call is one transaction, and a tool that it calls joins it."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tmws_core.application import Application
from tmws_core.context import Context
from tmws_core.pipeline import Call
from tmws_core.tool_errors import (
    InternalError,
    NotFound,
    ToolError,
)

Calling = Callable[..., Awaitable[dict[str, Any]]]
Notes = Callable[[], Awaitable[list[str]]]


async def test_what_a_tool_wrote_is_committed_when_it_returns(call: Calling, notes: Notes) -> None:
    result = await call("note_add", {"id": "a", "words": "w"})
    assert (result, await notes()) == ({"result": "a"}, ["a"])


@pytest.mark.parametrize(("error", "raised"), [("tool", NotFound), ("bug", InternalError), ("exit", InternalError)])
async def test_what_a_tool_wrote_is_rolled_back_when_it_raises(
    call: Calling, notes: Notes, error: str, raised: type[ToolError]
) -> None:
    arguments = {"id": "a", "words": "w", "error": error}
    with pytest.raises(raised):
        await call("note_add", arguments)
    assert await notes() == []


async def test_a_reading_tool_cannot_write(call: Calling, notes: Notes) -> None:
    with pytest.raises(InternalError):
        await call("note_write_when_reading", {})
    assert await notes() == []


async def test_a_called_tool_joins_the_transaction(call: Calling, notes: Notes) -> None:
    result = await call("note_add_two", {})
    assert (result, await notes()) == ({"result": 2}, ["inner", "outer"])


async def test_a_called_tool_is_rolled_back_with_its_caller(call: Calling, notes: Notes) -> None:
    with pytest.raises(InternalError):
        await call("note_add_two", {"error": "late"})
    assert await notes() == []


async def test_a_reading_tool_may_call_a_writing_one(call: Calling, notes: Notes) -> None:
    await call("note_add_from_reading", {})
    assert await notes() == ["written"]


async def test_what_a_failed_called_tool_wrote_is_not_kept(call: Calling, notes: Notes) -> None:
    result = await call("note_outlive", {})
    assert (result, await notes()) == ({"result": "went on"}, ["outer"])


async def test_tool_call_reaches_every_tool(call: Calling, notes: Notes) -> None:
    arguments = {"name": "note_add", "arguments": {"id": "a", "words": "w"}}
    result = await call("tool_call", arguments)
    assert (result, await notes()) == ({"result": "a"}, ["a"])


async def test_tool_call_passes_on_arguments_of_any_name(call: Calling) -> None:
    arguments = {"name": "note_takes_tool", "arguments": {"tool": "a", "event": "b"}}
    assert await call("tool_call", arguments) == {"result": "ab"}


async def test_a_call_that_is_cancelled_writes_nothing(call: Calling, notes: Notes) -> None:
    arguments = {"id": "a", "words": "w", "error": "slow"}
    running = asyncio.ensure_future(call("note_add", arguments))
    await sys.modules["notes"].entered.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await notes() == []


async def test_a_connection_comes_back_after_every_failure(call: Calling, notes: Notes) -> None:
    arguments = {"id": "a", "words": "w", "error": "bug"}
    for _ in range(3):
        with pytest.raises(InternalError):
            await call("note_add", arguments)
    await call("note_add", {"id": "a", "words": "w"})
    assert await notes() == ["a"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("tool_seconds", [0.2])
async def test_a_tool_that_takes_too_long_is_stopped(call: Calling, notes: Notes) -> None:
    with pytest.raises(ToolError, match=r"note_add took longer than 0\.2 s and was stopped; nothing was written"):
        await call("note_add", {"id": "a", "words": "w", "error": "slow"})
    assert await notes() == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("tool_seconds", [0.01])
async def test_a_command_may_take_longer_than_a_tool(application: Application) -> None:
    async def work(context: Context) -> str:
        await asyncio.sleep(0.1)
        return "done"

    call = Call(application.local_principal, "cli")
    running = application.pipeline.run(call, "reindex", "notes:write", work, read_only=False, limited=False)
    assert await running == "done"
