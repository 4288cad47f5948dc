"""That a column has one of some values, which go to the database as one parameter: a statement is made once."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, bindparam, func, select


def is_one_of(column: ColumnElement[Any], parameter: str, dialect: str) -> ColumnElement[bool]:
    """The condition that a column has one of the values of a parameter.

    Args:
        column: the column.
        parameter: the parameter's name.
        dialect: the name of the database's dialect.
    """
    if dialect == "postgresql":
        return column == any_(bindparam(parameter, type_=ARRAY(column.type)))
    return column.in_(select(func.json_each(bindparam(parameter)).table_valued("value").c.value))


def as_parameter(values: Sequence[int] | Sequence[str], dialect: str) -> object:
    """Values as the parameter of such a condition."""
    return list(values) if dialect == "postgresql" else json.dumps(values)
