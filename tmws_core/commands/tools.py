"""`tmws tools` lists the tools, `tmws call` calls one by its name."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tmws_core.commands.output import AsJSON, print_json, print_table
from tmws_core.commands.parameter import parameters_of, read_json
from tmws_core.commands.startup import assembled, unopened

if TYPE_CHECKING:
    from tmws_core.catalogue import OfferedTool
    from tmws_core.contributions import Tool

STANDARD_INPUT = "-"


def tools(
    search: Annotated[str, typer.Option(help="Words of what the tool should do; the best come first.")] = "",
    as_json: AsJSON = False,
) -> None:
    """List the tools of all plugins: what each does, what right it needs, and whether a client sees it at once."""
    assembly = assembled()
    from tmws_core.catalogue import Catalogue
    from tmws_core.principal import EVERY_SCOPE, Principal

    catalogue = Catalogue(assembly.active)
    core = assembly.settings.core
    everyone = Principal(core.agent_id, core.agent_namespace, frozenset({EVERY_SCOPE}))
    listed = {one.tool.name for one in catalogue.listed(everyone, core.profile)}
    found = catalogue.search(everyone, search, len(catalogue.tools)) if search else list(catalogue.tools.values())
    if as_json:
        print_json({"tools": [_described(one, listed) for one in found]})
    else:
        print_table(
            ("name", "plugin", "scope", "listed", "what it does"),
            (
                (one.tool.name, one.plugin, one.tool.scope, "yes" if one.tool.name in listed else "", _first(one.tool))
                for one in found
            ),
        )


def call(
    tool: Annotated[str, typer.Argument(help="The tool's name, as `tmws tools` lists it.")],
    pairs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE]...",
            help="Arguments: text as it is, everything else as JSON; - reads all of them as one JSON object from "
            "standard input.",
        ),
    ] = None,
    arguments: Annotated[str, typer.Option(help="All arguments as one JSON object.")] = "{}",
    as_json: AsJSON = False,
) -> None:
    """Call a tool and print its result."""
    application = unopened()
    from tmws_core.catalogue import Catalogue
    from tmws_core.commands.calling import call_tool

    offered = Catalogue(application.assembly.active).tool(tool)
    given = _object(arguments) | _read(offered.tool, pairs or [])
    call_tool(application, offered.tool, given, as_json=as_json)


def _read(tool: "Tool", pairs: list[str]) -> dict[str, Any]:
    parameters = {parameter.name: parameter for parameter in parameters_of(tool.input_schema)}
    found: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if pair == STANDARD_INPUT:
            found |= _object(sys.stdin.read())
        elif not equals:
            raise typer.BadParameter(f"{pair!r} is not written as key=value")
        else:
            found[key] = parameters[key].read(text) if key in parameters else text
    return found


def _object(text: str) -> dict[str, Any]:
    read = read_json(text, "arguments")
    if not isinstance(read, dict):
        raise typer.BadParameter("the arguments must be one JSON object, with the parameters' names as its keys")
    return read


def _described(offered: "OfferedTool", listed: set[str]) -> dict[str, Any]:
    tool = offered.tool
    return {
        "name": tool.name,
        "plugin": offered.plugin,
        "scope": tool.scope,
        "description": tool.description,
        "listed": tool.name in listed,
        "read_only": tool.read_only,
        "destructive": tool.destructive,
        "input_schema": tool.input_schema,
    }


def _first(tool: "Tool") -> str:
    return tool.description.partition("\n")[0]
