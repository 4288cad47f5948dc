"""Every call is authorised, limited, validated, run in one transaction, and told to the observers."""

import asyncio
import logging
import re
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.principal import Principal
from tmws_core.tool_errors import (
    AlreadyChanged,
    InternalError,
    InvalidArguments,
    NotFound,
    PermissionDenied,
    RateLimited,
    StorageFull,
    ToolError,
)

BODY = '''
import asyncio
from typing import Annotated
from pydantic import Field
from tmws_core import Event, observer
from tmws_core.tool_errors import NotFound

events = []
failing = []

class Note(Base):
    __tablename__ = "notes"
    __table_args__ = (sa.CheckConstraint("size < 1000000", name="not_too_full"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(sa.Text)
    size: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


@tool(scope="notes:write")
async def note_add(
    ctx: Context, id: Annotated[str, Field(min_length=1)], words: str, size: int = 0, error: str = ""
) -> str:
    """Add a note."""
    ctx.session.add(Note(id=id, words=words, size=size))
    ctx.publish("note.added", id=id)
    await ctx.session.flush()
    match error:
        case "tool": raise NotFound("no such shelf", hint="build one")
        case "bug": raise LookupError("the secret is 1234")
        case "exit": raise SystemExit(3)
        case "slow": await asyncio.Event().wait()
    return id


@tool(scope="notes:read", read_only=True)
async def note_count(ctx: Context) -> int:
    """Count the notes."""
    return await ctx.session.scalar(sa.select(sa.func.count()).select_from(Note))


@tool(scope="notes:read", read_only=True)
async def note_write_when_reading(ctx: Context) -> None:
    """Write, which a reading tool must not."""
    ctx.session.add(Note(id="x", words=""))
    await ctx.session.flush()


@tool(scope="notes:write")
async def note_add_two(ctx: Context, error: str = "") -> int:
    """Add one note through another tool and one directly."""
    await ctx.call("note_add", id="inner", words="", error="")
    ctx.session.add(Note(id="outer", words=""))
    await ctx.session.flush()
    count = (await ctx.call("note_count"))["result"]
    if error:
        raise LookupError(error)
    return count


@tool(scope="notes:read", read_only=True)
async def note_add_from_reading(ctx: Context) -> int:
    """Read, and call a tool that writes."""
    await ctx.call("note_add", id="written", words="")
    return 1


@tool(scope="notes:write")
async def note_outlive(ctx: Context) -> str:
    """Go on after a tool that was called has failed."""
    ctx.session.add(Note(id="outer", words=""))
    try:
        await ctx.call("note_add", id="inner", words="", error="bug")
    except Exception:
        return "went on"


@tool(scope="notes:write", rate_limit="1/hour")
async def note_rarely(ctx: Context) -> None:
    """Do what may be done once an hour."""


@tool(scope="notes:write")
async def note_conflict(ctx: Context) -> None:
    """Change a note that somebody else has changed in the meantime."""
    note = await ctx.session.get(Note, "a")
    await ctx.session.execute(sa.text("UPDATE notes SET version = 7"))
    note.words = "changed"


@tool(scope="notes:write")
async def note_takes_tool(ctx: Context, tool: str, event: str) -> str:
    """Take an argument whose name the context uses itself."""
    ctx.publish("named", event=event)
    return tool + event


@observer("*")
async def listen(event: Event) -> None:
    """Remember what happened, and fail when told to."""
    events.append((event.name, event.details))
    if failing:
        raise LookupError


@hookimpl
def tmws_tools():
    return sys.modules[__name__]


@hookimpl
def tmws_observers():
    return sys.modules[__name__]
'''


@pytest_asyncio.fixture
async def application(
    install_models: Callable[..., Path], start: Callable[..., Application], database_url: str
) -> AsyncIterator[Application]:
    """An application with the notes."""
    install_models("notes", BODY)
    async with start("notes", database_url=database_url, strict=True) as opened:
        yield opened


def _call(application: Application, *scopes: str) -> Call:
    principal = Principal("ada", "local", frozenset(scopes)) if scopes else application.local_principal
    return Call(principal, "test")


async def _notes(application: Application) -> list[str]:
    async with application.database.session(read_only=True) as session:
        return list((await session.scalars(text("SELECT id FROM notes ORDER BY id"))).all())


async def _told(application: Application) -> list[tuple[str, dict[str, Any]]]:
    """What the observers heard, once they have heard everything."""
    for listener in application.listeners:
        await listener.close()
    told: list[tuple[str, dict[str, Any]]] = sys.modules["notes"].events
    return told


async def _outcomes(application: Application) -> list[str]:
    return [details["outcome"] for name, details in await _told(application) if name == "tool.called"]


async def test_what_a_tool_wrote_is_committed_when_it_returns(application: Application) -> None:
    result = await application.pipeline.call_tool(_call(application), "note_add", {"id": "a", "words": "w"})
    assert (result, await _notes(application)) == ({"result": "a"}, ["a"])


