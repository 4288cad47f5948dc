"""How a tool's JSON Schema becomes parameters of a command."""

from enum import StrEnum
from typing import Literal

import pytest
from pydantic import BaseModel

from tmws_core.commands.parameter import Kind, parameters_of


class Size(StrEnum):
    """A size."""

    SMALL = "small"
    LARGE = "large"


class Point(BaseModel):
    """A point."""

    x: int


class Everything(BaseModel):
    """A field of every type that a tool may ask for."""

    text: str
    optional_text: str | None
    integer: int
    optional_number: float | None
    boolean: bool
    choice: Size
    optional_choice: Size | None
    literal: Literal["a", "b"]
    constant: Literal["a"]
    texts: list[str]
    optional_integers: list[int] | None
    choices: set[Size]
    points: list[Point]
    pair: tuple[int, str]
    point: Point
    numbers_by_name: dict[str, int]
    integer_or_text: int | str
    anything: object


@pytest.mark.parametrize(
    ("name", "kind", "repeated"),
    [
        ("text", Kind.TEXT, False),
        ("optional_text", Kind.TEXT, False),
        ("integer", Kind.INTEGER, False),
        ("optional_number", Kind.NUMBER, False),
        ("boolean", Kind.BOOLEAN, False),
        ("choice", Kind.TEXT, False),
        ("optional_choice", Kind.TEXT, False),
        ("literal", Kind.TEXT, False),
        ("constant", Kind.TEXT, False),
        ("texts", Kind.TEXT, True),
        ("optional_integers", Kind.INTEGER, True),
        ("choices", Kind.TEXT, True),
        ("points", Kind.JSON, False),
        ("pair", Kind.JSON, False),
        ("point", Kind.JSON, False),
        ("numbers_by_name", Kind.JSON, False),
        ("integer_or_text", Kind.JSON, False),
        ("anything", Kind.JSON, False),
    ],
)
def test_each_type_has_a_way_to_be_typed(name: str, kind: Kind, repeated: bool) -> None:
    parameters = {parameter.name: parameter for parameter in parameters_of(Everything.model_json_schema())}
    assert (parameters[name].kind, parameters[name].repeated) == (kind, repeated)


def test_an_option_that_every_command_has_is_spelled_otherwise() -> None:
    [parameter] = parameters_of({"properties": {"json": {"type": "string"}}})
    assert parameter.option == "--argument-json"


def test_underscores_become_hyphens() -> None:
    [parameter] = parameters_of({"properties": {"memory_id": {"type": "string"}}})
    assert parameter.option == "--memory-id"
