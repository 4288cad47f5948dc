"""A purge removes whole sealed segments, keeps the proof, and what it removed can be put back."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import RowMapping

from tmws_audit import seals
from tmws_audit.commands.export import export, restore
from tmws_audit.commands.purge import PurgeReport, purge
from tmws_audit.sealing import signing_key
from tmws_audit.settings import Files
from tmws_audit.verification.report import Verification
from tmws_core import Context
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.pipeline import Call
from tmws_core.tool_errors import ToolError

Fill = Callable[[str, int], Awaitable[None]]
Rows = Callable[[str], Awaitable[Sequence[RowMapping]]]
Verify = Callable[[], Awaitable[Verification]]
Tamper = Callable[..., Awaitable[None]]
Old = Callable[[int], Awaitable[None]]
Result = TypeVar("Result")
Run = Callable[[Callable[[Context], Awaitable[Any]]], Awaitable[Any]]

CALLS, EVENTS = "api_audit_log", "security_audit_logs"


@pytest.fixture
def old(application: Application) -> Old:
    """Signs a checkpoint as it was done so many days ago."""

    async def old(days: int) -> None:
        key = signing_key(Files.of(application.settings))
        put = partial(seals.put, key=key, now=utc_now() - timedelta(days=days))
        await application.database.transaction(put, read_only=False)

    return old


@pytest.fixture
def run(application: Application) -> Run:
    """Runs a command as the command line does."""

    async def run(work: Callable[[Context], Awaitable[Any]]) -> Any:  # noqa: ANN401 -- whatever the command returns
        call = Call(application.local_principal, "cli")
        return await application.pipeline.run(call, "command", None, work, read_only=False, kind="command")

    return run


def for_good(ctx: Context) -> Awaitable[PurgeReport]:
    return purge(ctx, dry_run=False)


async def test_a_purge_removes_what_was_sealed_long_enough_ago(
    fill: Fill, old: Old, run: Run, rows: Rows, checked: Verify
) -> None:
    await fill(CALLS, 5)
    await fill(EVENTS, 4)
    await old(500)
    await fill(CALLS, 3)
    await old(10)
    report = await run(for_good)
    assert [(one.log, one.rows, one.through) for one in report.logs] == [(CALLS, 5, 5), (EVENTS, 4, 4)]
    assert [row["sequence"] for row in await rows(CALLS)][:2] == [6, 7]
    assert [row["sequence"] for row in await rows(EVENTS)][:2] == [5, 6]
    assert (await checked()).intact


async def test_a_purge_leaves_a_signed_record_of_where_it_ended_and_how_much_it_took(
    fill: Fill, old: Old, run: Run, rows: Rows
) -> None:
    await fill(CALLS, 5)
    last = (await rows(CALLS))[-1]
    await old(500)
    await fill(CALLS, 1)
    await run(for_good)
    record = next(row for row in await rows(EVENTS) if row["event_type"] == "audit_purged")
    assert record["details"]["purged"] == {CALLS: {"sequence": 5, "row_hash": last["row_hash"], "rows": 5}}
    assert seals.Seal.model_validate(record["details"]).signature


async def test_a_dry_run_says_the_same_and_removes_nothing(fill: Fill, old: Old, run: Run, rows: Rows) -> None:
    await fill(CALLS, 5)
    await old(500)
    await fill(CALLS, 1)
    dry = await run(purge)
    assert (dry.dry_run, [(one.log, one.rows) for one in dry.logs]) == (True, [(CALLS, 5)])
    assert len([row for row in await rows(CALLS) if row["endpoint"].startswith("notes_")]) == 6


async def test_what_no_checkpoint_has_sealed_stays_however_old_it_is(fill: Fill, run: Run, rows: Rows) -> None:
    await fill(CALLS, 5)
    report = await run(for_good)
    assert (report.checkpoint, report.logs) == (None, [])
    assert (await rows(CALLS))[0]["sequence"] == 1


async def test_the_last_row_of_a_log_stays(fill: Fill, old: Old, run: Run, rows: Rows, checked: Verify) -> None:
    await fill(EVENTS, 3)
    await old(500)
    await run(for_good)
    await run(for_good)
    assert len(await rows(EVENTS)) >= 1
    assert (await checked()).intact


async def test_a_purge_after_a_purge_is_verified_too(
    fill: Fill, old: Old, run: Run, checked: Verify, rows: Rows
) -> None:
    for days in (900, 700, 500):
        await fill(CALLS, 4)
        await old(days)
    await fill(CALLS, 1)
    await run(lambda ctx: purge(ctx, older_than_days=800, dry_run=False))
    assert (await rows(CALLS))[0]["sequence"] == 5
    await run(for_good)
    assert (await rows(CALLS))[0]["sequence"] == 13
    assert (await checked()).intact


async def test_rows_that_went_without_a_purge_are_missing_beside_one(
    fill: Fill, old: Old, run: Run, tamper: Tamper, checked: Verify
) -> None:
    await fill(CALLS, 5)
    await old(500)
    await fill(CALLS, 5)
    await run(for_good)
    await tamper("DELETE FROM api_audit_log WHERE sequence <= 7")
    fault = (await checked()).faults[0]
    assert (fault.verdict, fault.sequence) == ("missing", 6)


async def test_a_record_of_a_purge_that_nobody_signed_hides_nothing(
    fill: Fill, rows: Rows, tamper: Tamper, checked: Verify
) -> None:
    await fill(CALLS, 5)
    await fill(EVENTS, 1)
    end = (await rows(CALLS))[2]["row_hash"]
    record = f'{{"purged": {{"{CALLS}": {{"sequence": 3, "row_hash": "{end}", "rows": 3}}}}}}'
    await tamper(
        "UPDATE security_audit_logs SET event_type = 'audit_purged', details = :record",
        record=record,
    )
    await tamper("DELETE FROM api_audit_log WHERE sequence <= 3")
    fault = (await checked()).faults[0]
    assert (fault.log, fault.verdict, fault.sequence) == (CALLS, "missing", 1)


async def test_what_was_purged_can_be_put_back_from_an_export(
    fill: Fill, old: Old, run: Run, rows: Rows, checked: Verify, tmp_path: Path
) -> None:
    await fill(CALLS, 5)
    await fill(EVENTS, 4)
    await old(500)
    await fill(CALLS, 3)
    before = {log: [dict(row) for row in await rows(log)] for log in (CALLS, EVENTS)}
    file = tmp_path / "archive.jsonl"
    await run(lambda ctx: export(ctx, file))
    await run(for_good)
    assert (await checked()).intact
    report = await run(lambda ctx: restore(ctx, file))
    assert report.rows == {CALLS: 5, EVENTS: 4}
    assert [dict(row) for row in await rows(CALLS)][:8] == before[CALLS]
    assert [dict(row) for row in await rows(EVENTS)][:5] == before[EVENTS]
    assert (await checked()).intact


async def test_an_export_that_was_edited_is_not_put_back(
    fill: Fill, old: Old, run: Run, rows: Rows, tmp_path: Path
) -> None:
    await fill(CALLS, 5)
    await old(500)
    await fill(CALLS, 1)
    file = tmp_path / "archive.jsonl"
    await run(lambda ctx: export(ctx, file))
    await run(for_good)
    file.write_text(file.read_text().replace('"notes_3"', '"notes_9"'))
    with pytest.raises(ToolError, match="row 4 of api_audit_log in the file was changed"):
        await run(lambda ctx: restore(ctx, file))
    assert (await rows(CALLS))[0]["sequence"] == 6


@pytest.mark.parametrize("line", ["no json", "{}", "[]", '{"log": "elsewhere"}'])
async def test_a_line_that_is_no_row_is_told_with_its_number(run: Run, tmp_path: Path, line: str) -> None:
    file = tmp_path / "archive.jsonl"
    file.write_text(f"{line}\n")
    with pytest.raises(ToolError, match="line 1 is no row of an export"):
        await run(lambda ctx: restore(ctx, file))


async def test_an_export_replaces_no_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "archive.jsonl"
    file.write_text("mine")
    with pytest.raises(ToolError, match="File exists"):
        await run(lambda ctx: export(ctx, file))
    assert file.read_text() == "mine"
