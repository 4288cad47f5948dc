"""Four processes in which eight tasks each store memories: 99 % within 250 ms, no error, and no memory is lost.

Measured: `memory_store` on one SQLite file with synchronous=FULL, as fast as the tasks can, for eight seconds that
begin in all processes at once, so long that the memories get their vectors meanwhile. A memory is lost when its
identifier was answered and is not in the table afterwards. The floor: a comparable row with the driver alone, each
transaction in one turn of one thread of each process.
"""

import asyncio
import json
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks import bare_rows
from benchmarks.findings import Findings, Row, Verdict
from benchmarks.installation import Installation, process_command, temporary_folder
from benchmarks.measurement import Spread
from benchmarks.memories import TABLE, opened

BOUND = 250.0
PROCESSES, TASKS, SECONDS = 4, 8, 8.0


@dataclass(frozen=True)
class _Way:
    """One way to store.

    Attributes:
        name: what it is called in the table.
        prepare: creates the database below a folder; returns its file.
        place: what the processes are given, the folder or the file.
        table: where the rows are.
        bound: how long one may take in 99 % of all cases.
    """

    name: str
    prepare: Callable[[Path], Path]
    place: Callable[[Path], Path]
    table: str
    bound: float | None


def measure(rounds: int) -> Findings:
    """Store in both ways by turns; a round is long, so a third of the rounds is enough."""
    results: dict[str, list[dict[str, Any]]] = {way: [] for way in _WAYS}
    for _ in range(max(1, rounds // 3)):
        for way, found in results.items():
            with temporary_folder() as folder:
                found.append(_stored(way, folder))
    verdicts = [verdict for way, found in results.items() for verdict in _verdicts(_WAYS[way], found)]
    return Findings([_row(_WAYS[way].name, found) for way, found in results.items()], verdicts)


def _stored(name: str, folder: Path) -> dict[str, Any]:
    """What all processes together stored, and how much of it is in the database."""
    way = _WAYS[name]
    file = way.prepare(folder)
    command = process_command("storing", name, str(way.place(folder)), str(TASKS), str(SECONDS))
    environment = Installation(folder).environment()
    running = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("begin\n")
        process.stdin.flush()
    found = [json.loads(process.communicate()[0]) for process in running]
    answered = {identifier for one in found for identifier in one["stored"]}
    with closing(sqlite3.connect(file)) as connection:
        there = {identifier for (identifier,) in connection.execute(f"SELECT id FROM {way.table}")}
    return {
        "taken": [milliseconds for one in found for milliseconds in one["taken"]],
        "errors": [error for one in found for error in one["errors"]],
        "lost": len(answered - there),
    }


def _home(folder: Path) -> Path:
    async def open_once() -> None:
        async with opened(folder):
            pass

    asyncio.run(open_once())
    return Installation(folder).database


def _bare(folder: Path) -> Path:
    asyncio.run(bare_rows.create(_bare_file(folder)))
    return _bare_file(folder)


def _bare_file(folder: Path) -> Path:
    return folder / "floor.db"


_WAYS = {
    "through_tool": _Way("memory_store", _home, lambda folder: folder, TABLE, BOUND),
    "through_one_hop": _Way(
        "floor: sqlite3, one hop to its thread", _bare, _bare_file, bare_rows.Note.__tablename__, None
    ),
}


def _row(name: str, found: list[dict[str, Any]]) -> Row:
    """How long one took; its processor time is that of the whole machine, and says nothing."""
    taken = [milliseconds for one in found for milliseconds in one["taken"]]
    return Row(name, None, Spread.of(taken), len(taken))


def _verdicts(way: _Way, found: list[dict[str, Any]]) -> list[Verdict]:
    taken = [milliseconds for one in found for milliseconds in one["taken"]]
    errors = [error for one in found for error in one["errors"]]
    first = f", the first: {errors[0]}" if errors else ""
    return [
        Verdict(f"{way.name}: errors{first}", len(errors), 0, "errors"),
        Verdict(f"{way.name}: lost", sum(one["lost"] for one in found), 0, "memories"),
        Verdict(f"{way.name}: throughput", len(taken) / len(found) / SECONDS, None, "memories/s"),
        Verdict(f"{way.name}: 99th percentile", quantiles(taken, n=100)[98], way.bound, "ms"),
    ]
