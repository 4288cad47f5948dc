"""An application with the logs and a small plugin that is called, and ways to look at rows and to damage them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import RowMapping, select, text
from sqlalchemy.orm import Session

from tmws_audit.entries import call_entry, event_entry
from tmws_audit.logs import LOGS
from tmws_audit.models.guard import GUARDS, TRIGGERS
from tmws_audit.settings import Files
from tmws_audit.state import AuditState
from tmws_audit.verification.report import Verification
from tmws_audit.verification.rows import Reader
from tmws_audit.verification.verify import verify
from tmws_audit.writer import Entry, append
from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.pipeline import Call
from tmws_core.progress import no_progress
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin

NOTES = """
    import sys
    from typing import Any

    from sqlalchemy import func, select
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    from tmws_core import Context, hookimpl, resource, tool
    from tmws_core.declarative import plugin_metadata
    from tmws_core.tool_errors import NotFound


    class Base(DeclarativeBase):
        metadata = plugin_metadata("notes")


    class Note(Base):
        __tablename__ = "notes"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str]


    @tool(scope="notes:write")
    async def notes_write(ctx: Context, text: str) -> int:
        def work(session):
            note = Note(text=text.replace(chr(0), ""))
            session.add(note)
            session.flush()
            return note.id
        return await ctx.transaction(work)


    @tool(scope="notes:write")
    async def notes_tell(ctx: Context, event: str, details: dict[str, Any]) -> None:
        ctx.session.add(Note(text="told"))
        ctx.publish(event, **details)


    @tool(scope="notes:write", read_only=True)
    async def notes_publish(ctx: Context, event: str, details: dict[str, Any]) -> None:
        ctx.publish(event, **details)


    @tool(scope="notes:write")
    async def notes_both(ctx: Context, text: str) -> None:
        await ctx.call("notes_write", text=text)


    @tool(scope="notes:govern")
    async def notes_clear(ctx: Context) -> None:
        ctx.session.add(Note(text="cleared"))


    @tool(scope="notes:govern", read_only=True)
    async def notes_inspect(ctx: Context) -> None:
        return None


    @tool(scope="notes:read", read_only=True)
    async def notes_count(ctx: Context) -> int:
        return (await ctx.session.execute(select(func.count()).select_from(Note))).scalar_one()


    @tool(scope="notes:read", read_only=True)
    async def notes_fail(ctx: Context, text: str) -> None:
        raise NotFound(text)


    @tool(scope="notes:read", read_only=True, rate_limit="1/hour")
    async def notes_seldom(ctx: Context) -> None:
        return None


    @resource("notes://{name}", scope="notes:read")
    async def note(ctx: Context, name: str) -> str:
        return name


    @hookimpl
    def tmws_models():
        return sys.modules[__name__]


    @hookimpl
    def tmws_tools():
        return sys.modules[__name__]


    @hookimpl
    def tmws_resources():
        return sys.modules[__name__]
"""

ALICE = Principal("alice", "place", frozenset({"*"}))

CallTool = Callable[..., Awaitable[dict[str, Any]]]
Rows = Callable[[str], Awaitable[Sequence[RowMapping]]]
Recorded = Callable[..., Awaitable[Sequence[RowMapping]]]
Verify = Callable[[], Awaitable[Verification]]
Fill = Callable[[str, int], Awaitable[None]]
Seal = Callable[[], Awaitable[None]]
Until = Callable[[Callable[[], bool]], Awaitable[None]]
FirstFault = Callable[[], Awaitable[tuple[str, int | None]]]
Tamper = Callable[..., Awaitable[None]]
Restamp = Callable[..., Awaitable[None]]


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment that the application gets its settings from; a module of tests may have another."""
    return {}


@pytest.fixture
def settings(
    filled_database_url: str, tmp_path: Path, environment: dict[str, str], install_plugin: InstallPlugin
) -> Settings:
    install_plugin("notes", NOTES)
    values = {"plugins": "audit,notes", "strict": True, "rate_limit": "1000000/second"}
    return Settings(environment, home=tmp_path, database_url=filled_database_url, **values)


@pytest.fixture
async def other_process(application: Application, settings: Settings) -> AsyncIterator[Application]:
    """A second application on the database of the first, as another process has it."""
    async with Application(settings) as opened:
        yield opened


