"""A look into a database from outside, without the server."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select, text

from tmws_core.models.plugin_state import PluginState
from tmws_core.schema.engine import database_urls, schema_engine
from tmws_core.schema.live import live_tables

_DEFINITIONS = {
    "sqlite": "SELECT type, name, tbl_name, sql FROM sqlite_master",
    "postgresql": (
        "SELECT table_name, column_name, data_type, is_nullable || coalesce(column_default, '') "
        "FROM information_schema.columns WHERE table_schema = 'public' "
        "UNION ALL SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public' "
        "UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '' FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace"
    ),
}


@dataclass(frozen=True)
class Look:
    """A look into a database from outside, without the server.

    Attributes:
        url: the URL of the database.
    """

    url: str

    def tables(self) -> set[str]:
        """The names of all tables but those of the core and of what is derived, which are named `tmws_…`."""
        with self.connection() as connection:
            return {name for name in live_tables(connection) if not name.startswith("tmws_")}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self.connection() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def value(self, query: str) -> object:
        """The only value of a query."""
        value: object = self.rows(query)[0][0]
        return value

    def everything(self) -> dict[str, object]:
        """All definitions, and of each table a hash of its rows, to be compared with a later look.

        The logs are left out: every call adds to them, and that they only grow is for their plugin's own tests.
        """
        with self.connection() as connection:
            definitions = connection.execute(text(_DEFINITIONS[connection.dialect.name])).all()
            found: dict[str, object] = {"definitions": sorted(map(str, definitions))}
            tables = live_tables(connection)
            logs = _logs(connection) if PluginState.__tablename__ in tables else set()
            return found | {name: _rows_hash(connection, name) for name in sorted(tables - logs)}

    def connection(self) -> Connection:
        """A reading connection."""
        url, _ = database_urls(self.url)
        return schema_engine(url).connect().execution_options(tmws_read_only=True)


def _logs(connection: Connection) -> set[str]:
    recorded = connection.execute(select(PluginState.tables).where(PluginState.plugin == "audit"))
    return {table for tables in recorded.scalars() for table in tables}


def _rows_hash(connection: Connection, table: str) -> str:
    rows = connection.execute(text(f'SELECT * FROM "{table}"'))
    return sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()
