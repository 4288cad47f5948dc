"""Arguments are validated and described by the function's own signature."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, ValidationError

from tmws_core.context import Context
from tmws_core.contributions.signature import arguments_model, lean, lean_arguments, result_adapter


class Point(BaseModel):
    x: int
    y: int = 0


async def every_kind(
    ctx: Context,
    text: str,
    number: Annotated[int, Field(ge=1, description="How many.")] = 5,
    point: Point | None = None,
    *,
    ratio: float = 0.5,
) -> Point:
    return Point(x=number)


def test_the_context_is_no_argument() -> None:
    assert list(arguments_model(every_kind).model_fields) == ["text", "number", "point", "ratio"]


def test_defaults_come_from_the_signature() -> None:
    model = arguments_model(every_kind)(text="a")
    assert model.model_dump() == {"text": "a", "number": 5, "point": None, "ratio": 0.5}


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({}, "text"),
        ({"text": "a", "number": 0}, "number"),
        ({"text": "a", "point": {"x": "far"}}, "point"),
        ({"text": "a", "ratio": float("nan")}, "ratio"),
        ({"text": "a", "colour": "red"}, "colour"),
    ],
)
def test_a_fault_is_found_by_the_name_of_the_argument(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        arguments_model(every_kind).model_validate(arguments)
    assert [fault["loc"][0] for fault in raised.value.errors()] == [field]


def test_an_argument_without_an_annotation_is_refused() -> None:
    namespace: dict[str, Any] = {}
    exec("async def vague(ctx, thing) -> int: ...", namespace)
    with pytest.raises(TypeError, match=r"parameter 'thing' of .*vague needs a name and an annotation of its own"):
        arguments_model(namespace["vague"])


@pytest.mark.parametrize("star", ["*", "**"])
def test_any_number_of_arguments_is_refused(star: str) -> None:
    namespace: dict[str, Any] = {}
    exec(f"async def many(ctx, {star}things: int) -> int: ...", namespace)
    with pytest.raises(TypeError, match=r"parameter 'things' of .*many needs a name"):
        arguments_model(namespace["many"])


def test_a_result_without_an_annotation_is_refused() -> None:
    namespace: dict[str, Any] = {}
    exec("async def vague(ctx): ...", namespace)
    with pytest.raises(TypeError, match="vague must say what it returns"):
        result_adapter(namespace["vague"])


def test_titles_are_taken_out_of_a_schema_and_not_out_of_its_properties() -> None:
    schema = {
        "title": "Book",
        "properties": {"title": {"title": "Title", "type": "string"}},
        "$defs": {"title": {"title": "T", "anyOf": [{"title": "U", "type": "null"}, {"type": "string"}]}},
    }
    assert lean(schema) == {
        "properties": {"title": {"type": "string"}},
        "$defs": {"title": {"anyOf": [{"type": "null"}, {"type": "string"}]}},
    }


def test_an_argument_that_may_be_left_out_is_not_described_as_null() -> None:
    schema = lean_arguments(arguments_model(every_kind).model_json_schema())
    assert schema["properties"]["point"] == {"$ref": "#/$defs/Point"}
