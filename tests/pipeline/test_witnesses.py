"""A witness writes down what a call did in the transaction that did it, or nothing is done."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from tmws_core.act import Act
from tmws_core.application import Application
from tmws_core.call import Call, Kind
from tmws_core.context import Context
from tmws_core.contributions import Witness
from tmws_core.errors import PluginError
from tmws_core.tool_errors import InternalError, NotFound, StorageFull, ToolError

from .conftest import BODY

Calling = Callable[..., Awaitable[dict[str, Any]]]
Notes = Callable[[], Awaitable[list[str]]]
Told = Callable[[], Awaitable[list[tuple[str, dict[str, Any]]]]]

LOGBOOK = '''
from sqlalchemy.orm import Session
from tmws_core import Act, witness
from tmws_core.tool_errors import StorageFull

acts = []
failing = []

class Line(Base):
    __tablename__ = "lines"
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


@witness
def write_down(session: Session, act: Act) -> None:
    """Write down who did what to how many notes."""
    if failing:
        raise failing[0]
    acts.append(act)
    notes = session.scalar(sa.text("SELECT count(*) FROM notes"))
    session.add(Line(text=f"{act.name} {notes}"))


@hookimpl
def tmws_witnesses():
    return sys.modules[__name__]
'''


@pytest_asyncio.fixture
async def application(
    install_models: Callable[..., Path], start: Callable[..., Application], database_url: str
) -> AsyncIterator[Application]:
    """An application with the notes, and a logbook that is written with them."""
    install_models("notes", BODY)
    install_models("logbook", LOGBOOK)
    async with start("notes", "logbook", database_url=database_url, strict=True) as opened:
        yield opened


@pytest.fixture
def acts() -> list[Act]:
    """What the witness was told."""
    told: list[Act] = sys.modules["logbook"].acts
    return told


@pytest.fixture
def lines(application: Application) -> Callable[[], Awaitable[list[str]]]:
    """What the witness wrote, as far as it is committed."""

    async def kept() -> list[str]:
        async with application.database.session(read_only=True) as session:
            return list((await session.scalars(text("SELECT text FROM lines ORDER BY number"))).all())

    return kept


@pytest.mark.parametrize(
    ("tool", "arguments", "written"),
    [
        ("note_add", {"id": "a", "words": "w"}, ["note_add 1"]),
        ("note_put", {"ids": ["a"]}, ["note_put 1"]),
        ("note_put", {"ids": ["a", "b"]}, ["note_put 1", "note_put 2"]),
        ("note_add_two", {}, ["note_add_two 2"]),
        ("note_in_savepoints", {}, ["note_in_savepoints 2"]),
        ("note_add_from_reading", {}, ["note_add 1"]),
        ("note_count", {}, []),
        ("note_nothing", {}, []),
    ],
)
async def test_each_transaction_that_writes_has_a_witness_who_sees_what_was_written(
    call: Calling, lines: Notes, tool: str, arguments: dict[str, Any], written: list[str]
) -> None:
    await call(tool, arguments)
    assert await lines() == written


@pytest.mark.parametrize(("tool", "arguments"), [("note_add", {"id": "a", "words": ""}), ("note_put", {"ids": ["a"]})])
@pytest.mark.parametrize(
    ("error", "raised"), [(LookupError("no ink"), InternalError), (StorageFull("no room"), StorageFull)]
)
async def test_a_witness_that_raises_rolls_the_act_back(
    call: Calling, notes: Notes, tool: str, arguments: dict[str, Any], error: Exception, raised: type[ToolError]
) -> None:
    sys.modules["logbook"].failing.append(error)
    with pytest.raises(raised):
        await call(tool, arguments)
    assert await notes() == []


async def test_the_connection_of_an_act_without_witness_comes_back(call: Calling, notes: Notes) -> None:
    failing = sys.modules["logbook"].failing
    failing.append(LookupError("no ink"))
    for tool, arguments in (("note_add", {"id": "a", "words": ""}), ("note_put", {"ids": ["a"]})) * 3:
        with pytest.raises(InternalError):
            await call(tool, arguments)
    failing.clear()
    await call("note_add", {"id": "a", "words": ""})
    assert await notes() == ["a"]


async def test_what_a_witness_wrote_is_rolled_back_with_the_act(call: Calling, lines: Notes) -> None:
    with pytest.raises(InternalError):
        await call("note_add", {"id": "a", "words": "w", "size": 1_000_000})
    assert await lines() == []


async def test_a_call_that_commits_early_does_not_escape_its_witness(call: Calling, lines: Notes) -> None:
    with pytest.raises(NotFound):
        await call("note_commit_early", {})
    assert await lines() == ["note_commit_early 1"]


async def test_an_act_says_who_did_what_and_when(application: Application, acts: list[Act]) -> None:
    before = datetime.now(UTC)
    call = Call(application.local_principal, "http", client="192.0.2.7")
    await application.pipeline.call_tool(call, "note_add", {"id": "a", "words": "w"})
    (act,) = acts
    assert (act.principal, act.kind, act.name) == (application.local_principal, "tool", "note_add")
    assert (act.surface, act.client) == ("http", "192.0.2.7")
    assert before <= act.started_at <= datetime.now(UTC)
    assert act.milliseconds > 0


async def test_an_act_tells_what_was_published_so_far(call: Calling, acts: list[Act]) -> None:
    await call("note_put", {"ids": ["a", "b"]})
    assert [list(act.published) for act in acts] == [[], [("note.put", {"id": "a"})]]


async def test_an_act_tells_what_its_own_work_has_published(call: Calling, acts: list[Act]) -> None:
    await call("note_tell", {"id": "a"})
    assert [list(act.published) for act in acts] == [[("note.told", {"id": "a"})]]


async def test_an_act_names_the_tools_that_took_part_in_it(call: Calling, acts: list[Act]) -> None:
    await call("tool_call", {"name": "note_add", "arguments": {"id": "a", "words": ""}})
    assert [(act.name, list(act.called)) for act in acts] == [("tool_call", ["note_add"])]


async def test_a_tool_that_failed_took_no_part(call: Calling, acts: list[Act]) -> None:
    await call("note_outlive", {})
    assert [(act.name, list(act.called)) for act in acts] == [("note_outlive", [])]


async def test_a_call_from_another_one_has_its_client(application: Application, acts: list[Act]) -> None:
    call = Call(application.local_principal, "http", client="192.0.2.7")
    await application.pipeline.call_tool(call, "note_add_from_reading", {})
    assert [(act.surface, act.client) for act in acts] == [("tool", "192.0.2.7")]


@pytest.mark.parametrize("kind", ["resource", "prompt", "method", "route", "command"])
async def test_every_kind_of_call_that_writes_has_a_witness(
    application: Application, acts: list[Act], kind: Kind
) -> None:
    async def work(context: Context) -> None:
        await context.transaction(lambda session: session.execute(text("DELETE FROM notes")))

    call = Call(application.local_principal, "cli")
    await application.pipeline.run(call, "tidy", "notes:write", work, read_only=False, kind=kind)
    assert [(act.kind, act.name) for act in acts] == [(kind, "tidy")]


async def test_what_a_plugin_writes_in_the_background_has_no_witness(application: Application, acts: list[Act]) -> None:
    await application.database.transaction(lambda session: session.execute(text("DELETE FROM notes")), read_only=False)
    assert acts == []


async def test_a_call_tells_whether_it_had_a_witness(call: Calling, told: Told) -> None:
    await call("note_add", {"id": "a", "words": ""})
    await call("note_put", {"ids": ["b"]})
    await call("note_count", {})
    witnessed = {details["tool"]: details["witnessed"] for name, details in await told() if name == "tool.called"}
    assert witnessed == {"note_add": True, "note_put": True, "note_count": False}


async def test_what_had_a_witness_before_it_failed_is_told_so(call: Calling, told: Told) -> None:
    with pytest.raises(NotFound):
        await call("note_put", {"ids": ["a"], "error": "no such shelf"})
    called = [(one["outcome"], one["witnessed"]) for name, one in await told() if name == "tool.called"]
    assert called == [("not_found", True)]


async def test_a_part_had_a_witness_when_the_whole_had_one(call: Calling, told: Told) -> None:
    await call("note_add_two", {})
    called = [(one["tool"], one["witnessed"]) for name, one in await told() if name == "tool.called"]
    assert called == [("note_add", True), ("note_count", True), ("note_add_two", True)]


async def test_a_part_had_no_witness_when_the_whole_failed(call: Calling, told: Told) -> None:
    with pytest.raises(InternalError):
        await call("note_add_two", {"error": "late"})
    called = [(one["tool"], one["witnessed"]) for name, one in await told() if name == "tool.called"]
    assert called == [("note_add", False), ("note_count", False), ("note_add_two", False)]


async def test_a_part_that_failed_had_no_witness(call: Calling, told: Told) -> None:
    await call("note_outlive", {})
    called = [(one["tool"], one["witnessed"]) for name, one in await told() if name == "tool.called"]
    assert called == [("note_add", False), ("note_outlive", True)]


def test_a_witness_that_is_asynchronous_is_refused() -> None:
    async def write_down(session: object, act: object) -> None:
        """Come too late."""

    with pytest.raises(PluginError, match="must be an ordinary function, without async"):
        Witness(function=write_down)
