"""A tool's schemas are those of its signature, and its result fits them."""

import importlib
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel

from tmws_core.context import Context
from tmws_core.contributions.tool import Tool, tool

# the package has no types; it is the one with which MCP clients check what a tool returns
Draft202012Validator: Any = importlib.import_module("jsonschema").Draft202012Validator


class Leaf(BaseModel):
    name: str
    colour: str | None = None
    grown_at: datetime = datetime(2025, 1, 1, tzinfo=UTC)


class Branch(BaseModel):
    leaves: list[Leaf] = []
    branches: "list[Branch]" = []
    nearest: "Branch | None" = None


RESULTS: dict[str, tuple[Any, Any, Any]] = {
    "a number": (int, 3, {"result": 3}),
    "nothing": (None, None, {"result": None}),
    "perhaps a text": (str | None, None, {"result": None}),
    "an object": (
        Leaf,
        Leaf(name="oak"),
        {"name": "oak", "colour": None, "grown_at": "2025-01-01T00:00:00Z"},
    ),
    "an object that is perhaps not there": (Leaf | None, None, {"result": None}),
    "a list of objects": (
        list[Leaf],
        [Leaf(name="oak", colour="red")],
        {"result": [{"name": "oak", "colour": "red", "grown_at": "2025-01-01T00:00:00Z"}]},
    ),
    "a dictionary": (dict[str, int], {"a": 1}, {"a": 1}),
    "an object that holds itself": (
        Branch,
        Branch(branches=[Branch()]),
        {
            "leaves": [],
            "branches": [{"leaves": [], "branches": [], "nearest": None}],
            "nearest": None,
        },
    ),
}


def _returning(annotation: object) -> Tool:
    async def function(ctx: Context) -> None: ...

    function.__annotations__["return"] = annotation
    return Tool(function=function, scope="trees:read")


@pytest.mark.parametrize("case", RESULTS)
def test_a_result_becomes_an_object(case: str) -> None:
    annotation, value, structured = RESULTS[case]
    assert _returning(annotation).structured(value) == structured


@pytest.mark.parametrize("case", RESULTS)
def test_a_result_fits_its_schema(case: str) -> None:
    annotation, value, _ = RESULTS[case]
    declared = _returning(annotation)
    Draft202012Validator.check_schema(declared.output_schema)
    assert declared.output_schema["type"] == "object"
    Draft202012Validator(declared.output_schema).validate(declared.structured(value))


def test_the_decorator_leaves_the_function_as_it_was() -> None:
    assert tool(scope="trees:read")(_function) is _function


def test_a_tool_is_named_and_described_by_its_function() -> None:
    declared = Tool(function=_function, scope="trees:read")
    assert (declared.name, declared.description) == ("_function", "Grow a tree.\n\nSlowly.")


def test_the_input_schema_is_lean() -> None:
    assert Tool(function=_function, scope="trees:read").input_schema == {
        "type": "object",
        "properties": {"height": {"type": "integer"}, "names": {"type": "array", "items": {"type": "string"}}},
        "required": ["height", "names"],
        "additionalProperties": False,
    }


def test_a_tool_without_arguments_takes_an_empty_object() -> None:
    schema = _returning(int).input_schema
    assert (schema["type"], schema["properties"], schema["additionalProperties"]) == ("object", {}, False)


def test_nothing_is_promised_unless_it_is_said() -> None:
    declared = Tool(function=_function, scope="trees:read")
    promised = (declared.read_only, declared.idempotent, declared.listed, declared.destructive, declared.open_world)
    assert promised == (False,) * 5


async def _function(ctx: Context, height: int, names: list[str]) -> None:
    """Grow a tree.

    Slowly.
    """
