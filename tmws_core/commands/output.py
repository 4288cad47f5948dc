"""What a command prints: one JSON document for programs, or tables and lines for people."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, TextIO

import typer

# what a terminal would obey instead of showing: control characters, and those that turn the direction of the text
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

_WIDTH_OF_A_PIPE = 10_000
_MOST_COLUMNS = 6
_STYLES = {
    "ok": "green",
    "active": "green",
    "current": "green",
    "note": "yellow",
    "bad": "bold red",
    "failed": "bold red",
}


def _also_of_the_group(context: typer.Context, given: bool) -> bool:
    context.obj = bool(context.obj) or given
    return bool(context.obj)


AsJSON = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else.", callback=_also_of_the_group)
]


def print_json(document: object, file: TextIO | None = None) -> None:
    """Print a document for programs."""
    target = file or sys.stdout
    target.write(f"{json.dumps(document, indent=2, default=str)}\n")
    target.flush()


def print_line(text: str = "", *, file: TextIO | None = None) -> None:
    """Print a line for people, just as it is: it is neither wrapped nor coloured."""
    target = file or sys.stdout
    target.write(f"{harmless(text)}\n")
    target.flush()


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, file: TextIO | None = None) -> None:
    """Print a table for people; into a pipe or file, each row as one line.

    Args:
        columns: the headings.
        rows: the cells of each row; a word such as `ok` or `failed` gets its colour.
        file: where to, when it is not standard output.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        cells = [harmless(str(cell)) for cell in row]
        table.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in cells))
    target = file or sys.stdout
    # what reads a pipe wants one line for each row
    Console(file=target, width=None if target.isatty() else _WIDTH_OF_A_PIPE).print(table)


def print_value(value: object) -> None:
    """Print any JSON for people: text as it is, an object as lines, a list of objects as a table, in an object too."""
    match value:
        case None:
            print_line("nothing")
        case str():
            print_line(value)
        case [] | dict() if not value:
            print_line("nothing")
        case dict():
            _print_object(value)
        case [dict(), *_]:
            _print_objects([part if isinstance(part, dict) else {"value": part} for part in value])
        case list():
            for part in value:
                print_line(in_a_cell(part))
        case _:
            print_line(in_a_cell(value))


def in_a_cell(value: object) -> str:
    """A JSON value in a few words."""
    match value:
        case None:
            return ""
        case str():
            return value
        case [*parts] if all(isinstance(part, str) for part in parts):
            return ", ".join(map(str, parts))
    return json.dumps(value, ensure_ascii=False, default=str)


def harmless(text: str) -> str:
    """A text whose control characters are written out, so that a stored text cannot steer the terminal."""
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def _print_object(value: Mapping[str, Any]) -> None:
    lists = {key: part for key, part in value.items() if isinstance(part, list) and _holds_objects(part)}
    if single := {key: part for key, part in value.items() if key not in lists}:
        print_table(("field", "value"), _fields(single))
    for key, objects in lists.items():
        print_line(f"\n{key}:")
        _print_objects(objects)


def _holds_objects(value: Sequence[object]) -> bool:
    return bool(value) and all(isinstance(part, dict) for part in value)


def _print_objects(objects: Sequence[Mapping[str, Any]]) -> None:
    rows = [dict(_fields(one)) for one in objects]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    if len(columns) <= _MOST_COLUMNS:
        print_table(columns, ([row.get(column, "") for column in columns] for row in rows))
        return
    for row in rows:
        print_table(("field", "value"), row.items())
        print_line()


def _fields(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of an object, and those of an object in it as `outer.inner`."""
    for key, part in value.items():
        if isinstance(part, dict) and part:
            yield from ((f"{key}.{inner}", in_a_cell(of_it)) for inner, of_it in part.items())
        else:
            yield key, in_a_cell(part)
