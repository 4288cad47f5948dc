"""Runs the benchmarks: `python -m benchmarks`, with `--json` for programs; it exits with 1 when a bound is missed."""

import argparse
import importlib
import json
import pkgutil
import platform
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from rich.console import Console

from benchmarks import claims
from benchmarks.findings import Findings
from benchmarks.tables import show

ROUNDS = 9


@dataclass(frozen=True)
class Benchmark:
    """One module below `benchmarks.claims`: its docstring says what is claimed, its `measure` finds out.

    Attributes:
        name: the module's name.
        title: what is claimed.
        measure: finds out, with so many rounds.
        by_name_only: it runs only when it is named, because it needs more than this repository.
    """

    name: str
    title: str
    measure: Callable[[int], Findings]
    by_name_only: bool


def benchmarks() -> list[Benchmark]:
    """Every benchmark there is, by name."""
    names = sorted(found.name for found in pkgutil.iter_modules(claims.__path__))
    modules = {name: importlib.import_module(f"{claims.__name__}.{name}") for name in names}
    return [
        Benchmark(name, str(it.__doc__).partition("\n")[0], it.measure, getattr(it, "BY_NAME_ONLY", False))
        for name, it in modules.items()
    ]


def main() -> int:
    """Run what was asked for, or everything."""
    known = benchmarks()
    options = _options(known)
    console = Console(stderr=options.json)
    found: dict[str, Findings] = {}
    for benchmark in known:
        if benchmark.name in options.names or not (options.names or benchmark.by_name_only):
            with console.status(benchmark.title):
                found[benchmark.name] = benchmark.measure(options.rounds)
            show(console, benchmark.title, found[benchmark.name])
    if options.json:
        document = {"machine": machine(), "benchmarks": {name: it.as_json() for name, it in found.items()}}
        sys.stdout.write(f"{json.dumps(document, indent=2)}\n")
    return 0 if all(it.met for it in found.values()) else 1


def machine() -> dict[str, str]:
    """What the figures depend on."""
    libraries = {name: version(name) for name in ("sqlalchemy", "aiosqlite", "mcp", "pydantic")}
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return {"python": python, "system": platform.platform(), "sqlite": sqlite3.sqlite_version, **libraries}


def _options(known: Sequence[Benchmark]) -> argparse.Namespace:
    names = [it.name for it in known]
    apart = ", ".join(it.name for it in known if it.by_name_only)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which to run, of {', '.join(names)}; by default all but {apart}"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how many samples of each (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="write the figures to standard output as JSON")
    options = parser.parse_args()
    if unknown := set(options.names) - set(names):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options


if __name__ == "__main__":
    sys.exit(main())
