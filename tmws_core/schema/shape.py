"""The shape of a table, as it is declared and as it is compared: columns, keys, indexes and checks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import (
    CheckConstraint,
    Column,
    Constraint,
    Dialect,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
)

# two spellings of one PostgreSQL type: what is declared, and what the catalogue answers
_SYNONYMS = {"FLOAT": "DOUBLE PRECISION", "DECIMAL": "NUMERIC"}


class ColumnShape(NamedTuple):
    """A column's type, in the words of the database, and whether it may be empty."""

    type: str
    nullable: bool


class ForeignKeyShape(NamedTuple):
    """A foreign key: its columns, where it leads, and what follows from a deletion or a change there."""

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    on_delete: str
    on_update: str


class IndexShape(NamedTuple):
    """An index: its name, its columns (None for an expression), and whether it is unique."""

    name: str
    columns: tuple[str | None, ...]
    unique: bool


@dataclass(frozen=True)
class TableShape:
    """Everything of a table that a live database can be asked for."""

    columns: Mapping[str, ColumnShape]
    primary_key: tuple[str, ...]
    foreign_keys: frozenset[ForeignKeyShape]
    uniques: frozenset[frozenset[str]]
    indexes: frozenset[IndexShape]
    checks: frozenset[str]


Shapes = Mapping[str, TableShape]


def declared_shapes(metadata: MetaData, dialect: Dialect) -> dict[str, TableShape]:
    """The shape of every table of a metadata, in the words of one database."""
    return {table.name: _declared(table, dialect) for table in metadata.tables.values()}


def differences(declared: Shapes, live: Shapes, derived: Iterable[str] = ()) -> list[str]:
    """What is declared and not live, or live and not declared, one sentence each.

    Args:
        declared: the shapes of the tables of one plugin.
        live: the shapes of all tables of the database; other plugins' tables are passed over.
        derived: the beginnings of the names of indexes that the plugin declares as derived.
    """
    prefixes = tuple(derived)
    found = [f"table {name} is missing" for name in sorted(declared.keys() - live.keys())]
    for name in sorted(declared.keys() & live.keys()):
        kept = frozenset(index for index in live[name].indexes if not index.name.startswith(prefixes))
        found.extend(
            f"{name}: {difference}" for difference in _differences(declared[name], replace(live[name], indexes=kept))
        )
    return found


def type_name(column_type: str) -> str:
    """A column type in one spelling."""
    upper = column_type.upper()
    return _SYNONYMS.get(upper, upper)


def _declared(table: Table, dialect: Dialect) -> TableShape:
    return TableShape(
        columns={column.name: _column(column, dialect) for column in table.columns},
        primary_key=tuple(column.name for column in table.primary_key.columns),
        foreign_keys=frozenset(_foreign_key(key) for key in table.foreign_key_constraints),
        uniques=frozenset(
            frozenset(column.name for column in constraint.columns)
            for constraint in table.constraints
            if isinstance(constraint, UniqueConstraint)
        ),
        indexes=frozenset(_index(index) for index in table.indexes),
        checks=frozenset(
            str(dialect.identifier_preparer.format_constraint(constraint))
            for constraint in (*table.constraints, *_of_columns(table))
            if isinstance(constraint, CheckConstraint) and constraint.name is not None
        ),
    )


def _of_columns(table: Table) -> Iterator[Constraint]:
    """The constraints that are declared inside a column; they are part of the table all the same."""
    return (constraint for column in table.columns for constraint in column.constraints)


def _column(column: Column[object], dialect: Dialect) -> ColumnShape:
    return ColumnShape(type_name(column.type.compile(dialect=dialect)), bool(column.nullable))


def _foreign_key(key: ForeignKeyConstraint) -> ForeignKeyShape:
    return ForeignKeyShape(
        columns=tuple(key.column_keys),
        target=key.referred_table.name,
        target_columns=tuple(element.column.name for element in key.elements),
        on_delete=(key.ondelete or "NO ACTION").upper(),
        on_update=(key.onupdate or "NO ACTION").upper(),
    )


def _index(index: Index) -> IndexShape:
    columns = tuple(part.name if isinstance(part, Column) else None for part in index.expressions)
    return IndexShape(str(index.name), columns, bool(index.unique))


def _differences(declared: TableShape, live: TableShape) -> Iterator[str]:
    yield from _compare_names("column", declared.columns, live.columns)
    for name in sorted(declared.columns.keys() & live.columns.keys()):
        wanted, found = declared.columns[name], live.columns[name]
        if wanted.type != found.type:
            yield f"column {name} is {found.type} instead of {wanted.type}"
        if wanted.nullable != found.nullable:
            yield f"column {name} is {'nullable' if found.nullable else 'NOT NULL'}, against its declaration"
    if declared.primary_key != live.primary_key:
        yield f"the primary key is {live.primary_key} instead of {declared.primary_key}"
    yield from _compare_names("foreign key", map(_describe, declared.foreign_keys), map(_describe, live.foreign_keys))
    yield from _compare_names("unique constraint on", map(_listed, declared.uniques), map(_listed, live.uniques))
    yield from _compare_names("index", map(_describe_index, declared.indexes), map(_describe_index, live.indexes))
    yield from _compare_names("check", declared.checks, live.checks)


def _compare_names(kind: str, declared: Iterable[str], live: Iterable[str]) -> Iterator[str]:
    wanted, found = set(declared), set(live)
    yield from (f"{kind} {name} is missing" for name in sorted(wanted - found))
    yield from (f"{kind} {name} is not declared" for name in sorted(found - wanted))


def _describe(key: ForeignKeyShape) -> str:
    return (
        f"{', '.join(key.columns)} -> {key.target} ({', '.join(key.target_columns)}) on delete {key.on_delete.lower()} "
        f"on update {key.on_update.lower()}"
    )


def _describe_index(index: IndexShape) -> str:
    columns = ", ".join(column or "expression" for column in index.columns)
    return f"{index.name} ({columns}){' unique' if index.unique else ''}"


def _listed(columns: frozenset[str]) -> str:
    return ", ".join(sorted(columns))
