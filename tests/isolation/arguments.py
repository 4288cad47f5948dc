"""Arguments for a door, made from its JSON Schema.

A text of a form that the schema does not tell, such as a checksum, is taken from the `examples` of its field: a plugin
with such an argument gives them there, where clients see them, too.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.isolation.doors import Door
from tmws_core.contributions import (
    Command,
    McpMethod,
    Prompt,
    PromptLister,
    Resource,
    ResourceLister,
    Route,
    Tool,
    ToolLister,
)
from tmws_core.contributions.signature import JSONSchema, arguments_model

Arguments = dict[str, Any]
_MOMENT = "2026-01-01T00:00:00Z"


@dataclass(frozen=True)
class Generator:
    """Makes values.

    Attributes:
        text: makes a text for the argument with a name and a schema.
        path: makes the path of a file that is not there.
        definitions: the schemas that others refer to.
    """

    text: Callable[[str, JSONSchema], str]
    path: Callable[[], Path]
    definitions: Mapping[str, JSONSchema]

    def value(self, name: str, schema: JSONSchema) -> Any:  # noqa: ANN401 -- any JSON
        """A value that fits a schema.

        Raises:
            LookupError: nobody has said how to make one.
        """
        if "$ref" in schema:
            return self.value(name, self.definitions[schema["$ref"].rpartition("/")[2]])
        if "anyOf" in schema:
            return self.value(name, next(one for one in schema["anyOf"] if one != {"type": "null"}))
        for told in ("examples", "enum"):
            if told in schema:
                return schema[told][0]
        makers = {
            "string": self._string,
            "integer": self._number,
            "number": self._number,
            "boolean": lambda _name, _schema: False,
            "array": self._array,
            "object": self._object,
        }
        if schema.get("type") not in makers:
            raise LookupError(f"{name}: no value can be made from {schema}; give its field examples")
        return makers[schema["type"]](name, schema)

    def choices(self, name: str, schema: JSONSchema) -> list[Any]:
        """Every value of a choice other than its default; of a text two, of everything else one."""
        alone = next((one for one in schema.get("anyOf", ()) if one != {"type": "null"}), schema)
        default = schema.get("default")
        if alone.get("type") == "boolean":
            return [default is not True]
        if "enum" in alone:
            return [choice for choice in alone["enum"] if choice != default]
        return [self.value(name, schema) for _ in range(2 if alone.get("type") == "string" else 1)]

    def _string(self, name: str, schema: JSONSchema) -> str:
        if schema.get("format") == "date-time":
            return _MOMENT
        return str(self.path()) if schema.get("format") == "path" else self.text(name, schema)

    def _number(self, _name: str, schema: JSONSchema) -> float:
        told = [schema[key] for key in ("maximum", "default", "minimum") if schema.get(key) is not None]
        number: float = min([*told[:1], 100])
        return number

    def _array(self, name: str, schema: JSONSchema) -> list[Any]:
        return [self.value(name, schema["items"]) for _ in range(min(2, schema.get("maxItems", 2)))]

    def _object(self, name: str, schema: JSONSchema) -> Arguments:
        properties = schema.get("properties", {})
        return {key: self.value(key, one) for key, one in properties.items()} or {name: self.text(name, {})}


def schema_of(door: Door) -> JSONSchema:
    """The JSON Schema of what a door takes.

    A completion takes what is typed, a route what its path and body name. A lister of prompts lists without arguments,
    gets a prompt of some name, and completes for one.
    """
    declared = door.declaration
    if isinstance(declared, Route):
        variables = [part.partition(":") for part in door.variables]
        kinds = {"int": "integer", "float": "number"}
        return _texts({name: kinds.get(kind, "string") for name, _, kind in variables})
    if door.kind == "completion":
        assert isinstance(declared, Prompt | Resource)
        names = declared.variables if isinstance(declared, Resource) else list(declared.arguments)
        schema = _texts(dict.fromkeys(names, "string"))
        schema["required"] = []
        return schema
    if isinstance(declared, Tool):
        return declared.input_schema
    if isinstance(declared, ToolLister | PromptLister | ResourceLister):
        schema = _texts(dict.fromkeys(("name", "typed") if isinstance(declared, PromptLister) else (), "string"))
        schema["required"] = []
        return schema
    assert isinstance(declared, Command | McpMethod | Prompt | Resource)
    return arguments_model(declared.function).model_json_schema()


def variations(schema: JSONSchema, generator: Generator) -> Iterator[Arguments]:
    """What is needed alone, then each further argument by itself, with each of its choices."""
    required = set(schema.get("required", ()))
    properties = schema.get("properties", {})

    def needed() -> Arguments:
        return {name: generator.value(name, one) for name, one in properties.items() if name in required}

    yield needed()
    for name, one in properties.items():
        for choice in generator.choices(name, one) if name not in required or "enum" in one else ():
            yield needed() | {name: choice}


def _texts(types: Mapping[str, str]) -> JSONSchema:
    return {"properties": {name: {"type": kind} for name, kind in types.items()}, "required": list(types)}
