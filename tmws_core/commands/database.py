"""`tmws db`: what would be done to the database, doing it, and proving that it was done."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Annotated

import typer

from tmws_core.commands.output import AsJSON, print_json, print_line, print_table
from tmws_core.commands.startup import assembled
from tmws_core.errors import ExitCode

if TYPE_CHECKING:
    from tmws_core.assembly import Assembly
    from tmws_core.schema.plan import Plan

SECONDS_BEFORE_PROGRESS = 1.0

group = typer.Typer(no_args_is_help=True, help="The database: plan, apply and check its tables.")


@group.callback()
def database() -> None:
    """The database: plan, apply and check its tables."""


@group.command("plan")
def plan(as_json: AsJSON = False) -> None:
    """Show what `tmws db apply` would do; nothing is changed, and no file is made."""
    assembly = assembled()
    _finish(assembly, assembly.schema.plan(assembly.active), as_json=as_json)


@group.command("apply")
def apply(as_json: AsJSON = False) -> None:
    """Create and upgrade the tables of all plugins, and prove the result; to repeat it is safe."""
    assembly = assembled()
    with _progress("bringing the tables up to date"):
        carried_out = assembly.schema.apply(assembly.active, strict=assembly.settings.core.strict)
    _finish(assembly, carried_out, as_json=as_json)


@group.command("check")
def check(as_json: AsJSON = False) -> None:
    """Compare every declared table with the live one; nothing is changed."""
    from tmws_core.commands.schema_report import report_on

    report = report_on(assembled(strict=False))
    if as_json:
        print_json(report.as_json())
    else:
        print_table(
            ("table", "plugin", "live"),
            ((table.name, table.owner, "ok" if table.live else "bad") for table in report.tables),
        )
        for name, differences in report.drift.items():
            for difference in differences:
                print_line(f"{name}: {difference}")
        for name, reason in report.unwell.items():
            print_line(f"{name}: its tables are not known, because it does not run: {reason}")
        print_line(report.sentence)
    if not report.is_well:
        raise typer.Exit(ExitCode.FAILED)


@group.command("revision")
def revision(
    plugin: Annotated[str, typer.Argument(help="The plugin whose models have changed.")],
    message: Annotated[str, typer.Option("--message", "-m", help="What the revision does, in a few words.")],
    as_json: AsJSON = False,
) -> None:
    """Write the revision file that brings existing databases up to a plugin's models."""
    assembly = assembled()
    from tmws_core.schema.revision import write_revision
    from tmws_core.tool_errors import NotFound

    found = {record.name: record for record in assembly.active}
    if plugin not in found:
        raise NotFound(f"no plugin {plugin!r} is running", hint="see `tmws plugins`")
    file = write_revision(assembly.active, found[plugin], message)
    if as_json:
        print_json({"plugin": plugin, "file": str(file)})
    else:
        print_line(f"{file}\nread it before you ship it: what moves or fills rows has to be written by hand")


def _finish(assembly: "Assembly", plan: "Plan", *, as_json: bool) -> None:
    from tmws_core.commands.schema_report import unwell

    unknown = unwell(assembly)
    failures = plan.failures or {step.plugin: step.reason for step in plan.stopped}
    if as_json:
        print_json({**plan.as_json(), "failures": failures, "unwell": unknown})
    else:
        _print_plan(plan)
        for name, reason in {**failures, **unknown}.items():
            print_line(f"{name}: {reason}")
    if failures or unknown:
        raise typer.Exit(ExitCode.CONFIGURATION)


def _print_plan(plan: "Plan") -> None:
    from tmws_core.schema.plan import STOPPING

    rows = [(step.plugin, str(step.action if step.action in STOPPING else step)) for step in plan.steps]
    rows += [(one.plugin, f"not installed; keeps {', '.join(one.tables)}") for one in plan.absent]
    rows += [(table, "claimed by no plugin; left alone") for table in plan.unclaimed]
    print_table(("plugin", "action"), rows)


@contextmanager
def _progress(doing: str) -> Iterator[None]:
    """Show that something goes on, when it takes longer than a moment and somebody is looking."""
    from rich.console import Console

    status = Console(stderr=True).status(doing)
    timer = Timer(SECONDS_BEFORE_PROGRESS, status.start)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()
