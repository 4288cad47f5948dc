"""A new database takes at most 1.5 times as long as creating its tables alone.

Measured: the plan, its execution, the verification of the live tables, the record and the seeds, on a new SQLite file.
The floor: one `create_all` for each plugin's metadata, without looking what exists, on one connection in one IMMEDIATE
transaction, write-ahead log on. Its driver is the one that the schema uses, the synchronous one of the standard
library; aiosqlite is measured beside it. Each sample is a fresh process in which the plugins are imported and their
mappers configured, and nothing else is warm.
"""

import json
import subprocess
from functools import partial

from benchmarks.findings import Findings, Verdict, rows_of
from benchmarks.installation import Installation, process_command, temporary_folder
from benchmarks.measurement import Sample, by_turns, ratio

BOUND = 1.5
_SCHEMA, _FLOOR, _ASYNCHRONOUS = "through_schema", "through_create_all", "through_create_all_asynchronously"


def measure(rounds: int) -> Findings:
    """Create databases in every way by turns."""
    samples = by_turns({way: partial(_sample, way) for way in (_SCHEMA, _FLOOR, _ASYNCHRONOUS)}, rounds)
    named = {
        "schema.apply": samples[_SCHEMA],
        "floor: create_all, sqlite3": samples[_FLOOR],
        "floor: create_all, aiosqlite": samples[_ASYNCHRONOUS],
    }
    return Findings(
        rows_of(named),
        [
            Verdict("against create_all on the same driver, sqlite3", ratio(samples[_SCHEMA], samples[_FLOOR]), BOUND),
            Verdict("against create_all on aiosqlite", ratio(samples[_SCHEMA], samples[_ASYNCHRONOUS]), BOUND),
        ],
    )


def _sample(way: str) -> Sample:
    with temporary_folder() as home:
        command = process_command("creation", way, str(home))
        done = subprocess.run(command, env=Installation(home).environment(), check=True, stdout=subprocess.PIPE)
    return Sample.from_json(json.loads(done.stdout))
