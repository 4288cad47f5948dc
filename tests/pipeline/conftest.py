"""An application with a plugin that keeps notes, whose tools do what the tests of the pipeline need."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.principal import Principal

BODY = '''
import asyncio
from typing import Annotated
from pydantic import Field
from tmws_core import Event, Principal, observer
from tmws_core.tool_errors import NotFound

entered = asyncio.Event()
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
        case "slow":
            entered.set()
            await asyncio.Event().wait()
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


@tool(scope="notes:write")
async def note_tell(ctx: Context, id: str) -> None:
    """Add a note, and tell of it in the same transaction."""
    await ctx.transaction(lambda session: session.add(Note(id=id, words="")), lambda _: ctx.publish("note.told", id=id))


@tool(scope="notes:write")
async def note_put(ctx: Context, ids: list[str], error: str = "") -> int:
    """Add notes, each in a transaction of its own."""
    for id in ids:
        await ctx.transaction(lambda session: session.add(Note(id=id, words="")))
        ctx.publish("note.put", id=id)
    if error:
        raise NotFound(error)
    return len(ids)


@tool(scope="notes:write")
async def note_act_as(ctx: Context, agent: str, actor: str | None = None, error: str = "") -> str:
    """Act for another agent from the next call on."""
    ctx.act_as(Principal(agent, "elsewhere", frozenset({"notes:*"}), actor=actor))
    await ctx.transaction(lambda session: session.add(Note(id=agent, words="")))
    if error:
        raise NotFound(error)
    return ctx.principal.agent_id


@tool(scope="notes:write")
async def note_act_as_in_vain(ctx: Context) -> None:
    """Go on after a tool that was called has acted for another agent and failed."""
    try:
        await ctx.call("note_act_as", agent="bob", actor="local-agent", error="no")
    except NotFound:
        return


@tool(scope="notes:write")
async def note_nothing(ctx: Context) -> None:
    """Have a session and write nothing with it."""
    assert ctx.session is not None


@tool(scope="notes:write")
async def note_commit_early(ctx: Context) -> None:
    """Commit without waiting for the end of the call."""
    ctx.session.add(Note(id="early", words=""))
    await ctx.session.commit()
    raise NotFound("too late")


@tool(scope="notes:write")
async def note_in_savepoints(ctx: Context) -> None:
    """Write within savepoints."""
    for id in ("a", "b"):
        async with ctx.session.begin_nested():
            ctx.session.add(Note(id=id, words=""))


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


@pytest.fixture
def tool_seconds() -> float:
    """How long a tool may take; a test may parametrize it."""
    return 30.0


@pytest_asyncio.fixture
async def application(
    install_models: Callable[..., Path], start: Callable[..., Application], database_url: str, tool_seconds: float
) -> AsyncIterator[Application]:
    """An application with the notes."""
    install_models("notes", BODY)
    async with start("notes", database_url=database_url, strict=True, tool_seconds=tool_seconds) as opened:
        yield opened


@pytest.fixture
def call(application: Application) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Calls a tool, as the local principal or with the scopes that are named."""

    async def called(tool: str, arguments: dict[str, Any] | None = None, *scopes: str) -> dict[str, Any]:
        principal = Principal("ada", "local", frozenset(scopes)) if scopes else application.local_principal
        return await application.pipeline.call_tool(Call(principal, "test"), tool, arguments or {})

    return called


@pytest.fixture
def notes(application: Application) -> Callable[[], Awaitable[list[str]]]:
    """The notes that are committed."""

    async def kept() -> list[str]:
        async with application.database.session(read_only=True) as session:
            return list((await session.scalars(text("SELECT id FROM notes ORDER BY id"))).all())

    return kept


@pytest.fixture
def told(application: Application) -> Callable[[], Awaitable[list[tuple[str, dict[str, Any]]]]]:
    """What the observers heard, once they have heard everything."""

    async def heard() -> list[tuple[str, dict[str, Any]]]:
        for listener in application.listeners:
            await listener.close()
        events: list[tuple[str, dict[str, Any]]] = sys.modules["notes"].events
        return events

    return heard
