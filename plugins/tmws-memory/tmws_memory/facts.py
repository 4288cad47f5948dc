"""Facts: the free JSON of a memory, of which both databases can store everything."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, FiniteFloat, TypeAdapter, ValidationError

from tmws_core.fields import StorableText

_DEEPEST = 100
_TEXT: TypeAdapter[str] = TypeAdapter(StorableText)
_NUMBER: TypeAdapter[float] = TypeAdapter(FiniteFloat)


def _storable(facts: dict[str, Any]) -> dict[str, Any]:
    try:
        for part in _parts(facts, _DEEPEST):
            if isinstance(part, str):
                _TEXT.validate_python(part)
            if isinstance(part, float):
                _NUMBER.validate_python(part)
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from error
    return facts


def _parts(value: Any, levels: int) -> Iterator[Any]:  # noqa: ANN401 -- any JSON
    """Every key and every value that is not a container, at any depth."""
    if not isinstance(value, dict | list):
        yield value
        return
    if not levels:
        raise ValueError(f"it is nested more than {_DEEPEST} levels deep; make it flatter")
    for part in [*value, *value.values()] if isinstance(value, dict) else value:
        yield from _parts(part, levels - 1)


StorableFacts = Annotated[dict[str, Any], AfterValidator(_storable)]
"""A JSON object without NUL, half surrogate pairs, NaN and infinities, which PostgreSQL's JSON does not have."""
