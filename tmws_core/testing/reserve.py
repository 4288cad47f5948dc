"""PostgreSQL databases that are lent to one test after the other: to empty one is quicker than to clone it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tmws_core.testing.postgresql import drop_database, in_database, new_database

if TYPE_CHECKING:
    from psycopg import Connection

Name = tuple[str, str]
"""A schema, and what is in it."""

# a lent database keeps the pages of the rows that were deleted from it
_MOST_LOANS = 50
_FIRST_OWN_OID = 16_384
"""Objects of the system have lower ones (PostgreSQL, section 'System Catalog Initial Data')."""
_TABLES = """
    SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind = 'r' AND pg_class.oid >= %(first)s ORDER BY 1, 2
"""
_SEQUENCES = "SELECT schemaname, sequencename, last_value FROM pg_sequences"
_SCHEMA = """
    SELECT md5(string_agg(part, ';' ORDER BY part)) FROM (
        SELECT concat_ws(' ', 'class', oid, relname, relkind) FROM pg_class WHERE oid >= %(first)s
        UNION ALL SELECT concat_ws(' ', 'column', attrelid, attnum, attname, atttypid, attnotnull)
            FROM pg_attribute WHERE attrelid >= %(first)s
        UNION ALL SELECT concat_ws(' ', 'default', oid, md5(adbin::text)) FROM pg_attrdef
        UNION ALL SELECT concat_ws(' ', 'constraint', oid, convalidated) FROM pg_constraint WHERE oid >= %(first)s
        UNION ALL SELECT concat_ws(' ', 'trigger', oid, tgenabled) FROM pg_trigger WHERE oid >= %(first)s
        UNION ALL SELECT concat_ws(' ', 'function', oid, md5(prosrc)) FROM pg_proc WHERE oid >= %(first)s
        UNION ALL SELECT concat_ws(' ', 'type', oid, typname) FROM pg_type WHERE oid >= %(first)s
        UNION ALL SELECT concat_ws(' ', 'schema', oid, nspname) FROM pg_namespace WHERE oid >= %(first)s
        UNION ALL SELECT concat_ws(' ', 'extension', oid, extversion) FROM pg_extension WHERE oid >= %(first)s
        UNION ALL SELECT concat_ws(' ', 'setting', setdatabase, setrole, setconfig) FROM pg_db_role_setting
    ) AS parts(part)
"""
_ALONE = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class _Beginning:
    """What a clone holds before anybody has had it.

    Attributes:
        schema: a digest of everything that is declared in it.
        rows: the rows of those tables that have any, in COPY's format.
        sequences: where each sequence is.
    """

    schema: str
    rows: dict[Name, bytes]
    sequences: dict[Name, int | None]


class Reserve:
    """Clones of one database, each lent to one test at a time."""

    def __init__(self, server: str, template: str) -> None:
        """Prepare a reserve; the first clone is made when it is needed.

        Args:
            server: the URL of the server's maintenance database.
            template: the name of the database that is cloned.
        """
        self._server = server
        self._template = template
        self._free: list[tuple[str, _Beginning, int]] = []

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The URL of a database that is as the template; afterwards it is made so again, or dropped."""
        name, beginning, loans = self._free.pop() if self._free else (*self._clone(), 0)
        try:
            yield in_database(self._server, name)
        finally:
            if loans < _MOST_LOANS and self._made_new(name, beginning):
                self._free.append((name, beginning, loans + 1))
            else:
                drop_database(self._server, name)

    def close(self) -> None:
        """Drop the databases."""
        for name, *_ in self._free:
            drop_database(self._server, name)

    def _clone(self) -> tuple[str, _Beginning]:
        name = new_database(self._server, self._template)
        with self._connected(name) as connection:
            rows = {table: _copied(connection, table) for table in _filled(connection)}
            return name, _Beginning(_schema(connection), rows, _sequences(connection))

    def _made_new(self, name: str, beginning: _Beginning) -> bool:
        """Bring back the rows that were there in the beginning; False when the schema is another one."""
        from psycopg.sql import SQL, Identifier

        with self._connected(name) as connection:
            connection.execute(_ALONE)
            if _schema(connection) != beginning.schema:
                return False
            with connection.transaction():
                # neither keys nor triggers: they have done their work on the rows that come back
                connection.execute("SET LOCAL session_replication_role = replica")
                for table in _filled(connection):
                    connection.execute(SQL("DELETE FROM {}").format(Identifier(*table)))
                for table, rows in beginning.rows.items():
                    with connection.cursor().copy(SQL("COPY {} FROM STDIN").format(Identifier(*table))) as copy:
                        copy.write(rows)
                for sequence, value in _sequences(connection).items():
                    if value != beginning.sequences[sequence]:
                        _set(connection, sequence, beginning.sequences[sequence])
        return True

    def _connected(self, name: str) -> "Connection":
        import psycopg

        return psycopg.connect(in_database(self._server, name).replace("+psycopg", ""), autocommit=True)


@pytest.fixture(scope="session")
def postgresql_reserve(postgresql_server: str, postgresql_template: str) -> Iterator[Reserve]:
    """Databases that hold the tables of every installed plugin, to be lent."""
    reserve = Reserve(postgresql_server, postgresql_template)
    yield reserve
    reserve.close()


def _filled(connection: "Connection") -> list[Name]:
    """The tables that have rows."""
    from psycopg.sql import SQL, Identifier

    tables = connection.execute(_TABLES, {"first": _FIRST_OWN_OID}).fetchall()
    look = SQL("(SELECT {} FROM {} LIMIT 1)")
    some = [look.format(number, Identifier(*table)) for number, table in enumerate(tables)]
    return [tables[number] for (number,) in connection.execute(SQL(" UNION ALL ").join(some))] if some else []


def _copied(connection: "Connection", table: Name) -> bytes:
    from psycopg.sql import SQL, Identifier

    with connection.cursor().copy(SQL("COPY {} TO STDOUT").format(Identifier(*table))) as copy:
        return b"".join(copy)


def _schema(connection: "Connection") -> str:
    return str(connection.execute(_SCHEMA, {"first": _FIRST_OWN_OID}).fetchall())


def _sequences(connection: "Connection") -> dict[Name, int | None]:
    return {(schema, name): value for schema, name, value in connection.execute(_SEQUENCES)}


def _set(connection: "Connection", sequence: Name, value: int | None) -> None:
    from psycopg.sql import SQL, Identifier, Literal

    start = SQL("RESTART") if value is None else SQL("RESTART WITH {}").format(Literal(value + 1))
    connection.execute(SQL("ALTER SEQUENCE {} {}").format(Identifier(*sequence), start))
