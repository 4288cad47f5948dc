"""Four processes with eight writers each lose no update and meet no locked database.

Measured: transactions that read a counter and write it back plus one, as fast as they can, through a writing session of
`Database` and through its `transaction`, for two seconds. The floor: the driver alone, each transaction in one turn of
one thread. How many there are in a second, and how long one takes, has no bound.
"""

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.findings import Findings, Row, Verdict
from benchmarks.installation import Installation, process_command, temporary_folder
from benchmarks.measurement import Spread
from benchmarks.processes.writing import COUNTER

PROCESSES, TASKS, SECONDS = 4, 8, 2.0
_WAYS = {
    "through_session": "Database.session",
    "through_transaction": "Database.transaction",
    "through_one_hop": "floor: sqlite3, one hop to its thread",
}


def measure(rounds: int) -> Findings:
    """Write in both ways by turns; a round is long, so a third of the rounds is enough."""
    results: dict[str, list[dict[str, Any]]] = {way: [] for way in _WAYS}
    for _ in range(max(1, rounds // 3)):
        for way, found in results.items():
            with temporary_folder() as folder:
                found.append(_written(way, folder))
    verdicts = [verdict for way, found in results.items() for verdict in _verdicts(_WAYS[way], found)]
    return Findings([_row(_WAYS[way], found) for way, found in results.items()], verdicts)


def _written(way: str, folder: Path) -> dict[str, Any]:
    """What all processes together wrote, and how much of it is in the database."""
    file = folder / "tmws.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"CREATE TABLE {COUNTER} (id INTEGER PRIMARY KEY, value INTEGER NOT NULL)")
        connection.execute(f"INSERT INTO {COUNTER} VALUES (1, 0)")
    command = process_command("writing", way, f"sqlite:///{file}", str(TASKS), str(SECONDS))
    environment = Installation(folder).environment()
    running = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(PROCESSES)]
    found = [json.loads(process.communicate()[0]) for process in running]
    with closing(sqlite3.connect(file)) as connection:
        (counted,) = connection.execute(f"SELECT value FROM {COUNTER}").fetchone()
    return {
        "taken": [milliseconds for one in found for milliseconds in one["taken"]],
        "locked": sum(one["locked"] for one in found),
        "lost": sum(one["written"] for one in found) - counted,
    }


def _row(name: str, found: list[dict[str, Any]]) -> Row:
    """How long one transaction took; its processor time is that of the whole machine, and says nothing."""
    taken = [milliseconds for one in found for milliseconds in one["taken"]]
    return Row(name, None, Spread.of(taken), len(taken))


def _verdicts(name: str, found: list[dict[str, Any]]) -> list[Verdict]:
    taken = [milliseconds for one in found for milliseconds in one["taken"]]
    return [
        Verdict(f"{name}: locked errors", sum(one["locked"] for one in found), 0, "errors"),
        Verdict(f"{name}: lost updates", sum(one["lost"] for one in found), 0, "updates"),
        Verdict(f"{name}: throughput", len(taken) / len(found) / SECONDS, None, "transactions/s"),
        Verdict(f"{name}: 99th percentile", quantiles(taken, n=100)[98], None, "ms"),
    ]
