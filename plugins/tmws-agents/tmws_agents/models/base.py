"""The declarative base of tmws-agents, and the column by which names are told apart."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column

from tmws_core.declarative import plugin_metadata
from tmws_core.fields import look_alike


class Base(DeclarativeBase):
    """The base of every model of this plugin."""

    metadata = plugin_metadata("agents")


def look_alike_of(name: str) -> MappedColumn[Any]:
    """A column with what a name looks like, so that no two rows have names that a reader takes for one.

    It is empty for a row that had such a name before names were compared so; see `r0002`.

    Args:
        name: the column of the name.
    """

    def skeleton(context: DefaultExecutionContext) -> str:
        parameters: Callable[[], Mapping[str, str]] = context.get_current_parameters
        return look_alike(parameters()[name])

    return mapped_column(Text, index=True, unique=True, default=skeleton, sort_order=95)
