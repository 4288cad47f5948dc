"""Compares the declared tables with the live ones, name by name, for `tmws db check`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tmws_core.assembly import Assembly
    from tmws_core.plugin_record import PluginRecord

Kind = Literal["plugin", "core", "derived"]
OURS = "tmws_"
CORE_PACKAGE = __name__.partition(".")[0]


@dataclass(frozen=True)
class DeclaredTable:
    """A table that somebody declares.

    Attributes:
        name: its name.
        owner: the plugin that declares it.
        kind: a plugin's own table, the core's own, or derived (named `tmws_…`: an index over other tables).
        live: whether the database has it.
    """

    name: str
    owner: str
    kind: Kind
    live: bool


@dataclass(frozen=True)
class SchemaReport:
    """What is declared, what is live, and how the two differ.

    Attributes:
        tables: every declared table.
        drift: how live tables differ from their declarations, by plugin; only plugins with a difference.
        unwell: the plugins whose tables are not known, because they failed, each with the reason.
    """

    tables: tuple[DeclaredTable, ...]
    drift: dict[str, list[str]]
    unwell: dict[str, str]

    @property
    def is_well(self) -> bool:
        """Whether the live tables are the declared ones, all of them."""
        return not self.drift and not self.unwell and all(table.live for table in self.tables)

    @property
    def sentence(self) -> str:
        """How many are live of those that are declared, such as `42 of 42 plugin tables, 1 of 1 core table`."""
        counts = [self._count("plugin", "plugin tables"), self._count("core", "core tables")]
        return ", ".join([*counts, self._count("derived", "derived tables")])

    def as_json(self) -> dict[str, Any]:
        """The report for programs."""
        return {
            "well": self.is_well,
            "summary": self.sentence,
            "tables": [vars(table) for table in self.tables],
            "drift": self.drift,
            "unwell": self.unwell,
        }

    def _count(self, kind: Kind, noun: str) -> str:
        live = [table.live for table in self.tables if table.kind == kind]
        return f"{sum(live)} of {len(live)} {noun}"


def report_on(assembly: "Assembly") -> SchemaReport:
    """Compare the declarations of the active plugins with the database; it is only read."""
    drift = assembly.schema.drift(assembly.active)
    url = assembly.settings.database_url
    with _reading(url) as connection:
        tables = tuple(_tables_of(connection, assembly.active, url.partition(":")[0].partition("+")[0]))
    return SchemaReport(
        tables, {name: differences for name, differences in drift.items() if differences}, unwell(assembly)
    )


def unwell(assembly: "Assembly") -> dict[str, str]:
    """The plugins that should run and do not, each with the reason."""
    from tmws_core.plugin_record import Status

    well = (Status.ACTIVE, Status.BLOCKED)
    return {record.name: record.reason for record in assembly.records if record.status not in well}


def _tables_of(
    connection: "Connection | None", records: "Iterable[PluginRecord]", dialect: str
) -> Iterator[DeclaredTable]:
    from tmws_core.declarative import derived_names
    from tmws_core.schema.live import has_relation, live_tables

    live = frozenset[str]() if connection is None else live_tables(connection)
    for record in records:
        metadata = record.contributions.metadata
        if metadata is None:
            continue
        for name in sorted(metadata.tables):
            yield DeclaredTable(name, record.name, _kind(name, record), name in live)
        for name in derived_names(metadata, dialect):
            yield DeclaredTable(name, record.name, "derived", connection is not None and has_relation(connection, name))


def _kind(table: str, record: "PluginRecord") -> Kind:
    if record.package == CORE_PACKAGE:
        return "core"
    return "derived" if table.startswith(OURS) else "plugin"


@contextmanager
def _reading(database_url: str) -> "Iterator[Connection | None]":
    from tmws_core.schema.engine import database_file, database_urls, schema_engine

    url, _ = database_urls(database_url)
    file = database_file(url)
    if file is not None and not file.exists():
        yield None
        return
    with schema_engine(url).connect().execution_options(tmws_read_only=True) as connection:
        yield connection
