"""A context is what a tool gets of the world."""

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from pydantic import BaseModel

from tmws_core.application import Application
from tmws_core.context import Context
from tmws_core.principal import Principal
from tmws_core.tool_errors import NotFound
from tmws_core.unit_of_work import UnitOfWork

ADA = Principal("ada", "lab", frozenset({"*"}))


@pytest_asyncio.fixture
async def context(start: Callable[..., Application]) -> AsyncIterator[Context]:
    """A context of an application with no plugin."""
    async with start(strict=True) as application:
        unit_of_work = UnitOfWork(application.database, read_only=True)
        yield Context(application, ADA, unit_of_work, name="notes_add")
        await unit_of_work.close()


async def test_a_context_knows_who_calls(context: Context) -> None:
    assert context.principal is ADA


async def test_its_logger_is_named_after_the_tool(context: Context) -> None:
    assert context.logger.name == "tmws.notes_add"


async def test_its_session_is_that_of_the_call(context: Context) -> None:
    assert context.session is context.session


async def test_settings_that_nobody_contributed_are_told(context: Context) -> None:
    with pytest.raises(LookupError, match="no running plugin contributed BaseModel"):
        context.settings(BaseModel)


async def test_another_tool_is_called_as_the_same_principal(context: Context) -> None:
    found = await context.call("tool_search", query="status", limit=1)
    assert [one["name"] for one in found["result"]] == ["server_status"]


async def test_a_tool_that_is_not_there_is_told(context: Context) -> None:
    with pytest.raises(NotFound, match="there is no tool 'notes_list'"):
        await context.call("notes_list")


async def test_progress_goes_to_who_asked_for_it(start: Callable[..., Application]) -> None:
    told: list[tuple[float, float | None, str | None]] = []

    async def report(done: float, total: float | None, message: str | None) -> None:
        told.append((done, total, message))

    async with start(strict=True) as application:
        unit_of_work = UnitOfWork(application.database, read_only=True)
        context = Context(application, ADA, unit_of_work, name="notes_add", report_progress=report)
        await context.progress(1, 2, "half")
    assert told == [(1, 2, "half")]


async def test_what_is_published_waits_for_the_commit(start: Callable[..., Application]) -> None:
    async with start(strict=True) as application:
        unit_of_work = UnitOfWork(application.database, read_only=False)
        Context(application, ADA, unit_of_work, name="notes_add").publish("note.added", id="7")
    assert unit_of_work.published == [("note.added", {"id": "7"})]
