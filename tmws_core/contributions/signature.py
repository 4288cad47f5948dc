"""Turns a function's signature into a model that validates its arguments and describes them as JSON Schema."""

import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter, create_model

JSONSchema = dict[str, Any]


def arguments_model(function: Callable[..., Any]) -> type[BaseModel]:
    """A model with one field for each parameter after the context; an argument that it does not know is refused.

    Raises:
        TypeError: a parameter has no annotation, or takes any number of arguments.
    """
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) or parameter.name not in hints:
            raise TypeError(
                f"parameter {parameter.name!r} of {function.__module__}:{function.__qualname__} needs a name and an "
                "annotation of its own: its JSON Schema comes from there"
            )
        required = parameter.default is parameter.empty
        fields[parameter.name] = (hints[parameter.name], ... if required else parameter.default)
    return create_model(
        function.__name__,
        __config__=ConfigDict(extra="forbid", allow_inf_nan=False, validate_default=False),
        __module__=function.__module__,
        **fields,
    )


def result_adapter(function: Callable[..., Any]) -> TypeAdapter[Any]:
    """An adapter for what the function returns.

    Raises:
        TypeError: the function does not say what it returns.
    """
    hints = get_type_hints(function, include_extras=True)
    if "return" not in hints:
        raise TypeError(f"{function.__module__}:{function.__qualname__} must say what it returns")
    return TypeAdapter(hints["return"])


def lean(schema: Any) -> Any:  # noqa: ANN401 -- a JSON Schema is any JSON
    """The schema without what only costs a client's context: derived titles, and null as the way to leave out."""
    if isinstance(schema, list):
        return [lean(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    slim = {
        key: {name: lean(part) for name, part in value.items()} if key in ("properties", "$defs") else lean(value)
        for key, value in schema.items()
        if key != "title"
    }
    return _without_null(slim)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """An optional argument is left out rather than null: `anyOf` of a type and null becomes the type."""
    branches = [branch for branch in schema.get("anyOf", ()) if branch != {"type": "null"}]
    if len(branches) != 1 or schema.get("default", ...) is not None:
        return schema
    only: dict[str, Any] = branches[0]
    return only | {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
