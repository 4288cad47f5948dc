"""To verify the audit logs takes at most 5 seconds for 100,000 rows, with all checkpoints.

Measured: what `tmws audit verify` does in a running application on SQLite, by the clock, with a checkpoint after every
thousand rows, in the database and in the file. The floor: the same rows read with the driver alone, and one SHA-256 of
about as many bytes for each. Then one row in the middle is edited, and the verification has to name it.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from hashlib import sha256
from pathlib import Path

from benchmarks.findings import Findings, Row, Verdict, rows_of
from benchmarks.installation import Installation, temporary_folder
from benchmarks.measurement import MILLISECONDS, Sample, Spread, Stopwatch
from benchmarks.memories import CALLER
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.progress import no_progress
from tmws_core.settings import Settings

ROWS = 100_000
BOUND = 5.0
_SEGMENT = 1_000
_OURS, _FLOOR = "verify", "floor: sqlite3 and hashlib"


def measure(rounds: int) -> Findings:
    """Verify and only read by turns; a round is long, so a third of the rounds is enough."""
    with temporary_folder() as folder:
        return asyncio.run(_measured(folder, max(1, rounds // 3)))


async def _measured(folder: Path, rounds: int) -> Findings:
    samples: dict[str, list[Sample]] = {_OURS: [], _FLOOR: []}
    async with Application(Settings({}, home=folder, plugins="audit", strict=True)) as application:
        await _fill(application)
        for _ in range(rounds):
            watch = Stopwatch()
            intact, _ = await _verified(application)
            samples[_OURS].append(watch.sample())
            assert intact
            watch = Stopwatch()
            await asyncio.to_thread(_only_read, Installation(folder).database)
            samples[_FLOOR].append(watch.sample())
        _edit(Installation(folder).database)
        _, faults = await _verified(application)
    seconds = Spread.of([one.wall / MILLISECONDS for one in samples[_OURS]])
    rows: list[Row] = rows_of(samples)
    return Findings(
        rows,
        [
            Verdict(f"{ROWS:,} rows and their checkpoints", seconds.median, BOUND, "s"),
            Verdict("the edited row is named", float(("altered", ROWS // 2) in faults), 1, "faults", at_least=True),
        ],
    )


async def _fill(application: Application) -> None:
    from tmws_audit.entries import call_entry
    from tmws_audit.state import AuditState
    from tmws_audit.writer import append

    told = [("memory.stored", {"memory_id": "01a20dd2-9280-7abc-94bf-ee5f286885de", "namespace": "benchmark"})]
    for start in range(0, ROWS, _SEGMENT):
        entries = [
            call_entry(
                CALLER,
                kind="tool",
                name="memory_store",
                surface="mcp",
                client="127.0.0.1",
                at=utc_now(),
                milliseconds=1.0 + number % 7,
                told=told,
            )
            for number in range(start, start + _SEGMENT)
        ]
        await application.database.transaction(partial(append, entries=entries), read_only=False)
        await application.state(AuditState).sealer.now()


async def _verified(application: Application) -> tuple[bool, list[tuple[str, int | None]]]:
    from tmws_audit.settings import Files
    from tmws_audit.verification.verify import verify

    found = await verify(application.database, Files.of(application.settings), no_progress)
    return found.intact, [(fault.verdict, fault.sequence) for fault in found.faults]


def _only_read(file: Path) -> None:
    digest: Callable[[bytes], object] = sha256
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        for row in connection.execute("SELECT * FROM api_audit_log ORDER BY sequence"):
            digest(repr(row).encode())


def _edit(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DROP TRIGGER tmws_audit_guard_calls_update")
        connection.execute("UPDATE api_audit_log SET agent_id = 'mallory' WHERE sequence = ?", (ROWS // 2,))
