"""Applies the schema to a current database twice, and prints how long each took."""

import json
import sys
from dataclasses import asdict

from benchmarks.measurement import Sample, timed
from tmws_core.assembly import Assembly
from tmws_core.commands.startup import without_collection
from tmws_core.settings import Settings


def main() -> None:
    """Do it with the environment's settings."""
    with without_collection():
        assembly = Assembly(Settings(strict=True))
    samples: list[Sample] = []
    for _ in range(2):
        with timed(samples):
            plan = assembly.schema.apply(assembly.active, strict=True)
        if plan.writes:
            raise RuntimeError(f"the database was not current: {[str(step) for step in plan.steps]}")
    sys.stdout.write(json.dumps([asdict(sample) for sample in samples]))


if __name__ == "__main__":
    main()
