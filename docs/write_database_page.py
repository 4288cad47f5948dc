"""Writes the part of `docs/database.md` between its two markers, from what the installed plugins declare.

python docs/write_database_page.py            rewrites the page
python docs/write_database_page.py --check    fails when the page is not what the declarations say
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import MetaData, Table
from sqlalchemy.orm import DeclarativeBase

from tmws_core.assembly import Assembly
from tmws_core.declarative import derived_of
from tmws_core.plugin_record import PluginRecord
from tmws_core.settings import Settings

PAGE = Path(__file__).with_name("database.md")
BEGIN = "<!-- what follows is written by docs/write_database_page.py -->"
END = "<!-- what precedes is written by docs/write_database_page.py -->"
OURS = "tmws_"

_FIRST_SENTENCE = re.compile(r"(.*?[.!?])(?=\s|$)")


def main(words: Sequence[str]) -> int:
    """Rewrite the page, or check it.

    Args:
        words: `--check` to check; nothing to rewrite.

    Returns:
        The exit code: 1 when the page was checked and is not up to date.
    """
    present = PAGE.read_text(encoding="utf-8")
    written = rewritten(present, installed())
    if "--check" not in words:
        PAGE.write_text(written, encoding="utf-8")
    elif written != present:
        sys.stderr.write(f"{PAGE.name} is not what the plugins declare; run: python docs/{Path(__file__).name}\n")
        return 1
    return 0


def installed() -> Sequence[PluginRecord]:
    """The installed plugins in the order of the plan, the core's own record first.

    Raises:
        PluginError: a plugin is not well.
    """
    with TemporaryDirectory() as home:
        return Assembly(Settings({}, home=Path(home), strict=True)).active


def rewritten(page: str, records: Sequence[PluginRecord]) -> str:
    """The page with the part between the markers written anew.

    Raises:
        ValueError: the page lacks one of the markers.
    """
    before, _, rest = page.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{PAGE.name} must hold the lines {BEGIN} and {END}, in this order")
    return f"{before}{BEGIN}\n\n" + "\n".join(_lines(records)) + f"\n\n{END}{after}"


def _lines(records: Sequence[PluginRecord]) -> Iterator[str]:
    core, *plugins = [record for record in records if record.contributions.metadata is not None]
    yield f"{sum(len(_own(record)) for record in plugins)} tables of {len(plugins)} plugins."
    for record in plugins:
        yield from _section(f"{record.name} (`{record.distribution}`)", _own(record))
    yield from _section(f"core (`{core.distribution}`)", _metadata(core).tables.values())
    yield from ("", "### Derived", "", "Written by the server or the database itself, and named `tmws_…`.", "")
    yield from ("| name | of | holds | on |", "|---|---|---|---|")
    for record in plugins:
        yield from _derived(record)
    yield from ("", "### Who refers to whom", "", "An arrow is a foreign key.", "", "```mermaid", "graph LR")
    yield from _edges(plugins)
    yield "```"


def _section(title: str, tables: Iterable[Table]) -> Iterator[str]:
    yield from ("", f"### {title}", "", "| table | holds | columns | refers to |", "|---|---|---|---|")
    for table in sorted(tables, key=lambda table: table.name):
        yield f"| `{table.name}` | {_holds(table)} | {len(table.columns)} | {', '.join(_targets(table))} |"


def _derived(record: PluginRecord) -> Iterator[str]:
    metadata = _metadata(record)
    for table in metadata.tables.values():
        if table.name.startswith(OURS):
            yield f"| `{table.name}` | {record.name} | {_holds(table)} | SQLite, PostgreSQL |"
    for one in derived_of(metadata):
        names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
        places = ", ".join(names[dialect] for dialect, statements in one.statements.items() if statements)
        yield f"| `{one.name}…` | {record.name} | An index over `{one.after}`. | {places} |"


def _edges(records: Sequence[PluginRecord]) -> Iterator[str]:
    owners = {name: record.name for record in records for name in _metadata(record).tables}
    for record in records:
        referred = {
            owners[key.column.table.name] for table in _metadata(record).tables.values() for key in table.foreign_keys
        }
        yield f"    {record.name}"
        yield from (f"    {record.name} --> {owner}" for owner in sorted(referred - {record.name}))


def _own(record: PluginRecord) -> list[Table]:
    return [table for name, table in _metadata(record).tables.items() if not name.startswith(OURS)]


def _metadata(record: PluginRecord) -> MetaData:
    return record.contributions.metadata or MetaData()


def _targets(table: Table) -> list[str]:
    return sorted({f"`{key.column.table.name}`" for key in table.foreign_keys})


def _holds(table: Table) -> str:
    """The first sentence of the docstring of the class that is mapped to a table."""
    for base in DeclarativeBase.__subclasses__():
        for mapper in base.registry.mappers:
            if mapper.local_table is table:
                text = " ".join((mapper.class_.__doc__ or "").split())
                found = _FIRST_SENTENCE.match(text)
                return (found[1] if found else text).replace("|", "\\|")
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
