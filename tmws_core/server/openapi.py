"""Describes the HTTP API in OpenAPI 3.1, from the same declarations that the tools are made of."""

from collections.abc import Mapping
from typing import Any

from tmws_core.catalogue import OfferedTool
from tmws_core.contributions.signature import JSONSchema

_DEFINITIONS = "#/$defs/"
_COMPONENTS = "#/components/schemas/"
_ERROR: JSONSchema = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string", "description": "A short word that programs compare."},
                "message": {"type": "string", "description": "What was wrong."},
                "hint": {"type": "string", "description": "What to do."},
                "details": {"type": "object", "description": "More for programs."},
            },
            "required": ["code", "message"],
        }
    },
    "required": ["error"],
}


def openapi_document(endpoints: Mapping[str, OfferedTool], version: str) -> dict[str, Any]:
    """The OpenAPI document of the tools.

    Args:
        endpoints: the tools by their paths.
        version: the version of the API.
    """
    schemas: JSONSchema = {"Error": _ERROR}
    paths = {path: {"post": _operation(offered, schemas)} for path, offered in endpoints.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "TMWS", "version": version},
        "tags": [{"name": plugin} for plugin in dict.fromkeys(one.plugin for one in endpoints.values())],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _operation(offered: OfferedTool, schemas: JSONSchema) -> dict[str, Any]:
    tool = offered.tool
    arguments = _hoisted(tool.input_schema, f"{tool.name}.arguments", schemas)
    result = _hoisted(tool.output_schema, f"{tool.name}.result", schemas)
    return {
        "operationId": tool.name,
        "tags": [offered.plugin],
        "summary": tool.description.partition("\n")[0],
        "description": tool.description,
        "requestBody": {"required": bool(tool.input_schema.get("required")), "content": _json(arguments)},
        "responses": {
            "200": {"description": "The result.", "content": _json(result)},
            "default": {"description": "What went wrong.", "content": _json({"$ref": f"{_COMPONENTS}Error"})},
        },
    }


def _json(schema: JSONSchema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _hoisted(schema: JSONSchema, prefix: str, schemas: JSONSchema) -> JSONSchema:
    """The schema with its definitions moved to the components, under names that begin with `prefix`."""
    for name, definition in schema.get("$defs", {}).items():
        schemas[f"{prefix}.{name}"] = _pointing_to_components(definition, prefix)
    moved: JSONSchema = _pointing_to_components(schema, prefix)
    moved.pop("$defs", None)
    return moved


def _pointing_to_components(schema: Any, prefix: str) -> Any:  # noqa: ANN401 -- a JSON Schema is any JSON
    if isinstance(schema, list):
        return [_pointing_to_components(part, prefix) for part in schema]
    if isinstance(schema, dict):
        return {key: _pointing_to_components(value, prefix) for key, value in schema.items()}
    if isinstance(schema, str) and schema.startswith(_DEFINITIONS):
        return f"{_COMPONENTS}{prefix}.{schema.removeprefix(_DEFINITIONS)}"
    return schema