@pytest.mark.parametrize(("error", "raised"), [("tool", NotFound), ("bug", InternalError), ("exit", InternalError)])
async def test_what_a_tool_wrote_is_rolled_back_when_it_raises(
    application: Application, error: str, raised: type[ToolError]
) -> None:
    arguments = {"id": "a", "words": "w", "error": error}
    with pytest.raises(raised):
        await application.pipeline.call_tool(_call(application), "note_add", arguments)
    assert await _notes(application) == []


async def test_a_principal_without_the_scope_is_refused(application: Application) -> None:
    with pytest.raises(PermissionDenied, match="'ada' may not call note_add: it needs the scope 'notes") as raised:
        await application.pipeline.call_tool(_call(application, "notes:read"), "note_add", {"id": "a", "words": "w"})
    assert raised.value.details == {"scope": "notes:write"}
    assert await _notes(application) == []


async def test_a_tool_called_from_a_tool_needs_its_own_scope(application: Application) -> None:
    with pytest.raises(PermissionDenied, match="needs the scope 'notes:write'"):
        await application.pipeline.call_tool(_call(application, "notes:read"), "note_add_from_reading", {})


async def test_every_bad_argument_is_named(application: Application) -> None:
    arguments = {"id": "", "size": "big", "colour": "red"}
    with pytest.raises(InvalidArguments) as raised:
        await application.pipeline.call_tool(_call(application), "note_add", arguments)
    faults = {fault["argument"]: fault["fault"] for fault in raised.value.details["faults"]}
    assert faults.keys() == {"id", "words", "size", "colour"}
    assert all(f"{argument}: {fault}" in raised.value.message for argument, fault in faults.items())


async def test_a_bad_argument_writes_nothing(application: Application) -> None:
    with pytest.raises(InvalidArguments):
        await application.pipeline.call_tool(_call(application), "note_add", {"id": "a", "words": 1})
    assert await _notes(application) == []


async def test_a_bad_argument_is_not_repeated_in_the_answer(application: Application) -> None:
    with pytest.raises(InvalidArguments) as raised:
        await application.pipeline.call_tool(_call(application), "note_add", {"id": {"password": "hunter2"}})
    assert "hunter2" not in str(raised.value.as_json())


async def test_an_unknown_tool_is_told_with_the_way_to_find_one(application: Application) -> None:
    with pytest.raises(NotFound, match="there is no tool 'note_ad'; find the right name with tool_search"):
        await application.pipeline.call_tool(_call(application), "note_ad", {})


async def test_a_tool_has_its_own_rate_limit(application: Application) -> None:
    await application.pipeline.call_tool(_call(application), "note_rarely", {})
    with pytest.raises(RateLimited, match="tool 'note_rarely' more often than 1 per 1 hour"):
        await application.pipeline.call_tool(_call(application), "note_rarely", {})


async def test_a_reading_tool_cannot_write(application: Application) -> None:
    with pytest.raises(InternalError):
        await application.pipeline.call_tool(_call(application), "note_write_when_reading", {})
    assert await _notes(application) == []


async def test_a_called_tool_joins_the_transaction(application: Application) -> None:
    result = await application.pipeline.call_tool(_call(application), "note_add_two", {})
    assert (result, await _notes(application)) == ({"result": 2}, ["inner", "outer"])


async def test_a_called_tool_is_rolled_back_with_its_caller(application: Application) -> None:
    with pytest.raises(InternalError):
        await application.pipeline.call_tool(_call(application), "note_add_two", {"error": "late"})
    assert await _notes(application) == []


async def test_a_reading_tool_may_call_a_writing_one(application: Application) -> None:
    await application.pipeline.call_tool(_call(application), "note_add_from_reading", {})
    assert await _notes(application) == ["written"]


async def test_what_a_failed_called_tool_wrote_is_not_kept(application: Application) -> None:
    result = await application.pipeline.call_tool(_call(application), "note_outlive", {})
    assert (result, await _notes(application)) == ({"result": "went on"}, ["outer"])


async def test_events_of_a_failed_called_tool_are_not_told(application: Application) -> None:
    await application.pipeline.call_tool(_call(application), "note_outlive", {})
    assert "note.added" not in [name for name, _ in await _told(application)]


async def test_tool_call_reaches_every_tool(application: Application) -> None:
    arguments = {"name": "note_add", "arguments": {"id": "a", "words": "w"}}
    result = await application.pipeline.call_tool(_call(application), "tool_call", arguments)
    assert (result, await _notes(application)) == ({"result": "a"}, ["a"])


async def test_tool_call_passes_on_arguments_of_any_name(application: Application) -> None:
    arguments = {"name": "note_takes_tool", "arguments": {"tool": "a", "event": "b"}}
    assert await application.pipeline.call_tool(_call(application), "tool_call", arguments) == {"result": "ab"}


async def test_events_are_told_after_the_commit(application: Application) -> None:
    await application.pipeline.call_tool(_call(application), "note_add", {"id": "a", "words": "w"})
    assert ("note.added", {"id": "a"}) in await _told(application)


