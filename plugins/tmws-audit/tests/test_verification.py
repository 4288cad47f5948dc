"""What was done to a log, by the first row where it shows."""

from collections.abc import Awaitable, Callable, Sequence

import pytest
from sqlalchemy import RowMapping

from tmws_audit.verification.report import Verification

Fill = Callable[[str, int], Awaitable[None]]
Rows = Callable[[str], Awaitable[Sequence[RowMapping]]]
Seal = Callable[[], Awaitable[None]]
Verify = Callable[[], Awaitable[Verification]]
FirstFault = Callable[[], Awaitable[tuple[str, int | None]]]
Tamper = Callable[..., Awaitable[None]]
Restamp = Callable[[str, int], Awaitable[None]]

CALLS, EVENTS = "api_audit_log", "security_audit_logs"

both = pytest.mark.parametrize("log", [CALLS, EVENTS])


@both
async def test_what_nobody_touched_is_intact(fill: Fill, seal: Seal, checked: Verify, log: str) -> None:
    await fill(log, 12)
    await seal()
    await fill(log, 3)
    found = await checked()
    assert (found.intact, found.faults, found.checkpoints) == (True, [], 1)
    report = next(one for one in found.logs if one.log == log)
    seals = 1 if log == EVENTS else 0
    assert (report.rows, report.first, report.last) == (15 + seals, 1, 15 + seals)
    assert (report.sealed, report.unsealed) == (12, 3 + seals)


async def test_logs_without_rows_are_intact(checked: Verify) -> None:
    assert (await checked()).intact


@both
@pytest.mark.parametrize(
    "change",
    ["agent_id = 'mallory'", "namespace = NULL", "{details} = '{{}}'", "{moment} = '2001-01-01 00:00:00'"],
)
async def test_a_row_that_was_edited_is_named(
    fill: Fill, tamper: Tamper, first_fault: FirstFault, log: str, change: str
) -> None:
    await fill(log, 9)
    names = {CALLS: ("response_body", "created_at"), EVENTS: ("details", "timestamp")}[log]
    await tamper(f"UPDATE {log} SET {change.format(details=names[0], moment=names[1])} WHERE sequence = 5")
    assert await first_fault() == ("altered", 5)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "value",
    ["'no json'", '\'{"number": 4, "number": 4}\'', "x'00ff'", "'NaN'", "5"],
    ids=["no json", "a key twice", "a blob", "not finite", "a number"],
)
async def test_a_row_with_something_unreadable_is_named_and_ends_nothing(
    fill: Fill, tamper: Tamper, first_fault: FirstFault, value: str
) -> None:
    await fill(EVENTS, 9)
    await tamper(f"UPDATE security_audit_logs SET details = {value} WHERE sequence = 5")
    assert await first_fault() == ("altered", 5)


@both
async def test_a_row_that_was_edited_and_hashed_anew_is_named(
    fill: Fill, rows: Rows, tamper: Tamper, restamp: Restamp, first_fault: FirstFault, log: str
) -> None:
    await fill(log, 9)
    following = (await rows(log))[5]
    await tamper(f"UPDATE {log} SET agent_id = 'mallory' WHERE sequence = 5")
    await restamp(log, 5)
    untouched = {"prev": following["prev_hash"], "own": following["row_hash"]}
    await tamper(f"UPDATE {log} SET prev_hash = :prev, row_hash = :own WHERE sequence = 6", **untouched)
    assert await first_fault() == ("altered", 5)


@both
async def test_rows_that_were_cut_out_are_named(fill: Fill, tamper: Tamper, first_fault: FirstFault, log: str) -> None:
    await fill(log, 9)
    await tamper(f"DELETE FROM {log} WHERE sequence IN (4, 5)")
    assert await first_fault() == ("missing", 4)


@both
async def test_rows_that_were_cut_from_the_beginning_are_named(
    fill: Fill, tamper: Tamper, first_fault: FirstFault, log: str
) -> None:
    await fill(log, 9)
    await tamper(f"DELETE FROM {log} WHERE sequence <= 3")
    assert await first_fault() == ("missing", 1)


@both
async def test_rows_that_were_cut_out_and_the_others_numbered_anew_are_named(
    fill: Fill, tamper: Tamper, first_fault: FirstFault, log: str
) -> None:
    await fill(log, 9)
    await tamper(f"DELETE FROM {log} WHERE sequence IN (4, 5)", *shifted(log, 6, -2))
    assert await first_fault() == ("missing", 4)


