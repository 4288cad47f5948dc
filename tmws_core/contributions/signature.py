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


def without_titles(schema: Any) -> Any:  # noqa: ANN401 -- a JSON Schema is any JSON
    """The schema without the titles that pydantic derives from field names; they only cost a client's context."""
    if isinstance(schema, list):
        return [without_titles(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: without_titles(part) for name, part in value.items()}
        if key in ("properties", "$defs")
        else without_titles(value)
        for key, value in schema.items()
        if key != "title"
    }
