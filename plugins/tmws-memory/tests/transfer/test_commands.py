"""`tmws memory export` and `tmws memory import`, with real files."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.commands import main
from tmws_core.pipeline import Call
from tmws_core.tool_errors import InvalidArguments
from tmws_memory.commands.export import export
from tmws_memory.commands.files import FileUnusable
from tmws_memory.commands.import_ import import_
from tmws_memory.exchange import jsonl
from tmws_memory.exchange.record import Record
from tmws_memory.models.memory import Memory

ALICE = Principal("alice", "place", frozenset({"*"}))
EVE = Principal("eve", "place", frozenset({"memory:read", "memory:write", "memory:share"}))
CallTool = Callable[..., Awaitable[dict[str, Any]]]
RunCommand = Callable[..., Awaitable[Any]]
SAMPLES = Path(__file__).parent.parent / "exchange" / "samples"
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


async def wipe(application: Application) -> None:
    async with application.database.session(read_only=False) as session:
        await session.execute(delete(Memory))
        await session.commit()


async def contents(application: Application, **values: Any) -> list[str]:
    async with application.database.session(read_only=True) as session:
        statement = select(Memory.content).filter_by(**values).order_by(Memory.content)
        return list((await session.scalars(statement)).all())


def write(path: Path, *records: Record) -> Path:
    with jsonl.writing(path) as write_record:
        for record in records:
            write_record(record)
    return path


def files(folder: Path) -> dict[Path, bytes]:
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


async def store_some(call: CallTool) -> None:
    await call("memory_store", content="the build\r\nneeds Node 22", tags=["build", "Größe"], importance=0.9)
    shared = await call("memory_store", content="🐢", namespace="elsewhere", session="talk", ttl_days=9)
    await call("memory_store", content="x", principal=EVE)
    await call("memory_share", memory_id=shared["id"], agent_id="eve", permission="write", days=3)
    changed = await call("memory_store", content="before", context={"a": [1, 2.5, None]})
    await call("memory_update", memory_id=changed["id"], content="after")


async def test_an_export_is_the_same_after_wiping_and_importing_it(
    application: Application, call: CallTool, run_command: RunCommand, tmp_path: Path
) -> None:
    await store_some(call)
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    assert (await run_command(export, first)).written == 3
    await wipe(application)
    report = await run_command(import_, first)
    assert (report.format, report.stored, report.faults) == ("jsonl", 3, 0)
    await run_command(export, second)
    assert second.read_bytes() == first.read_bytes()


async def test_a_folder_of_markdown_is_the_same_after_wiping_and_importing_it(
    application: Application, call: CallTool, run_command: RunCommand, tmp_path: Path
) -> None:
    await store_some(call)
    first, second = tmp_path / "first", tmp_path / "second"
    assert (await run_command(export, first, format="markdown")).written == 3
    await wipe(application)
    report = await run_command(import_, first)
    assert (report.format, report.stored, report.faults) == ("markdown", 3, 0)
    await run_command(export, second, format="markdown")
    assert files(second) == files(first) != {}


async def test_the_same_file_twice_is_all_duplicates(call: CallTool, run_command: RunCommand, tmp_path: Path) -> None:
    await store_some(call)
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    await run_command(export, first)
    report = await run_command(import_, first)
    assert (report.stored, report.duplicates, report.faults) == (0, 3, 0)
    await run_command(export, second)
    assert second.read_bytes() == first.read_bytes()


async def test_what_is_imported_is_found_by_its_words(call: CallTool, run_command: RunCommand, tmp_path: Path) -> None:
    await run_command(import_, write(tmp_path / "m.jsonl", Record(content="the walrus sings"), Record(content="tea")))
    found = await call("memory_search", query="walrus")
    assert [hit["memory"]["content"] for hit in found["hits"]] == ["the walrus sings"]


async def test_a_broken_line_is_told_with_its_number_and_the_rest_goes_on(
    application: Application, run_command: RunCommand, tmp_path: Path
) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text(
        '{"content": "a"}\n{"content": \n\n{"content": ""}\n{"content": "b", "version": 4294967296}\n{"content": "c"}'
    )
    report = await run_command(import_, path)
    assert [(fault.source, fault.line) for fault in report.left_out] == [("broken.jsonl", line) for line in (2, 4, 5)]
    assert (report.stored, report.faults, await contents(application)) == (2, 3, ["a", "c"])


async def test_the_file_of_server_memory(application: Application, run_command: RunCommand) -> None:
    report = await run_command(import_, SAMPLES / "server-memory" / "memory.jsonl")
    assert (report.format, report.stored, report.faults) == ("server-memory", len(await contents(application)), 0)
    assert report.stored > 0


@pytest.mark.parametrize(("folder", "label"), [("vault", "notes"), ("basic-memory", "basic-memory")])
async def test_a_folder_of_notes(application: Application, run_command: RunCommand, folder: str, label: str) -> None:
    report = await run_command(import_, SAMPLES / folder)
    assert (report.format, report.stored, report.faults) == (label, len(await contents(application)), 0)
    again = await run_command(import_, SAMPLES / folder)
    assert (again.stored, again.duplicates) == (0, report.stored)


async def test_a_format_that_is_named_is_taken(run_command: RunCommand) -> None:
    report = await run_command(import_, SAMPLES / "basic-memory", format="notes")
    assert (report.format, report.stored > 0) == ("notes", True)


async def test_a_trial_says_what_would_be_and_stores_nothing(
    application: Application, run_command: RunCommand, tmp_path: Path
) -> None:
    report = await run_command(import_, write(tmp_path / "m.jsonl", Record(content="a")), dry_run=True)
    assert (report.stored, report.dry_run, await contents(application)) == (1, True, [])


async def test_memories_of_others_stay_theirs_or_become_ones_own(
    application: Application, run_command: RunCommand, tmp_path: Path
) -> None:
    path = write(tmp_path / "m.jsonl", Record(content="x", agent_id="dave"))
    await run_command(import_, path)
    await run_command(import_, path, own=True)
    await run_command(import_, path, principal=EVE)
    owners = [owner for owner in ("alice", "dave", "eve") if await contents(application, agent_id=owner)]
    assert owners == ["alice", "dave", "eve"]


async def test_hidden_memories_are_in_no_file(call: CallTool, run_command: RunCommand, tmp_path: Path) -> None:
    for level in ("private", "shared", "team"):
        await call("memory_store", content=f"canary {level}", access_level=level, namespace="other", principal=EVE)
    await call("memory_store", content="mine")
    report = await run_command(export, tmp_path / "m.jsonl", all_readable=True, archived=True)
    assert report.written == 1
    assert b"canary" not in (tmp_path / "m.jsonl").read_bytes()


async def test_a_memory_that_cannot_be_written_is_told_and_the_others_are(
    application: Application, call: CallTool, run_command: RunCommand, tmp_path: Path
) -> None:
    bad = await call("memory_store", content="large")
    # no tool stores such facts any more, but a database may hold them
    too_large = update(Memory).where(Memory.id == bad["id"]).values(context={"x": "y" * 300_000})
    await application.database.transaction(lambda session: session.execute(too_large), read_only=False)
    await call("memory_store", content="small")
    report = await run_command(export, tmp_path / "folder", format="markdown")
    assert (report.written, report.faults, report.left_out[0].source) == (1, 1, f"memory {bad['id']}")
    assert [file.read_text().endswith("small") for file in (tmp_path / "folder").rglob("*.md")] == [True]


async def test_progress_grows_to_the_size_of_the_file(application: Application, tmp_path: Path) -> None:
    path = write(tmp_path / "m.jsonl", *(Record(content=str(number)) for number in range(1100)))
    told: list[tuple[float, float | None]] = []

    async def report(done: float, total: float | None, _message: str | None) -> None:
        told.append((done, total))

    async def work(context: Context) -> None:
        await import_(context, path)

    await application.pipeline.run(Call(ALICE, "cli", report), "import", None, work, read_only=False)
    assert told == sorted(told) and len(told) > 2
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


@on_sqlite
async def test_what_is_not_there_is_said_by_its_name(run_command: RunCommand, tmp_path: Path) -> None:
    with pytest.raises(FileUnusable, match=r"nothing\.jsonl"):
        await run_command(import_, tmp_path / "nothing.jsonl")
    with pytest.raises(FileUnusable, match="no-folder is not there"):
        await run_command(export, tmp_path / "no-folder" / "m.jsonl")


@on_sqlite
async def test_an_unknown_format_is_refused(run_command: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"\0\1\2")
    with pytest.raises(InvalidArguments, match="server-memory"):
        await run_command(import_, tmp_path / "x.bin")
    with pytest.raises(InvalidArguments, match="'xml'"):
        await run_command(import_, tmp_path / "x.bin", format="xml")


@on_sqlite
async def test_an_export_goes_into_no_folder_that_holds_something(run_command: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("a note of mine")
    with pytest.raises(FileUnusable, match="not an empty folder"):
        await run_command(export, tmp_path, format="markdown")
    with pytest.raises(FileUnusable, match="is a folder"):
        await run_command(export, tmp_path)
    assert (tmp_path / "note.md").read_text() == "a note of mine"


def test_at_the_terminal_a_fault_ends_in_the_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TMWS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMWS_PLUGINS", "core,agents,memory")
    path = tmp_path / "m.jsonl"
    path.write_text('{"content": "a"}\nnot JSON\n')
    assert main(["memory", "import", str(path), "--json"]) == 1
    result = json.loads(capfd.readouterr().out)["result"]
    assert (result["stored"], result["left_out"][0]["line"]) == (1, 2)
    assert main(["memory", "export", str(tmp_path / "out.jsonl"), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["result"]["written"] == 1
