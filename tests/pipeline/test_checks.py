"""A call is authorised, limited and validated before anything runs."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tmws_core.application import Application
from tmws_core.call import Call, Kind
from tmws_core.context import Context
from tmws_core.principal import Principal
from tmws_core.tool_errors import (
    InvalidArguments,
    NotFound,
    PermissionDenied,
    RateLimited,
)

Calling = Callable[..., Awaitable[dict[str, Any]]]
Notes = Callable[[], Awaitable[list[str]]]


async def test_a_principal_without_the_scope_is_refused(call: Calling, notes: Notes) -> None:
    with pytest.raises(PermissionDenied, match="'ada' may not call note_add: it needs the scope 'notes") as raised:
        await call("note_add", {"id": "a", "words": "w"}, "notes:read")
    assert raised.value.details == {"scope": "notes:write"}
    assert await notes() == []


async def test_a_tool_called_from_a_tool_needs_its_own_scope(call: Calling) -> None:
    with pytest.raises(PermissionDenied, match="needs the scope 'notes:write'"):
        await call("note_add_from_reading", {}, "notes:read")


async def test_every_bad_argument_is_named(call: Calling) -> None:
    arguments = {"id": "", "size": "big", "colour": "red"}
    with pytest.raises(InvalidArguments) as raised:
        await call("note_add", arguments)
    faults = {fault["argument"]: fault["fault"] for fault in raised.value.details["faults"]}
    assert faults.keys() == {"id", "words", "size", "colour"}
    assert all(f"{argument}: {fault}" in raised.value.message for argument, fault in faults.items())


async def test_a_bad_argument_writes_nothing(call: Calling, notes: Notes) -> None:
    with pytest.raises(InvalidArguments):
        await call("note_add", {"id": "a", "words": 1})
    assert await notes() == []


async def test_a_bad_argument_is_not_repeated_in_the_answer(call: Calling) -> None:
    with pytest.raises(InvalidArguments) as raised:
        await call("note_add", {"id": {"password": "hunter2"}})
    assert "hunter2" not in str(raised.value.as_json())


async def test_an_unknown_tool_is_told_with_the_way_to_find_one(call: Calling) -> None:
    with pytest.raises(NotFound, match="there is no tool 'note_ad'; find the right name with tool_search"):
        await call("note_ad", {})


async def test_a_tool_has_its_own_rate_limit(call: Calling) -> None:
    await call("note_rarely", {})
    with pytest.raises(RateLimited, match="tool 'note_rarely' more often than 1 per 1 hour"):
        await call("note_rarely", {})


@pytest.mark.parametrize("kind", ["resource", "prompt", "method", "route"])
async def test_what_is_no_tool_has_its_own_rate_limit(application: Application, kind: Kind) -> None:
    async def once() -> None:
        await application.pipeline.run(
            Call(application.local_principal, "mcp"),
            "shelf",
            "notes:read",
            _nothing,
            read_only=True,
            kind=kind,
            rate_limit="1/hour",
        )

    await once()
    with pytest.raises(RateLimited, match=f"'local-agent' calls {kind} 'shelf' more often than 1 per 1 hour"):
        await once()


async def test_who_may_not_call_does_not_use_up_the_limit(application: Application) -> None:
    nobody, somebody = Principal("bob", "local"), Principal("bob", "local", frozenset({"notes:read"}))
    with pytest.raises(PermissionDenied):
        await _shelf(application, nobody)
    await _shelf(application, somebody)
    with pytest.raises(RateLimited):
        await _shelf(application, somebody)


async def _shelf(application: Application, principal: Principal) -> None:
    await application.pipeline.run(
        Call(principal, "mcp"), "shelf", "notes:read", _nothing, read_only=True, kind="prompt", rate_limit="1/hour"
    )


async def _nothing(_context: Context) -> None:
    """Do nothing."""
