"""An import of 400 files takes at most 2 seconds: `python -m benchmarks.skill_import`.

Measured: `tmws skills import` of a folder into a new database that already has its tables, in a running application;
the same again, which changes nothing; the same from an archive; and the export to a folder. Beside them: the scan for a
reviewer alone, which each new version goes through. The floor: to read the files and to insert them with the driver
alone, one durable transaction for each skill.

Without `--data` the skills are made: 17 of 24 files, as many as there are in the public repository anthropics/skills.
With it they are those below a folder, such as the folder `skills` of that repository.
"""

import argparse
import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console

from benchmarks.__main__ import machine
from benchmarks.findings import Findings, Verdict, rows_of
from benchmarks.installation import temporary_folder
from benchmarks.measurement import Sample, Stopwatch, by_turns_in_one_loop
from benchmarks.tables import show
from benchmarks.texts import Texts
from tmws_core import Context
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_skills.commands.export import export
from tmws_skills.commands.import_ import import_
from tmws_skills.format.folder import open_folder
from tmws_skills.format.reading import Found
from tmws_skills.scanning import scan

FILES = 400
BOUND_MILLISECONDS = 2_000
ROUNDS = 5
_SKILLS, _FILES_OF_A_SKILL = 17, 24
_IMPORT, _AGAIN, _ARCHIVE = "import of a folder", "the same again", "import of an archive"
_EXPORT, _SCAN, _FLOOR = "export to a folder", "the scan alone", "floor: read, and insert with sqlite3"

Variant = Callable[[], Awaitable[Sample]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print what was found; 1 when the bound is missed."""
    options = _options(arguments)
    console = Console(stderr=options.json)
    with temporary_folder() as folder:
        data = options.data or _made(folder / "made")
        number = sum(path.is_file() for path in data.rglob("*"))
        if not number:
            sys.stderr.write(f"{data} has no files; name a folder with skills\n")
            return 2
        with console.status(f"importing {number} files"):
            findings = asyncio.run(_measure(data, number, options.rounds))
    show(console, f"Skills: {number} files", findings)
    if options.json:
        sys.stdout.write(f"{json.dumps({'machine': machine(), 'skill_import': findings.as_json()}, indent=2)}\n")
    return 0 if findings.met else 1


async def _measure(data: Path, number: int, rounds: int) -> Findings:
    with temporary_folder() as folder:
        archive = folder / "skills.zip"
        async with _opened(folder / "home") as application:
            await _run(application, import_, str(data))
            await _run(application, export, archive)
        variants = {
            _IMPORT: _fresh(import_, lambda _: str(data)),
            _AGAIN: _filled(data, import_, lambda _: str(data)),
            _ARCHIVE: _fresh(import_, lambda _: str(archive)),
            _EXPORT: _filled(data, export, lambda home: home / "out"),
            _SCAN: _scan(data),
            _FLOOR: _floor(data),
        }
        samples = await by_turns_in_one_loop(variants, rounds)
    verdicts = [
        Verdict(f"{name}, for {FILES} files", _elapsed(samples[name], number), BOUND_MILLISECONDS, "ms")
        for name in (_IMPORT, _ARCHIVE)
    ]
    return Findings(rows_of(samples), verdicts)


def _elapsed(samples: Sequence[Sample], number: int) -> float:
    return median(sample.wall for sample in samples) * FILES / number


def _fresh(command: Callable[..., Awaitable[Any]], argument: Callable[[Path], object]) -> Variant:
    """A sample of a command with a new database."""

    async def sample() -> Sample:
        with temporary_folder() as home:
            async with _opened(home) as application:
                return await _run(application, command, argument(home))

    return sample


def _filled(data: Path, command: Callable[..., Awaitable[Any]], argument: Callable[[Path], object]) -> Variant:
    """A sample of a command after the import."""

    async def sample() -> Sample:
        with temporary_folder() as home:
            async with _opened(home) as application:
                await _run(application, import_, str(data))
                return await _run(application, command, argument(home))

    return sample


def _floor(data: Path) -> Variant:
    skills = sorted({path.parent for path in data.rglob("SKILL.md")})

    async def sample() -> Sample:
        with temporary_folder() as home, closing(sqlite3.connect(home / "floor.db", isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=FULL")
            database.execute("CREATE TABLE blobs (digest TEXT PRIMARY KEY, content BLOB) WITHOUT ROWID")
            watch = Stopwatch()
            for skill in skills:
                _insert(database, skill)
            return watch.sample()

    return sample


def _insert(database: sqlite3.Connection, skill: Path) -> None:
    contents = [path.read_bytes() for path in skill.rglob("*") if path.is_file()]
    rows = [(sha256(content).hexdigest(), content) for content in contents]
    database.execute("BEGIN IMMEDIATE")
    database.executemany("INSERT OR IGNORE INTO blobs VALUES (?, ?)", rows)
    database.execute("COMMIT")


def _scan(data: Path) -> Variant:
    with open_folder(data) as reading:
        packages = [one.package for one in reading if isinstance(one, Found)]

    async def sample() -> Sample:
        watch = Stopwatch()
        for package in packages:
            scan(package)
        return watch.sample()

    return sample


@asynccontextmanager
async def _opened(home: Path) -> AsyncIterator[Application]:
    core: dict[str, Any] = {"plugins": "agents,skills", "strict": True, "rate_limit": "1000000/second"}
    async with Application(Settings({}, home=home, **core)) as application:
        yield application


async def _run(application: Application, command: Callable[..., Awaitable[Any]], argument: object) -> Sample:
    async def work(context: Context) -> Any:  # noqa: ANN401 -- whatever the command returns
        return await command(context, argument)

    call = Call(application.local_principal, "cli")
    watch = Stopwatch()
    report = await application.pipeline.run(call, "command", None, work, read_only=False)
    sample = watch.sample()
    if report.faults or not report.skills:
        raise RuntimeError(f"{report.faults} skills failed: {report.left_out[:3]}")
    return sample


def _made(root: Path) -> Path:
    texts = iter(Texts().texts(_SKILLS * _FILES_OF_A_SKILL * 40))
    for skill in range(_SKILLS):
        folder = root / f"skill-{skill}"
        (folder / "references").mkdir(parents=True)
        front = f"---\nname: skill-{skill}\ndescription: {next(texts)[:200]}\n---\n"
        (folder / "SKILL.md").write_text(front + "\n\n".join(next(texts) for _ in range(20)))
        for file in range(_FILES_OF_A_SKILL - 1):
            text = "\n\n".join(next(texts) for _ in range(30))
            (folder / "references" / f"{file}.md").write_text(text)
    return root


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.skill_import", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="PATH", help="a folder with skills; without it they are made")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how many samples of each")
    parser.add_argument("--json", action="store_true", help="write the figures to standard output as JSON")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
