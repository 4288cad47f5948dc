"""Checkpoints: when they are signed, where they go, and what becomes of the key."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import RowMapping

from tmws_audit.commands.sealing import new_key
from tmws_audit.health import logs as health
from tmws_audit.sealing import is_due, signing_key
from tmws_audit.settings import AuditSettings, Files
from tmws_audit.signing import KeyUnusable, SigningKey, TrustedKeys
from tmws_audit.state import AuditState
from tmws_audit.verification.report import Verification
from tmws_core import Context
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.errors import TMWSError
from tmws_core.pipeline import Call

Fill = Callable[[str, int], Awaitable[None]]
Rows = Callable[[str], Awaitable[Sequence[RowMapping]]]
Seal = Callable[[], Awaitable[None]]
Verify = Callable[[], Awaitable[Verification]]
Tamper = Callable[..., Awaitable[None]]

CALLS, EVENTS = "api_audit_log", "security_audit_logs"

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def files(application: Application) -> Files:
    return Files.of(application.settings)


async def test_a_checkpoint_stands_in_the_log_of_events_and_in_the_file_alike(
    fill: Fill, seal: Seal, rows: Rows, files: Files
) -> None:
    await fill(CALLS, 3)
    await seal()
    [row] = await rows(EVENTS)
    [line] = files.checkpoints.read_text().splitlines()
    assert json.loads(line) == row["details"]
    last = (await rows(CALLS))[-1]
    assert row["details"]["logs"] == {CALLS: {"sequence": 3, "row_hash": last["row_hash"]}}


async def test_nothing_is_signed_twice(fill: Fill, seal: Seal, rows: Rows) -> None:
    await fill(CALLS, 3)
    await seal()
    await seal()
    assert len(await rows(EVENTS)) == 1


async def test_each_checkpoint_names_the_one_before_it(fill: Fill, seal: Seal, rows: Rows, checked: Verify) -> None:
    for _ in range(3):
        await fill(CALLS, 1)
        await seal()
    assert [row["details"]["number"] for row in await rows(EVENTS)] == [1, 2, 3]
    assert (await checked()).checkpoints == 3


@pytest.mark.parametrize(("count", "hours", "due"), [(999, 0, False), (1000, 0, True), (1, 2, True), (0, 2, False)])
async def test_a_checkpoint_is_due_after_a_thousand_rows_or_an_hour(
    application: Application, fill: Fill, count: int, hours: int, due: bool
) -> None:
    if count:
        await fill(CALLS, count)
    ask = partial(is_due, settings=AuditSettings.model_validate({}), now=utc_now() + timedelta(hours=hours))
    assert await application.database.transaction(ask, read_only=True) is due


async def test_a_checkpoint_alone_makes_no_other_due(application: Application, fill: Fill, seal: Seal) -> None:
    await fill(CALLS, 1)
    await seal()
    ask = partial(is_due, settings=AuditSettings.model_validate({}), now=utc_now() + timedelta(days=1))
    assert await application.database.transaction(ask, read_only=True) is False


@on_sqlite
async def test_the_file_is_brought_up_to_the_database_after_a_crash_between_the_two(
    application: Application, fill: Fill, seal: Seal, files: Files, other_process: Application
) -> None:
    for _ in range(3):
        await fill(CALLS, 1)
        await seal()
    lines = files.checkpoints.read_bytes().splitlines(keepends=True)
    files.checkpoints.write_bytes(lines[0] + lines[1][:50])
    await other_process.state(AuditState).sealer.follow()
    assert files.checkpoints.read_bytes().splitlines(keepends=True) == [lines[0], lines[1][:50] + b"\n", *lines[1:]]


@on_sqlite
async def test_a_line_that_was_torn_off_by_a_crash_is_no_damage(
    fill: Fill, seal: Seal, files: Files, other_process: Application, checked: Verify
) -> None:
    for _ in range(3):
        await fill(CALLS, 1)
        await seal()
    lines = files.checkpoints.read_bytes().splitlines(keepends=True)
    files.checkpoints.write_bytes(lines[0] + lines[1][:50])
    await other_process.state(AuditState).sealer.follow()
    assert (await checked()).intact


@on_sqlite
@pytest.mark.parametrize(
    ("damage", "verdict"),
    [
        (lambda lines: [lines[0], lines[2]], "checkpoint_missing"),
        (lambda lines: lines[:1], "checkpoint_missing"),
        (lambda _: [], "checkpoint_missing"),
        (lambda lines: [lines[0], b"no seal\n", *lines[1:]], "checkpoint_mismatch"),
        (lambda lines: [lines[0].replace(b'"sequence":1', b'"sequence":2'), *lines[1:]], "checkpoint_mismatch"),
    ],
    ids=["one taken out", "cut", "emptied", "a foreign line", "one edited"],
)
async def test_a_file_of_checkpoints_that_was_touched_is_named(
    fill: Fill,
    seal: Seal,
    files: Files,
    checked: Verify,
    damage: Callable[[list[bytes]], list[bytes]],
    verdict: str,
) -> None:
    for _ in range(3):
        await fill(CALLS, 1)
        await seal()
    lines = files.checkpoints.read_bytes().splitlines(keepends=True)
    files.checkpoints.write_bytes(b"".join(damage(lines)))
    assert verdict in {fault.verdict for fault in (await checked()).faults}


@on_sqlite
async def test_a_file_of_checkpoints_that_is_gone_is_named(
    fill: Fill, seal: Seal, files: Files, checked: Verify
) -> None:
    await fill(CALLS, 1)
    await seal()
    files.checkpoints.unlink()
    [fault] = (await checked()).faults
    assert (fault.verdict, fault.log) == ("checkpoint_missing", str(files.checkpoints))


@on_sqlite
async def test_a_checkpoint_of_a_key_that_is_not_trusted_proves_nothing(
    fill: Fill, seal: Seal, files: Files, checked: Verify
) -> None:
    await fill(CALLS, 1)
    await seal()
    files.trusted.write_text("")
    found = await checked()
    assert {fault.verdict for fault in found.faults} == {"checkpoint_untrusted"}
    assert found.checkpoints == 0


@on_sqlite
async def test_a_copy_of_the_public_key_is_enough_to_verify(
    fill: Fill, seal: Seal, files: Files, checked: Verify
) -> None:
    await fill(CALLS, 1)
    await seal()
    files.key.unlink()
    assert (await checked()).intact


async def test_a_new_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    SigningKey.create(tmp_path / "audit" / "signing.key")
    assert (tmp_path / "audit" / "signing.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
async def test_a_key_to_which_others_have_rights_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "signing.key"
    SigningKey.create(file)
    file.chmod(mode)
    with pytest.raises(KeyUnusable, match=f"the mode {mode:04o}.*chmod 600"):
        SigningKey.load(file)


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
async def test_a_damaged_key_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "signing.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(KeyUnusable, match="damaged"):
        SigningKey.load(file)


async def test_a_key_that_was_lost_is_not_replaced_in_silence(tmp_path: Path) -> None:
    files = Files(tmp_path / "checkpoints.jsonl", tmp_path / "signing.key", tmp_path / "trusted.keys")
    signing_key(files)
    files.key.unlink()
    with pytest.raises(KeyUnusable, match=r"cannot be read.*new-key"):
        signing_key(files)
    assert not files.key.exists()


async def test_a_trusted_key_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "trusted.keys"
    file.write_text("# ours\nrsa AAAA\n")
    with pytest.raises(KeyUnusable, match="line 2"):
        TrustedKeys.load(file)


@on_sqlite
async def test_without_a_key_calls_are_recorded_and_the_health_check_says_what_to_do(
    application: Application, fill: Fill, seal: Seal, files: Files, rows: Rows
) -> None:
    await fill(CALLS, 1)
    await seal()
    files.key.unlink()
    await fill(CALLS, 1)
    assert len(await rows(CALLS)) == 2
    with pytest.raises(TMWSError, match=r"signing key .* cannot be read"):
        await application.pipeline.run(Call(application.local_principal, "cli"), "health", None, health, read_only=True)


@on_sqlite
async def test_what_a_former_key_has_signed_stays_believed(
    application: Application, fill: Fill, seal: Seal, files: Files, checked: Verify
) -> None:
    await fill(CALLS, 1)
    await seal()
    before = SigningKey.load(files.key).key_id

    async def replace(ctx: Context) -> str:
        return (await new_key(ctx)).key

    call = Call(application.local_principal, "cli")
    after = await application.pipeline.run(call, "new-key", None, replace, read_only=False)
    await fill(CALLS, 1)
    await seal()
    assert before != after
    assert (await checked()).intact


@on_sqlite
async def test_the_health_check_tells_how_far_the_logs_are_signed(
    application: Application, fill: Fill, seal: Seal
) -> None:
    await fill(CALLS, 2)
    await seal()
    await fill(CALLS, 1)
    call = Call(application.local_principal, "cli")
    told = await application.pipeline.run(call, "health", None, health, read_only=True)
    assert told.startswith("checkpoint 1 of ")
    assert told.endswith("1 rows after it")
