"""Reads the shapes of all live tables, in a handful of queries however many tables there are."""

import json
import re
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, inspect, text
from sqlalchemy.engine.interfaces import ReflectedForeignKeyConstraint, ReflectedIndex

from tmws_core.schema.shape import ColumnShape, ForeignKeyShape, IndexShape, TableShape, type_name

_CHECK_NAME = re.compile(r'CONSTRAINT\s+("[^"]+"|\w+)\s+CHECK', re.IGNORECASE)

# the pragma functions give in one query for many tables what the pragmas give for one table at a time
_SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
_SQLITE_DEFINITIONS = (
    "SELECT t.name, t.sql FROM sqlite_master t WHERE t.type = 'table' AND t.name IN (SELECT value FROM json_each(?))"
)
_SQLITE_COLUMNS = (
    'SELECT t.name, c.name, c.type, c."notnull", c.pk FROM sqlite_master t, pragma_table_xinfo(t.name) c '
    "WHERE t.type = 'table' AND t.name IN (SELECT value FROM json_each(?)) ORDER BY c.cid"
)
_SQLITE_FOREIGN_KEYS = (
    'SELECT t.name, k.id, k."from", k."table", k."to", k.on_delete, k.on_update FROM sqlite_master t, '
    "pragma_foreign_key_list(t.name) k WHERE t.type = 'table' AND t.name IN (SELECT value FROM json_each(?)) "
    "ORDER BY k.id, k.seq"
)
_SQLITE_INDEXES = (
    'SELECT t.name, i.name, i."unique", i.origin, c.name FROM sqlite_master t, pragma_index_list(t.name) i, '
    "pragma_index_info(i.name) c WHERE t.type = 'table' AND t.name IN (SELECT value FROM json_each(?)) "
    "ORDER BY c.seqno"
)


_Row = Row[*tuple[Any, ...]]


def live_tables(connection: Connection) -> frozenset[str]:
    """The names of all tables, without the database's own."""
    if connection.dialect.name == "sqlite":
        return frozenset(name for (name,) in connection.exec_driver_sql(_SQLITE_TABLES))
    return frozenset(inspect(connection).get_table_names())


def has_relation(connection: Connection, name: str) -> bool:
    """Whether a table, virtual table or index of that name exists."""
    query = "SELECT 1 FROM sqlite_master WHERE name = :name"
    if connection.dialect.name == "postgresql":
        query = "SELECT 1 WHERE to_regclass(:name) IS NOT NULL"
    return connection.scalar(text(query), {"name": name}) is not None


def live_shapes(connection: Connection, tables: Collection[str]) -> dict[str, TableShape]:
    """The shapes of the named tables, as far as they exist.

    Args:
        connection: a connection to SQLite or PostgreSQL.
        tables: the names of the tables that are of interest.
    """
    if connection.dialect.name == "sqlite":
        return _sqlite_shapes(connection, frozenset(tables))
    return _postgresql_shapes(connection, list(tables))


def _sqlite_shapes(connection: Connection, tables: frozenset[str]) -> dict[str, TableShape]:
    definitions = _by_table(connection, _SQLITE_DEFINITIONS, tables)
    columns = _by_table(connection, _SQLITE_COLUMNS, tables)
    foreign_keys = _by_table(connection, _SQLITE_FOREIGN_KEYS, tables)
    indexes = _by_table(connection, _SQLITE_INDEXES, tables)
    return {
        name: TableShape(
            columns={row[1]: ColumnShape(type_name(row[2]), not row[3]) for row in columns[name]},
            primary_key=tuple(row[1] for row in sorted(columns[name], key=lambda row: int(row[4])) if row[4]),
            foreign_keys=_sqlite_foreign_keys(foreign_keys[name]),
            uniques=_sqlite_uniques(indexes[name]),
            indexes=_sqlite_indexes(indexes[name]),
            checks=frozenset(match.strip('"') for match in _CHECK_NAME.findall(definition[0][1])),
        )
        for name, definition in definitions.items()
    }


def _by_table(connection: Connection, query: str, tables: frozenset[str]) -> defaultdict[str, list[_Row]]:
    found: defaultdict[str, list[_Row]] = defaultdict(list)
    for row in connection.exec_driver_sql(query, (json.dumps(list(tables)),)).all():
        found[row[0]].append(row)
    return found


def _sqlite_foreign_keys(rows: list[_Row]) -> frozenset[ForeignKeyShape]:
    keys: defaultdict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        keys[row[1]].append(row)
    return frozenset(
        ForeignKeyShape(tuple(row[2] for row in key), key[0][3], tuple(row[4] for row in key), key[0][5], key[0][6])
        for key in keys.values()
    )


def _sqlite_uniques(rows: list[_Row]) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(columns) for columns in _grouped(rows, "u").values())


def _sqlite_indexes(rows: list[_Row]) -> frozenset[IndexShape]:
    unique = {row[1]: bool(row[2]) for row in rows}
    return frozenset(IndexShape(name, tuple(columns), unique[name]) for name, columns in _grouped(rows, "c").items())


def _grouped(rows: list[_Row], origin: str) -> defaultdict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if row[3] == origin:
            found[row[1]].append(row[4])
    return found


def _postgresql_shapes(connection: Connection, tables: list[str]) -> dict[str, TableShape]:
    inspector = inspect(connection)
    columns = inspector.get_multi_columns(filter_names=tables)
    primary_keys = inspector.get_multi_pk_constraint(filter_names=tables)
    foreign_keys = inspector.get_multi_foreign_keys(filter_names=tables)
    uniques = inspector.get_multi_unique_constraints(filter_names=tables)
    indexes = inspector.get_multi_indexes(filter_names=tables)
    checks = inspector.get_multi_check_constraints(filter_names=tables)
    return {
        key[1]: TableShape(
            columns={
                column["name"]: ColumnShape(
                    type_name(column["type"].compile(dialect=connection.dialect)), column["nullable"]
                )
                for column in columns[key]
            },
            primary_key=tuple((primary_keys[key] or {"constrained_columns": []})["constrained_columns"]),
            foreign_keys=frozenset(map(_postgresql_foreign_key, foreign_keys[key])),
            uniques=frozenset(frozenset(unique["column_names"]) for unique in uniques[key]),
            indexes=frozenset(
                _postgresql_index(index) for index in indexes[key] if not index.get("duplicates_constraint")
            ),
            checks=frozenset(str(check["name"]) for check in checks[key]),
        )
        for key in columns
    }


def _postgresql_foreign_key(key: ReflectedForeignKeyConstraint) -> ForeignKeyShape:
    options = key.get("options", {})
    return ForeignKeyShape(
        tuple(key["constrained_columns"]),
        key["referred_table"],
        tuple(key["referred_columns"]),
        str(options.get("ondelete", "NO ACTION")).upper(),
        str(options.get("onupdate", "NO ACTION")).upper(),
    )


def _postgresql_index(index: ReflectedIndex) -> IndexShape:
    return IndexShape(str(index["name"]), tuple(index["column_names"]), index["unique"])
