"""Column types and constraints that mean the same on SQLite and on PostgreSQL.

A plugin's models use these instead of the bare SQLAlchemy types: times are aware and in UTC, identifiers are
UUIDv7 text, vocabularies and ranges are enforced by the database, and JSON notices a change made in place.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, Enum, String, TypeDecorator, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.mutable import MutableDict, MutableList
from sqlalchemy.orm import Mapped, mapped_column

from tmws_core.identifiers import new_identifier

ACCESS_LEVELS = ("private", "team", "shared", "public", "system")


def utc_now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in time: aware when written, aware and in UTC when read, on every database.

    Raises:
        ValueError: a naive datetime was bound; add a time zone to it.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment; SQLite stores the UTC clock time, PostgreSQL the moment itself."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; use an aware datetime such as tmws_core.columns.utc_now()")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give back an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def json_type() -> JSON:
    """JSON text on SQLite, binary JSON on PostgreSQL; None is stored as NULL."""
    return JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def json_object() -> Any:  # noqa: ANN401 -- SQLAlchemy types a mutable wrapper as the type that it wraps
    """A JSON object whose changes in place are saved."""
    return MutableDict.as_mutable(json_type())


def json_array() -> Any:  # noqa: ANN401 -- see json_object
    """A JSON array whose changes in place are saved."""
    return MutableList.as_mutable(json_type())


def vocabulary(name: str, *values: str) -> Enum:
    """A closed vocabulary: text as wide as its longest value, with a CHECK that refuses any other value.

    Args:
        name: the column's name; the constraint becomes `ck_<table>_<name>`.
        values: the words that are allowed, in lower case.
    """
    return Enum(*values, name=name, native_enum=False, create_constraint=True, validate_strings=True)


def access_level(name: str = "access_level") -> Enum:
    """The vocabulary of who may see a row: private, team, shared, public or system."""
    return vocabulary(name, *ACCESS_LEVELS)


def within(column: str, low: float, high: float) -> CheckConstraint:
    """A CHECK that a number lies between two bounds, both included."""
    return CheckConstraint(f"{column} >= {low} AND {column} <= {high}", name=f"{column}_range")


def at_least(column: str, low: float) -> CheckConstraint:
    """A CHECK that a number is not below a bound."""
    return CheckConstraint(f"{column} >= {low}", name=f"{column}_minimum")


Identifier = Annotated[str, mapped_column(String(36), primary_key=True, default=new_identifier)]


class Identified:
    """A row with a primary key `id`, a UUIDv7 as text."""

    id: Mapped[Identifier] = mapped_column(sort_order=-10)


class Timestamped:
    """A row that knows when it was made and when it was last changed."""

    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, server_default=func.current_timestamp(), default=utc_now, sort_order=90
    )
    updated_at: Mapped[datetime] = mapped_column(
        UTCDateTime, server_default=func.current_timestamp(), default=utc_now, onupdate=utc_now, sort_order=91
    )


class Annotatable:
    """A row with free JSON beside its columns, in the column `metadata`."""

    metadata_json: Mapped[dict[str, Any]] = mapped_column(
        "metadata", json_object(), default=dict, server_default="{}", sort_order=92
    )