@pytest.fixture
def call(application: Application) -> CallTool:
    """Calls a tool as an MCP client does, as alice unless another caller is given."""

    async def call(
        tool: str, /, principal: Principal = ALICE, client: str | None = None, **given: object
    ) -> dict[str, Any]:
        return await application.pipeline.call_tool(Call(principal, "mcp", client=client), tool, dict(given))

    return call


@pytest.fixture
def fill(application: Application) -> Fill:
    """Appends so many rows to a log."""

    async def fill(log: str, count: int) -> None:
        entries = [_ENTRIES[log](number) for number in range(count)]
        await application.database.transaction(partial(append, entries=entries), read_only=False)

    return fill


_ENTRIES: Mapping[str, Callable[[int], Entry]] = {
    "api_audit_log": lambda number: call_entry(
        ALICE,
        kind="tool",
        name=f"notes_{number}",
        surface="mcp",
        client=None,
        at=utc_now(),
        milliseconds=1.5,
        told=[("notes.told", {"number": number, "share": 0.1, "tags": ["a", None, True]})],
    ),
    "security_audit_logs": lambda number: event_entry("logout", ALICE, utc_now(), details={"number": number}),
}


@pytest.fixture
def seal(application: Application) -> Seal:
    """Signs a checkpoint, as it is done from time to time."""

    async def seal() -> None:
        await application.state(AuditState).sealer.now()

    return seal


@pytest.fixture
def rows(application: Application) -> Rows:
    """All rows of a log, in their order."""

    async def rows(log: str) -> Sequence[RowMapping]:
        table = LOGS[log].table

        def work(session: Session) -> Sequence[RowMapping]:
            return session.execute(select(table).order_by(table.c.sequence)).mappings().all()

        return await application.database.transaction(work, read_only=True)

    return rows


@pytest.fixture
def recorded(application: Application, rows: Rows) -> Recorded:
    """All rows of a log, once what waits has been written and there are as many as expected."""

    async def recorded(log: str, count: int) -> Sequence[RowMapping]:
        while True:
            await application.state(AuditState).recorder.flush()
            found = await rows(log)
            if len(found) >= count:
                return found
            await asyncio.sleep(0.01)

    return recorded


@pytest.fixture
def until() -> Until:
    """Waits until something is so."""

    async def until(condition: Callable[[], bool]) -> None:
        for _ in range(3_000):
            if condition():
                return
            await asyncio.sleep(0.01)
        raise TimeoutError

    return until


@pytest.fixture
def checked(application: Application) -> Verify:
    """Verifies the logs."""

    async def checked() -> Verification:
        return await verify(application.database, Files.of(application.settings), no_progress)

    return checked


@pytest.fixture
def tamper(application: Application) -> Tamper:
    """Runs statements as somebody does who may do everything with the database: the triggers go first."""

    async def tamper(*statements: str, **values: object) -> None:
        async with application.database.writer.begin() as connection:
            for log, guard in GUARDS.items():
                for template in TRIGGERS[connection.dialect.name]:
                    on = "" if connection.dialect.name == "sqlite" else f" ON {log}"
                    await connection.execute(text(f"DROP TRIGGER IF EXISTS {template.replace('<guard>', guard)}{on}"))
            for statement in statements:
                await connection.execute(text(statement), values)

    return tamper


@pytest.fixture
def restamp(application: Application, tamper: Tamper) -> Restamp:
    """Makes the chain of a log fit again from a row on, as somebody does who knows how it is made."""

    async def restamp(log: str, sequence: int) -> None:
        def work(session: Session) -> list[dict[str, Any]]:
            previous, made = None, []
            for row in Reader(session.connection(), LOGS[log]).page(None, 10_000):
                if previous is not None and row.sequence >= sequence:
                    assert row.values is not None
                    made.append({"sequence": row.sequence, "prev": previous})
                    previous = LOGS[log].row_hash(previous, row.values)
                    made[-1] |= {"own": previous}
                else:
                    previous = row.row_hash
            return made

        for values in await application.database.transaction(work, read_only=True):
            statement = f"UPDATE {log} SET prev_hash = :prev, row_hash = :own WHERE sequence = :sequence"
            await tamper(statement, **values)

    return restamp


@pytest.fixture
def first_fault(checked: Verify) -> FirstFault:
    """The verdict on the first bad row, and its number."""

    async def first_fault() -> tuple[str, int | None]:
        fault = (await checked()).faults[0]
        return fault.verdict, fault.sequence

    return first_fault


@pytest.fixture
def alice() -> Principal:
    return ALICE
