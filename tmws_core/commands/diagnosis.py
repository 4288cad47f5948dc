"""What `tmws doctor` looks at; every look is a reading one, and a database that does not exist is not made."""

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from tmws_core.commands.startup import read_settings, run_opened, without_collection
from tmws_core.errors import ConfigurationError, TMWSError

if TYPE_CHECKING:
    from tmws_core.application import Application
    from tmws_core.context import Context
    from tmws_core.contributions import HealthCheck
    from tmws_core.schema.plan import Step
    from tmws_core.settings import Settings


class Verdict(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        check: what was looked at.
        verdict: how it is.
        text: what was seen, and what to do when something is to be done.
    """

    check: str
    verdict: Verdict
    text: str


def examine() -> Iterator[Finding]:
    """Look at everything, from the settings to the plugins' own health checks."""
    try:
        settings = read_settings(strict=False)
    except TMWSError as error:
        yield Finding("settings", Verdict.BAD, str(error))
        return
    found = "is read" if settings.file.exists() else "is not there; defaults and the environment count"
    yield Finding("settings", Verdict.OK, f"{settings.file} {found}")
    try:
        with without_collection():
            from tmws_core.application import Application

            file = _file_of(settings)
            if file is not None:
                yield from _file(file)
            application = Application(settings)
    except TMWSError as error:
        check = "settings" if isinstance(error, ConfigurationError) else "database"
        yield Finding(check, Verdict.BAD, str(error))
        return
    yield from _plugins(application)
    yield from _schema(application, exists=file is None or file.exists())


def _file_of(settings: "Settings") -> Path | None:
    from tmws_core.schema.engine import database_file, database_urls

    return database_file(database_urls(settings.database_url)[0])


def _file(file: Path) -> Iterator[Finding]:
    yield _folder(file.parent)
    if file.exists():
        yield _integrity(file)


def _folder(folder: Path) -> Finding:
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
        return Finding("folder", Verdict.OK, f"{folder} can be {'written' if folder == existing else 'made'}")
    return Finding(
        "folder",
        Verdict.BAD,
        f"{existing} cannot be written, and SQLite needs to write the folder of its file; give this user the right, or "
        "set TMWS_HOME or TMWS_DATABASE_URL to another place",
    )


def _integrity(file: Path) -> Finding:
    try:
        connection = sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)
        try:
            told = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
        finally:
            connection.close()
    except sqlite3.Error as error:
        told = [str(error)]
    if told == ["ok"]:
        return Finding("integrity", Verdict.OK, f"{file} is sound")
    return Finding("integrity", Verdict.BAD, f"{file} is damaged: {'; '.join(told)}; restore a backup")


def _plugins(application: "Application") -> Iterator[Finding]:
    from tmws_core.plugin_record import Status

    verdicts = {Status.ACTIVE: Verdict.OK, Status.BLOCKED: Verdict.NOTE}
    for record in application.assembly.records:
        verdict = verdicts.get(record.status, Verdict.BAD)
        told = f"{record.distribution} {record.version} is {record.status}"
        yield Finding(f"plugin {record.name}", verdict, f"{told}: {record.reason}" if record.reason else told)


def _schema(application: "Application", *, exists: bool) -> Iterator[Finding]:
    from tmws_core.schema.schema import hidden

    url = hidden(application.settings.database_url)
    if not exists:
        yield Finding(
            "database", Verdict.NOTE, f"{url} does not exist yet; the first start makes it, or `tmws db apply`"
        )
        return
    plan = application.assembly.schema.plan(application.assembly.active)
    yield from map(_step, plan.steps)
    for absent in plan.absent:
        told = f"{absent.distribution} {absent.version} does not run; its {len(absent.tables)} tables are kept"
        yield Finding(f"schema {absent.plugin}", Verdict.NOTE, told)
    for table in plan.unclaimed:
        yield Finding("schema", Verdict.NOTE, f"table {table} is claimed by no plugin; it is left alone")
    if plan.writes:
        text = f"{url} is not opened before its tables are up to date; run `tmws db apply`, then this again"
        yield Finding("database", Verdict.NOTE, text)
        return
    try:
        yield from run_opened(application, lambda: _opened(application))
    except TMWSError as error:
        yield Finding("database", Verdict.BAD, str(error))


def _step(step: "Step") -> Finding:
    from tmws_core.schema.plan import STOPPING, WRITING

    if step.action in STOPPING:
        return Finding(f"schema {step.plugin}", Verdict.BAD, step.reason)
    if step.action in WRITING:
        return Finding(f"schema {step.plugin}", Verdict.NOTE, f"the next start, or `tmws db apply`, does: {step}")
    return Finding(f"schema {step.plugin}", Verdict.OK, f"as declared: {', '.join(step.tables) or 'no tables'}")


async def _opened(application: "Application") -> list[Finding]:
    """What only an opened application can tell."""
    from tmws_core.status import database_status

    status = database_status(application)
    found = [Finding("database", Verdict.OK, f"{status.url} answers")]
    found += [Finding("database", Verdict.NOTE, note) for note in status.notes]
    for plugin, checks in application.catalogue.health_checks.items():
        found += [await _ask(application, f"health {plugin}.{check.name}", check) for check in checks]
    started = {record.name: record for record in application.assembly.active}
    return found + [
        Finding(f"plugin {name}", Verdict.BAD, record.reason) for name, record in started.items() if not record.active
    ]


async def _ask(application: "Application", name: str, check: "HealthCheck") -> Finding:
    from tmws_core.pipeline import Call
    from tmws_core.tool_errors import ToolError

    async def work(context: "Context") -> Finding:
        try:
            return Finding(name, Verdict.OK, str(await check.function(context)))
        except Exception as error:  # a check says with any exception that things are not well, and what to do
            return Finding(name, Verdict.BAD, str(error) or type(error).__name__)

    try:
        call = Call(application.local_principal, "cli")
        return await application.pipeline.run(call, name, None, work, read_only=True)
    except ToolError as error:
        return Finding(name, Verdict.BAD, str(error))
