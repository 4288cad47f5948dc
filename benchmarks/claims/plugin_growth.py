"""Discovery and collection add at most 1.5 ms of processor time to the imports of each plugin more, up to 200 more.

Measured: the construction of the assembly, from the entry points to the plugins in order, beside those that are
installed anyway; each of the generated plugins is a distribution on the disk with a mapped class in one module and a
tool in another. The slope is that of the least squares. The floor: to find the entry points and to import the same
modules, which is what Python, pydantic and SQLAlchemy take for that plugin whoever asks: a mapped class alone takes
more than the bound. So the bound is on what the core adds to it. The cyclic garbage collector is off in both, as it is
while a server starts.
"""

import json
import statistics
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.findings import Findings, Verdict, rows_of
from benchmarks.generated_plugin import install
from benchmarks.installation import Installation, process_command, temporary_folder
from benchmarks.measurement import Sample, by_turns

BOUND = 1.5
NUMBERS = (0, 50, 100, 200)
_ASSEMBLY, _FLOOR = "through_assembly", "through_imports"
_NAMES = {_ASSEMBLY: "assembly", _FLOOR: "floor: imports"}


def measure(rounds: int) -> Findings:
    """Assemble with different numbers of plugins by turns."""
    with temporary_folder() as folder:
        environments = {number: _environment(folder, number) for number in NUMBERS}
        samples = by_turns(
            {
                _name(way, number): partial(_sample, way, environment)
                for number, environment in environments.items()
                for way in _NAMES
            },
            rounds,
        )
    slopes = {way: _slope([samples[_name(way, number)] for number in NUMBERS]) for way in _NAMES}
    return Findings(
        rows_of(samples),
        [
            Verdict("assembly, for each plugin more", slopes[_ASSEMBLY], None, "ms"),
            Verdict("floor: imports, for each plugin more", slopes[_FLOOR], None, "ms"),
            Verdict("what the core adds, for each plugin more", slopes[_ASSEMBLY] - slopes[_FLOOR], BOUND, "ms"),
        ],
    )


def _slope(series: Sequence[Sequence[Sample]]) -> float:
    medians = [statistics.median(sample.cpu for sample in samples) for samples in series]
    return statistics.linear_regression(NUMBERS, medians).slope


def _name(way: str, number: int) -> str:
    return f"{_NAMES[way]}, {number} plugins more"


def _environment(folder: Path, number: int) -> dict[str, str]:
    site = folder / f"site-{number}"
    site.mkdir()
    for index in range(number):
        install(f"generated_{index:03}", site)
    return Installation(folder / "home", [site]).environment()


def _sample(way: str, environment: dict[str, str]) -> Sample:
    done = subprocess.run(process_command("assembling", way), env=environment, check=True, stdout=subprocess.PIPE)
    return Sample.from_json(json.loads(done.stdout))
