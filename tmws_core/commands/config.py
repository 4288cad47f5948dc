"""`tmws config`: every setting, its value, and where the value comes from."""

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from pydantic import SecretBytes, SecretStr
from pydantic.types import Secret

from tmws_core.commands.failure import Failure, fail
from tmws_core.commands.output import AsJSON, in_a_cell, print_json, print_line, print_table
from tmws_core.commands.startup import assembled
from tmws_core.errors import ConfigurationError

if TYPE_CHECKING:
    from tmws_core.settings import Entry

group = typer.Typer(invoke_without_command=True, help="The settings: their values, and where these come from.")

MASK = "**********"
_PASSWORD = re.compile(r"(://[^:/@\s]*:)\S+@")


@group.callback()
def config(context: typer.Context, as_json: AsJSON = False) -> None:
    """Show every setting with its value, its variable and the place where the value comes from."""
    if context.invoked_subcommand is not None:
        return
    from tmws_core.settings import Settings

    try:
        entries = assembled(strict=False).settings.entries()
        as_given = {entry.key: entry for entry in Settings().entries()}
    except ConfigurationError as error:
        _show_known(error, as_json=as_json)
    _show([as_given.get(entry.key, entry) for entry in entries], as_json=as_json)


@group.command("path")
def path(as_json: AsJSON = False) -> None:
    """Show which settings file is read."""
    from tmws_core.settings import Settings

    file = Settings().file
    if as_json:
        print_json({"path": str(file), "exists": file.exists()})
    else:
        print_line(str(file))


def shown(value: Any) -> Any:  # noqa: ANN401 -- whatever a setting holds
    """A setting's value as JSON, with what is secret in it masked."""
    match value:
        case Secret() | SecretStr() | SecretBytes():
            return MASK if value.get_secret_value() else ""
        case str():
            return _PASSWORD.sub(rf"\1{MASK}@", value)
        case bool() | int() | float() | None:
            return value
        case dict():
            return {str(key): shown(part) for key, part in value.items()}
        case set() | frozenset():
            return sorted(shown(part) for part in value)
        case list() | tuple():
            return [shown(part) for part in value]
    return shown(str(value))


def _show(entries: Sequence["Entry"], *, as_json: bool) -> None:
    if as_json:
        print_json({"settings": [_as_json(entry) for entry in entries]})
    else:
        print_table(
            ("setting", "value", "from", "variable", "what it is"),
            (
                (entry.key, in_a_cell(shown(entry.value)), entry.origin, entry.variable, entry.description)
                for entry in entries
            ),
        )


def _show_known(error: ConfigurationError, *, as_json: bool) -> NoReturn:
    """Show the settings that exist, with their defaults, to somebody whose own cannot be read."""
    from tmws_core.assembly import Assembly
    from tmws_core.settings import Settings

    entries = Assembly(Settings({"TMWS_CONFIG": os.devnull}, strict=False)).settings.entries()
    failure = Failure.of(error)
    if as_json:
        known = [{"key": entry.key, "variable": entry.variable} for entry in entries]
        print_json({**failure.as_json(), "known_settings": known})
    else:
        print_table(
            ("setting", "variable", "what it is"), ((one.key, one.variable, one.description) for one in entries)
        )
        fail(failure, as_json=False)
    raise typer.Exit(failure.exit_code) from error


def _as_json(entry: "Entry") -> dict[str, Any]:
    return {
        "key": entry.key,
        "value": shown(entry.value),
        "variable": entry.variable,
        "origin": entry.origin,
        "description": entry.description,
    }
