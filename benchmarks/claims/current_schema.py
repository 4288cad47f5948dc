"""When there is nothing to do, to find that out takes at most 25 ms of processor time.

Measured: `schema.apply` on a database that is current, with all plugins; as the first one of its process, and as a
later one. There is no floor: the bound is a time.
"""

import json
import subprocess
from statistics import median

from benchmarks.findings import Findings, Verdict, rows_of
from benchmarks.installation import Installation, process_command, temporary_folder
from benchmarks.measurement import Sample

BOUND = 25.0
_NAMES = ("first in its process", "later in the same process")


def measure(rounds: int) -> Findings:
    """Find nothing to do, twice in each of several processes."""
    with temporary_folder() as home:
        installation = Installation(home)
        installation.fill()
        pairs = [_samples(installation) for _ in range(rounds + 1)][1:]
    samples = {name: [pair[name] for pair in pairs] for name in _NAMES}
    medians = {name: median(sample.cpu for sample in series) for name, series in samples.items()}
    return Findings(rows_of(samples), [Verdict(name, value, BOUND, "ms") for name, value in medians.items()])


def _samples(installation: Installation) -> dict[str, Sample]:
    done = subprocess.run(
        process_command("nothing_to_do"), env=installation.environment(), check=True, stdout=subprocess.PIPE
    )
    return {name: Sample.from_json(sample) for name, sample in zip(_NAMES, json.loads(done.stdout), strict=True)}
