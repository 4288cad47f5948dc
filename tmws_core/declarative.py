"""What a plugin's models begin with: one declarative base and one MetaData for each plugin.

    from sqlalchemy.orm import DeclarativeBase
    from tmws_core.declarative import plugin_metadata

    class Base(DeclarativeBase):
        metadata = plugin_metadata("notes")

A link to another plugin's table is made with the Column object, `ForeignKey(Agent.agent_id, ondelete="CASCADE")`, and
with the class object, never with a string: then a foreign key is a Python import, and the import is a dependency
that the distribution has to declare.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, MetaData, event

from tmws_core.observation import claim, watch

NAMING_CONVENTION: Final[Mapping[str, str]] = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


@dataclass(frozen=True)
class Derived:
    """Something that is computed from a plugin's table.

    Attributes:
        name: the common beginning of the names of what is created.
        after: the table that has to exist first.
        statements: the statements that create it, by the name of the dialect.
    """

    name: str
    after: str
    statements: Mapping[str, Sequence[str]]


def plugin_metadata(plugin: str) -> MetaData:
    """The MetaData of a plugin's declarative base.

    Args:
        plugin: the plugin's name, the one of its entry point in the group `tmws.plugins`.
    """
    watch()
    metadata = MetaData(naming_convention=dict(NAMING_CONVENTION), info={"plugin": plugin})
    claim(metadata)
    return metadata


def derived(
    metadata: MetaData, name: str, *, after: str, sqlite: Sequence[str] = (), postgresql: Sequence[str] = ()
) -> None:
    """Declare something that is computed from a plugin's table and lives beside it: a full-text index, a trigger.

    The statements run right after the table is created. A migration that brings the derived thing to an existing
    database repeats them with `op.execute`.

    Args:
        metadata: the plugin's metadata.
        name: the common beginning of the names that the statements create; it must start with `tmws_`.
        after: the name of the table that has to exist first.
        sqlite: the statements for SQLite, run one by one.
        postgresql: the statements for PostgreSQL, run one by one.

    Raises:
        ValueError: the name does not start with `tmws_`.
    """
    if not name.startswith("tmws_"):
        raise ValueError(f"derived {name!r} must be named tmws_…, not to be taken for one of the plugin's tables")
    declared = Derived(name, after, {"sqlite": tuple(sqlite), "postgresql": tuple(postgresql)})
    metadata.info.setdefault("derived", []).append(declared)

    def create(_table: object, connection: Connection, **_options: object) -> None:
        for statement in declared.statements.get(connection.dialect.name, ()):
            connection.exec_driver_sql(statement)

    event.listen(metadata.tables[after], "after_create", create)


def derived_of(metadata: MetaData) -> Sequence[Derived]:
    """Everything that `derived` declared for a plugin."""
    declared: Sequence[Derived] = metadata.info.get("derived", ())
    return declared


def derived_names(metadata: MetaData, dialect: str) -> list[str]:
    """The beginnings of the names of everything derived for a plugin on one kind of database."""
    return [one.name for one in derived_of(metadata) if one.statements.get(dialect)]


def owned_names(metadata: MetaData | None, dialect: str) -> list[str]:
    """The names of a plugin's tables and of what is derived from them: what is its own in a database."""
    if metadata is None:
        return []
    return sorted([*metadata.tables, *derived_names(metadata, dialect)])
