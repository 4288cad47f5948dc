"""Observers hear what was committed, and change nothing."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tmws_core.application import Application
from tmws_core.call import Call, Kind
from tmws_core.context import Context
from tmws_core.principal import Principal
from tmws_core.tool_errors import (
    InternalError,
    PermissionDenied,
    ToolError,
)

Calling = Callable[..., Awaitable[dict[str, Any]]]
Told = Callable[[], Awaitable[list[tuple[str, dict[str, Any]]]]]


async def _nothing(_context: Context) -> None:
    """Do nothing."""


async def test_events_of_a_failed_called_tool_are_not_told(call: Calling, told: Told) -> None:
    await call("note_outlive", {})
    assert "note.added" not in [name for name, _ in await told()]


async def test_events_are_told_after_the_commit(call: Calling, told: Told) -> None:
    await call("note_add", {"id": "a", "words": "w"})
    assert ("note.added", {"id": "a"}) in await told()


async def test_events_of_a_call_that_was_rolled_back_are_not_told(call: Calling, told: Told) -> None:
    with pytest.raises(InternalError):
        await call("note_add", {"id": "a", "words": "w", "error": "bug"})
    assert [name for name, _ in await told()] == ["tool.called"]


async def test_every_call_is_told_with_its_outcome(call: Calling, told: Told) -> None:
    await call("note_count", {})
    broken: dict[str, object] = {"id": "a", "words": "w", "error": "bug"}
    for tool, arguments in (("note_count", {"x": 1}), ("no_such_tool", {}), ("note_add", broken)):
        with pytest.raises(ToolError):
            await call(tool, arguments)
    outcomes = [details["outcome"] for name, details in await told() if name == "tool.called"]
    assert outcomes == ["ok", "invalid_arguments", "not_found", "internal_error"]


async def test_a_call_from_a_tool_is_told_as_one(call: Calling, told: Told) -> None:
    await call("note_add_two", {})
    surfaces = {details["tool"]: details["surface"] for name, details in await told() if name == "tool.called"}
    assert surfaces == {"note_add": "tool", "note_count": "tool", "note_add_two": "test"}


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("resource", "resource.read"),
        ("prompt", "prompt.got"),
        ("method", "method.called"),
        ("route", "route.called"),
        ("command", "command.called"),
    ],
)
async def test_what_is_no_tool_is_told_by_its_kind(
    application: Application, told: Told, kind: Kind, event: str
) -> None:
    call = Call(application.local_principal, "http", client="192.0.2.7")
    await application.pipeline.run(call, "shelf", "notes:read", _nothing, read_only=True, kind=kind)
    [(name, details)] = await told()
    assert details.pop("milliseconds") > 0
    assert (name, details) == (
        event,
        {"name": "shelf", "surface": "http", "outcome": "ok", "client": "192.0.2.7", "witnessed": False},
    )


async def test_a_refusal_is_told(application: Application, told: Told) -> None:
    with pytest.raises(PermissionDenied):
        await application.pipeline.run(
            Call(Principal("bob", "local"), "http"), "shelf", "notes:read", _nothing, read_only=True, kind="resource"
        )
    assert [(name, details["outcome"]) for name, details in await told()] == [("resource.read", "permission_denied")]


async def test_what_the_server_does_of_itself_is_not_told(application: Application, told: Told) -> None:
    call = Call(application.local_principal, "http")
    await application.pipeline.run(call, "database", None, _nothing, read_only=True)
    assert await told() == []


async def test_a_call_tells_where_it_came_from(application: Application, told: Told) -> None:
    call = Call(application.local_principal, "http", client="192.0.2.7")
    await application.pipeline.call_tool(call, "note_add_two", {})
    clients = {details["client"] for name, details in await told() if name == "tool.called"}
    assert clients == {"192.0.2.7"}


async def test_a_call_that_is_given_up_is_told_as_that(call: Calling, told: Told) -> None:
    running = asyncio.ensure_future(call("note_add", {"id": "a", "words": "w", "error": "slow"}))
    await sys.modules["notes"].entered.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [details["outcome"] for _, details in await told()] == ["cancelled"]


async def test_an_observer_that_fails_does_not_change_the_call(
    application: Application, call: Calling, told: Told
) -> None:
    sys.modules["notes"].failing.append(True)
    result = await call("note_add", {"id": "a", "words": "w"})
    await told()
    assert (result, [listener.missed for listener in application.listeners]) == ({"result": "a"}, [2])


async def test_what_an_observer_missed_is_in_the_status(call: Calling, told: Told) -> None:
    sys.modules["notes"].failing.append(True)
    await call("note_add", {"id": "a", "words": "w"})
    await told()
    sys.modules["notes"].failing.clear()
    status = await call("server_status", {})
    assert status["events_missed"] == {"notes:listen": 2}
