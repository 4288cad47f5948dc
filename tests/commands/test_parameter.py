"""How a tool's JSON Schema becomes parameters of a command."""

from enum import StrEnum
from typing import Literal

import pytest
from pydantic import BaseModel, TypeAdapter

from tmws_core.commands.parameter import Kind, parameters_of


class Size(StrEnum):
    """A size."""

    SMALL = "small"
    LARGE = "large"


class Point(BaseModel):
    """A point."""

    x: int


@pytest.mark.parametrize(
    ("annotation", "kind", "repeated"),
    [
        (str, Kind.TEXT, False),
        (str | None, Kind.TEXT, False),
        (int, Kind.INTEGER, False),
        (float | None, Kind.NUMBER, False),
        (bool, Kind.BOOLEAN, False),
        (Size, Kind.TEXT, False),
        (Size | None, Kind.TEXT, False),
        (Literal["a", "b"], Kind.TEXT, False),
        (Literal["a"], Kind.TEXT, False),
        (list[str], Kind.TEXT, True),
        (list[int] | None, Kind.INTEGER, True),
        (set[Size], Kind.TEXT, True),
        (list[Point], Kind.JSON, False),
        (tuple[int, str], Kind.JSON, False),
        (Point, Kind.JSON, False),
        (dict[str, int], Kind.JSON, False),
        (int | str, Kind.JSON, False),
        (object, Kind.JSON, False),
    ],
)
def test_each_type_has_a_way_to_be_typed(annotation: object, kind: Kind, repeated: bool) -> None:
    schema = TypeAdapter(annotation).json_schema()
    definitions = schema.pop("$defs", {})
    [parameter] = parameters_of({"properties": {"field": schema}, "$defs": definitions})
    assert (parameter.kind, parameter.repeated) == (kind, repeated)


def test_an_option_that_every_command_has_is_spelled_otherwise() -> None:
    [parameter] = parameters_of({"properties": {"json": {"type": "string"}}})
    assert parameter.option == "--argument-json"


def test_underscores_become_hyphens() -> None:
    [parameter] = parameters_of({"properties": {"memory_id": {"type": "string"}}})
    assert parameter.option == "--memory-id"
