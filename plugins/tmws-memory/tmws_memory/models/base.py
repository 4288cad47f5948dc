"""The declarative base of tmws-memory."""

from sqlalchemy import Table
from sqlalchemy.orm import DeclarativeBase

from tmws_core.declarative import plugin_metadata


class Base(DeclarativeBase):
    """The base of every model of this plugin."""

    metadata = plugin_metadata("memory")


def table_of(model: type[Base]) -> Table:
    """The table of a model, for rows in bulk: SQLAlchemy takes longer for entities, and counts their version at 1."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 -- tells the type checker
    return table
