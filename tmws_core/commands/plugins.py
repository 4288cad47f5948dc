"""`tmws plugins`: what is installed, how it is doing, and what it contributes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tmws_core.commands.output import AsJSON, in_a_cell, print_json, print_line, print_table
from tmws_core.commands.startup import unopened

if TYPE_CHECKING:
    from tmws_core.application import Application
    from tmws_core.plugin_record import PluginRecord
    from tmws_core.status import PluginStatus

group = typer.Typer(invoke_without_command=True, help="The plugins: installed, failed, or known to the database.")

ABSENT = "absent"


@group.callback()
def plugins(context: typer.Context, as_json: AsJSON = False) -> None:
    """List the plugins with their versions, their state and the reason for it."""
    if context.invoked_subcommand is not None:
        return
    found = statuses(unopened(strict=False))
    if as_json:
        print_json({"plugins": [one.model_dump() for one in found]})
    else:
        print_plugins(found)


@group.command("show")
def show(
    name: Annotated[str, typer.Argument(help="The plugin's name, as `tmws plugins` lists it.")],
    as_json: AsJSON = False,
) -> None:
    """Show everything about one plugin: its hooks, tables, revisions, tools, settings and requirements."""
    described = description_of(unopened(strict=False), name)
    if as_json:
        print_json(described)
        return
    traceback = described.pop("traceback", "")
    print_table(("", name), ((key.replace("_", " "), in_a_cell(value)) for key, value in described.items()))
    if traceback:
        print_line(f"\n{traceback}")


def statuses(application: "Application") -> list["PluginStatus"]:
    """The installed plugins, then those that only the database knows."""
    from tmws_core.status import PluginStatus, plugin_statuses

    installed = plugin_statuses(application)
    names = {one.name for one in installed}
    return installed + [
        PluginStatus(
            name=applied.plugin,
            distribution=applied.distribution,
            version=applied.version,
            status=ABSENT,
            reason="its package is not installed; its tables are kept",
            revision=applied.revision,
            tables=list(applied.tables),
        )
        for applied in application.assembly.schema.applied().values()
        if applied.plugin not in names
    ]


def print_plugins(found: Sequence["PluginStatus"]) -> None:
    """Print the plugins as a table."""
    print_table(
        ("name", "distribution", "version", "status", "tables", "tools", "reason"),
        (
            (one.name, one.distribution, one.version, one.status, len(one.tables), len(one.tools), one.reason)
            for one in found
        ),
    )


def description_of(application: "Application", name: str) -> dict[str, Any]:
    """Everything that is known of one plugin.

    Raises:
        NotFound: it is neither installed nor known to the database.
    """
    from tmws_core.tool_errors import NotFound

    found = {one.name: one for one in statuses(application)}
    if name not in found:
        raise NotFound(f"there is no plugin {name!r}", hint=f"there are {', '.join(found)}")
    described = found[name].model_dump()
    records = {record.name: record for record in application.assembly.records}
    if name in records:
        described |= _contributed(application, records[name])
    return described


def _contributed(application: "Application", record: "PluginRecord") -> dict[str, Any]:
    contributions, manager = record.contributions, application.assembly.manager
    callers = (manager.get_hookcallers(record.hooks) or ()) if record.hooks is not None else ()
    revisions = contributions.history.revisions if contributions.history else ()
    section = contributions.settings
    return {
        "module": record.module,
        "requires": record.requires,
        "hooks": sorted(caller.name for caller in callers),
        "revisions": [revision.identifier for revision in revisions],
        "resources": [one.uri for one in contributions.resources],
        "prompts": [one.name for one in contributions.prompts],
        "routes": [one.path for one in contributions.routes],
        "commands": [one.name for one in contributions.commands],
        "seeds": [one.name for one in contributions.seeds],
        "health_checks": [one.name for one in contributions.health_checks],
        "observers": [f"{one.name} ({', '.join(one.events)})" for one in contributions.observers],
        "settings": sorted(section.model_fields) if section is not None else [],
        "traceback": record.traceback,
    }