@both
async def test_a_row_that_was_put_in_between_is_named(
    fill: Fill, rows: Rows, tamper: Tamper, first_fault: FirstFault, log: str
) -> None:
    await fill(log, 9)
    columns = [name for name in (await rows(log))[0] if name not in ("id", "sequence", "prev_hash", "row_hash")]
    said = f"SELECT 77, 5, '{'a' * 64}', '{'b' * 64}', {', '.join(columns)} FROM {log} WHERE sequence = 2"
    forged = f"INSERT INTO {log} (id, sequence, prev_hash, row_hash, {', '.join(columns)}) {said}"
    await tamper(*shifted(log, 5, 1), forged)
    assert await first_fault() == ("inserted", 5)


@both
async def test_two_rows_that_have_changed_places_are_named(
    fill: Fill, tamper: Tamper, first_fault: FirstFault, log: str
) -> None:
    await fill(log, 9)
    await tamper(
        f"UPDATE {log} SET sequence = 1000 WHERE sequence = 3",
        f"UPDATE {log} SET sequence = 3 WHERE sequence = 7",
        f"UPDATE {log} SET sequence = 7 WHERE sequence = 1000",
    )
    assert await first_fault() == ("swapped", 3)


async def test_two_rows_that_say_what_the_other_said_are_named(
    fill: Fill, tamper: Tamper, first_fault: FirstFault
) -> None:
    await fill(EVENTS, 9)
    await tamper(
        "CREATE TABLE aside AS SELECT sequence, timestamp, details FROM security_audit_logs",
        "UPDATE security_audit_logs SET (timestamp, details) = (SELECT timestamp, details FROM aside "
        "WHERE aside.sequence = 10 - security_audit_logs.sequence) WHERE sequence IN (3, 7)",
        "DROP TABLE aside",
    )
    assert await first_fault() == ("swapped", 3)


@both
async def test_a_tail_that_was_cut_off_below_a_checkpoint_is_named(
    fill: Fill, seal: Seal, tamper: Tamper, checked: Verify, log: str
) -> None:
    await fill(log, 9)
    await seal()
    await tamper(f"DELETE FROM {log} WHERE sequence > 6", "DELETE FROM security_audit_logs WHERE sequence > 6")
    fault = next(one for one in (await checked()).faults if one.log == log)
    assert (fault.verdict, fault.sequence) == ("cut_tail", 7)


@both
async def test_a_log_that_was_emptied_is_named(
    fill: Fill, seal: Seal, tamper: Tamper, first_fault: FirstFault, log: str
) -> None:
    await fill(log, 9)
    await seal()
    await tamper(f"DELETE FROM {log}")
    assert await first_fault() == ("cut_tail", 1)


@both
async def test_a_tail_that_was_cut_off_and_written_anew_is_named(
    fill: Fill, seal: Seal, tamper: Tamper, checked: Verify, log: str
) -> None:
    await fill(log, 9)
    await seal()
    await tamper(f"DELETE FROM {log} WHERE sequence > 6")
    await fill(log, 9)
    fault = next(one for one in (await checked()).faults if one.log == log)
    assert (fault.verdict, fault.sequence) == ("checkpoint_mismatch", 9)


@both
async def test_a_log_that_was_written_anew_as_a_whole_does_not_fit_the_file_outside(
    fill: Fill, seal: Seal, tamper: Tamper, restamp: Restamp, checked: Verify, log: str
) -> None:
    await fill(log, 9)
    await seal()
    await tamper(
        f"UPDATE {log} SET agent_id = 'mallory' WHERE sequence = 2",
        "DELETE FROM security_audit_logs WHERE sequence > 9",
    )
    await restamp(log, 2)
    fault = next(one for one in (await checked()).faults if one.log == log)
    assert (fault.verdict, fault.sequence) == ("checkpoint_mismatch", 9)


@both
async def test_a_tail_that_was_cut_off_after_the_last_checkpoint_is_not_noticed(
    fill: Fill, seal: Seal, tamper: Tamper, checked: Verify, log: str
) -> None:
    await fill(log, 9)
    await seal()
    await fill(log, 5)
    await tamper(f"DELETE FROM {log} WHERE sequence > 12")
    found = await checked()
    assert {fault.verdict for fault in found.faults} == {"unguarded"}


async def test_the_triggers_that_are_gone_are_named(fill: Fill, tamper: Tamper, checked: Verify) -> None:
    await tamper()
    faults = (await checked()).faults
    assert [(fault.verdict, fault.log) for fault in faults] == [("unguarded", CALLS), ("unguarded", EVENTS)]


def shifted(log: str, first: int, places: int) -> tuple[str, str]:
    """Statements that give the rows from a number on other numbers."""
    return (
        f"UPDATE {log} SET sequence = sequence + 1000 WHERE sequence >= {first}",
        f"UPDATE {log} SET sequence = sequence - 1000 + {places} WHERE sequence >= 1000",
    )
