"""The commands of the plugins, made from the declarations of their tools and commands when they are asked for."""

from collections.abc import Callable, Iterator
from functools import partial
from inspect import Parameter as Place
from inspect import Signature
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from tmws_core.commands.output import AsJSON
from tmws_core.commands.parameter import Kind, Parameter, parameters_of, read_json
from tmws_core.errors import PluginError

if TYPE_CHECKING:
    from tmws_core.application import Application
    from tmws_core.contributions.signature import JSONSchema
    from tmws_core.plugin_record import PluginRecord

Invoke = Callable[..., int]

_TYPES: dict[Kind, Any] = {Kind.TEXT: str, Kind.INTEGER: int, Kind.NUMBER: float, Kind.BOOLEAN: bool, Kind.JSON: str}
# beside the names of a tool's own parameters
_AS_JSON = "as_json__"


class PluginGroup(TyperGroup):
    """The commands of one plugin; the plugins are imported when the first of them is looked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 -- Typer keeps its contexts to itself
        """The names of the commands."""
        self._fill()
        return super().list_commands(ctx)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 -- as above
        """The command of a name."""
        self._fill()
        return super().get_command(ctx, cmd_name)

    def _fill(self) -> None:
        if not self.commands:
            self.commands.update(get_group(commands_of(str(self.name))).commands)


def commands_of(plugin: str) -> typer.Typer:
    """The commands of one plugin, as Typer takes them.

    Args:
        plugin: the plugin's name.

    Raises:
        PluginError: the plugin does not run; the text says why.
    """
    from tmws_core.commands.startup import unopened

    application = unopened()
    record = _running(application, plugin)
    group = typer.Typer()
    for name, description, schema, invoke in _invocations(application, record):
        group.command(name, help=description)(_typed(parameters_of(schema), invoke))
    return group


def _running(application: "Application", plugin: str) -> "PluginRecord":
    record = next(one for one in application.assembly.records if one.name == plugin)
    if not record.active:
        raise PluginError(f"plugin {record.origin} is {record.status}: {record.reason}")
    return record


def _invocations(application: "Application", record: "PluginRecord") -> Iterator[tuple[str, str, "JSONSchema", Invoke]]:
    from tmws_core.commands.calling import call_tool, run_command
    from tmws_core.conflicts import method_name
    from tmws_core.contributions.signature import arguments_model

    for tool in record.contributions.tools:
        name = method_name(record.name, tool.name).replace("_", "-")
        yield name, tool.description, tool.input_schema, partial(call_tool, application, tool)
    for command in record.contributions.commands:
        schema = arguments_model(command.function).model_json_schema()
        yield command.name, command.description, schema, partial(run_command, application, command)


def _typed(parameters: list[Parameter], invoke: Invoke) -> Callable[..., int]:
    """A function whose signature tells Typer which arguments and options there are."""

    def run(**given: Any) -> int:
        as_json = given.pop(_AS_JSON)
        arguments = {
            parameter.name: _value(parameter, given[parameter.name])
            for parameter in parameters
            if given[parameter.name] not in (None, [])
        }
        return invoke(arguments, as_json=as_json)

    places = [_place(parameter) for parameter in sorted(parameters, key=lambda one: not one.is_positional)]
    as_json = Place(_AS_JSON, Place.KEYWORD_ONLY, annotation=AsJSON, default=False)
    run.__dict__["__signature__"] = Signature([*places, as_json])
    return run


def _value(parameter: Parameter, given: object) -> object:
    return read_json(str(given), parameter.name) if parameter.kind is Kind.JSON else given


def _place(parameter: Parameter) -> Place:
    annotation: Any = _TYPES[parameter.kind]
    if parameter.repeated:
        annotation = list[annotation]
    if parameter.is_positional:
        information = typer.Argument(help=parameter.description, show_default=False)
        return Place(parameter.name, Place.KEYWORD_ONLY, annotation=Annotated[annotation, information])
    spelled = parameter.option
    if parameter.kind is Kind.BOOLEAN:
        spelled = f"{spelled}/--no-{spelled.removeprefix('--')}"
    metavar = "<json>" if parameter.kind is Kind.JSON else None
    information = typer.Option(spelled, help=parameter.description, show_default=False, metavar=metavar)
    default = Place.empty if parameter.required else None
    if not parameter.required:
        annotation = annotation | None
    return Place(parameter.name, Place.KEYWORD_ONLY, annotation=Annotated[annotation, information], default=default)
