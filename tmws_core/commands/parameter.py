"""What a tool's JSON Schema asks for, one parameter at a time, and how it is read from what people type."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tmws_core.contributions.signature import JSONSchema
from tmws_core.tool_errors import InvalidArguments


class Kind(StrEnum):
    """How a value is typed on the command line."""

    TEXT = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    JSON = "json"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a tool.

    Attributes:
        name: its name.
        kind: how one value of it is typed.
        repeated: it is a list, and its option is given once for each value.
        required: there is no default.
        description: what it is, with the choices and the default where there are any.
    """

    name: str
    kind: Kind
    repeated: bool
    required: bool
    description: str

    @property
    def is_positional(self) -> bool:
        """Whether it is given by its place instead of as an option."""
        return self.required and self.kind is Kind.TEXT and not self.repeated

    @property
    def option(self) -> str:
        """The option's name; `--json` and `--help` belong to every command already."""
        spelled = self.name.replace("_", "-")
        return f"--argument-{spelled}" if spelled in ("json", "help") else f"--{spelled}"

    def read(self, text: str) -> Any:  # noqa: ANN401 -- any JSON
        """The value that a `key=value` stands for: text as it is, everything else as JSON.

        Raises:
            InvalidArguments: it is not JSON.
        """
        return text if self.kind is Kind.TEXT and not self.repeated else read_json(text, self.name)


def parameters_of(schema: JSONSchema) -> list[Parameter]:
    """The parameters of an input schema, in its order."""
    required = schema.get("required", [])
    definitions = schema.get("$defs", {})
    return [
        _parameter(name, described, name in required, definitions)
        for name, described in schema.get("properties", {}).items()
    ]


def read_json(text: str, name: str) -> Any:  # noqa: ANN401 -- any JSON
    """Read JSON that somebody typed.

    Args:
        text: what was typed.
        name: what it was typed for, for the error.

    Raises:
        InvalidArguments: it is not JSON.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidArguments(
            f"{name}: {text[:80]!r} is not JSON ({error})",
            hint=f'write a list as {name}=\'["a", "b"]\', an object as {name}=\'{{"key": 1}}\'',
        ) from error


def _parameter(name: str, schema: JSONSchema, required: bool, definitions: Mapping[str, JSONSchema]) -> Parameter:
    essential = _essential(schema, definitions)
    repeated = essential.get("type") == "array" and "prefixItems" not in essential
    items = _essential(essential.get("items") or {}, definitions) if repeated else essential
    kind = _kind(items)
    if repeated and kind in (Kind.JSON, Kind.BOOLEAN):
        kind, repeated = Kind.JSON, False
    return Parameter(name, kind, repeated, required, _description(schema, items, kind))


def _essential(schema: JSONSchema, definitions: Mapping[str, JSONSchema]) -> JSONSchema:
    """What remains of a schema when references are followed and `null` is left aside."""
    if reference := schema.get("$ref"):
        return _essential(definitions.get(str(reference).rpartition("/")[2], {}), definitions)
    alternatives = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(alternatives) == 1:
        return _essential(alternatives[0], definitions)
    return schema


def _kind(schema: JSONSchema) -> Kind:
    choices = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    if choices and all(isinstance(choice, str) for choice in choices):
        return Kind.TEXT
    alternatives = schema.get("anyOf")
    if alternatives and all(one.get("type") == "string" for one in alternatives):
        return Kind.TEXT
    named = schema.get("type")
    return Kind(named) if named in tuple(Kind) else Kind.JSON


def _description(schema: JSONSchema, items: JSONSchema, kind: Kind) -> str:
    parts = [str(schema.get("description") or items.get("description") or "")]
    if choices := items.get("enum"):
        parts.append(f"one of {', '.join(map(str, choices))}")
    if kind is Kind.JSON:
        parts.append("written as JSON")
    if schema.get("default") not in (None, "", [], {}):
        parts.append(f"default: {json.dumps(schema['default'])}")
    return "; ".join(part.rstrip(".") for part in parts if part)
