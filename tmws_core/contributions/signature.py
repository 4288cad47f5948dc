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
    """The schema without the titles that pydantic derives from names; they only cost a client's context."""
    return _mapped(schema, _without_title)


def lean_arguments(schema: Any) -> Any:  # noqa: ANN401 -- as for lean
    """A lean schema of arguments, in which null is not told as another way to leave one out.

    For a result that would be wrong: what is not there comes back as null, and clients check it against the schema.
    """
    return _mapped(schema, lambda part: _without_null(_without_title(part)))


def _mapped(schema: Any, change: Callable[[JSONSchema], JSONSchema]) -> Any:  # noqa: ANN401 -- as for lean
    if isinstance(schema, list):
        return [_mapped(part, change) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return change(
        {
            key: {name: _mapped(part, change) for name, part in value.items()}
            if key in ("properties", "$defs")
            else _mapped(value, change)
            for key, value in schema.items()
        }
    )


def _without_title(schema: JSONSchema) -> JSONSchema:
    return {key: value for key, value in schema.items() if key != "title"}


def _without_null(schema: JSONSchema) -> JSONSchema:
    """An optional argument is left out rather than null: `anyOf` of a type and null becomes the type."""
    branches = [branch for branch in schema.get("anyOf", ()) if branch != {"type": "null"}]
    if len(branches) != 1 or schema.get("default", ...) is not None:
        return schema
    only: JSONSchema = branches[0]
    return only | {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