async def test_events_of_a_call_that_was_rolled_back_are_not_told(application: Application) -> None:
    with pytest.raises(InternalError):
        await application.pipeline.call_tool(_call(application), "note_add", {"id": "a", "words": "w", "error": "bug"})
    assert [name for name, _ in await _told(application)] == ["tool.called"]


async def test_every_call_is_told_with_its_outcome(application: Application) -> None:
    pipeline, call = application.pipeline, _call(application)
    await pipeline.call_tool(call, "note_count", {})
    for tool, arguments in (
        ("note_count", {"x": 1}),
        ("no_such_tool", {}),
        ("note_add", {"id": "a", "words": "w", "error": "bug"}),
    ):
        with pytest.raises(ToolError):
            await pipeline.call_tool(call, tool, arguments)
    assert await _outcomes(application) == ["ok", "invalid_arguments", "not_found", "internal_error"]


async def test_a_call_from_a_tool_is_told_as_one(application: Application) -> None:
    await application.pipeline.call_tool(_call(application), "note_add_two", {})
    surfaces = {
        details["tool"]: details["surface"] for name, details in await _told(application) if name == "tool.called"
    }
    assert surfaces == {"note_add": "tool", "note_count": "tool", "note_add_two": "test"}


async def test_an_observer_that_fails_does_not_change_the_call(application: Application) -> None:
    sys.modules["notes"].failing.append(True)
    result = await application.pipeline.call_tool(_call(application), "note_add", {"id": "a", "words": "w"})
    await _told(application)
    assert (result, [listener.missed for listener in application.listeners]) == ({"result": "a"}, [2])


async def test_what_an_observer_missed_is_in_the_status(application: Application) -> None:
    sys.modules["notes"].failing.append(True)
    await application.pipeline.call_tool(_call(application), "note_add", {"id": "a", "words": "w"})
    await _told(application)
    sys.modules["notes"].failing.clear()
    status = await application.pipeline.call_tool(_call(application), "server_status", {})
    assert status["events_missed"] == {"notes:listen": 2}


async def test_a_row_that_somebody_else_has_changed_is_a_conflict(application: Application) -> None:
    await application.pipeline.call_tool(_call(application), "note_add", {"id": "a", "words": "w"})
    with pytest.raises(AlreadyChanged, match="somebody else has changed it in the meantime; read it again"):
        await application.pipeline.call_tool(_call(application), "note_conflict", {})


async def test_an_internal_error_tells_a_number_and_no_details(application: Application) -> None:
    with pytest.raises(InternalError) as raised:
        await application.pipeline.call_tool(_call(application), "note_add", {"id": "a", "words": "w", "error": "bug"})
    told = str(raised.value.as_json())
    assert re.search(r"the server's log tells it under [0-9a-f-]{36}", told)
    assert "1234" not in told
    assert "LookupError" not in told


async def test_the_log_tells_the_details_under_the_number(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(InternalError) as raised, caplog.at_level(logging.ERROR):
        await application.pipeline.call_tool(_call(application), "note_add", {"id": "a", "words": "w", "error": "bug"})
    number = raised.value.hint.rpartition(" ")[2]
    assert number in caplog.text
    assert "the secret is 1234" in caplog.text


async def test_a_constraint_with_full_in_its_name_is_not_a_full_disk(application: Application) -> None:
    with pytest.raises(InternalError):
        await application.pipeline.call_tool(
            _call(application), "note_add", {"id": "a", "words": "w", "size": 1_000_000}
        )


async def test_a_call_that_is_cancelled_writes_nothing(application: Application) -> None:
    arguments = {"id": "a", "words": "w", "error": "slow"}
    running = asyncio.create_task(application.pipeline.call_tool(_call(application), "note_add", arguments))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await _notes(application) == []


async def test_a_connection_comes_back_after_every_failure(application: Application) -> None:
    arguments = {"id": "a", "words": "w", "error": "bug"}
    for _ in range(3):
        with pytest.raises(InternalError):
            await application.pipeline.call_tool(_call(application), "note_add", arguments)
    await application.pipeline.call_tool(_call(application), "note_add", {"id": "a", "words": "w"})
    assert await _notes(application) == ["a"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_full_disk_is_told_as_one(application: Application) -> None:
    async with application.database.session(read_only=False) as session:
        pages = await session.scalar(text("PRAGMA page_count"))
        await session.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(StorageFull, match="the disk is full; nothing was written; make room on the server's disk"):
        await application.pipeline.call_tool(_call(application), "note_add", {"id": "a", "words": "w" * 100_000})
    assert await _notes(application) == []
    assert await application.pipeline.call_tool(_call(application), "note_count", {}) == {"result": 0}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_tool_that_takes_too_long_is_stopped(
    install_models: Callable[..., Path], start: Callable[..., Application], database_url: str
) -> None:
    install_models("notes", BODY)
    async with start("notes", database_url=database_url, strict=True, tool_seconds=0.2) as application:
        with pytest.raises(ToolError, match=r"note_add took longer than 0\.2 s and was stopped; nothing was written"):
            await application.pipeline.call_tool(
                _call(application), "note_add", {"id": "a", "words": "w", "error": "slow"}
            )
        assert await _notes(application) == []
