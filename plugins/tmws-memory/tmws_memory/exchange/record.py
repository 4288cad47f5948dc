"""A memory outside the database, and what is said of one that cannot be read."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    TypeAdapter,
    ValidationError,
)

from tmws_core.fields import Slug, StorableText
from tmws_memory.facts import StorableFacts

MOST_TAGS = 50
_LONGEST_SHOWN = 80
_MOST_REASONS = 3
_STORABLE: TypeAdapter[dict[str, Any]] = TypeAdapter(StorableFacts)


def _writable(facts: dict[str, JsonValue]) -> dict[str, JsonValue]:
    # before JSON is written, because of what nests too deeply for the writer
    _STORABLE.validate_python(facts)
    try:
        json.dumps(facts)
    except ValueError as error:
        raise ValueError(
            "it contains a whole number of more digits than JSON readers take; write it as text"
        ) from error
    return facts


def _moment(value: object) -> object:
    """Take a moment as text of ISO 8601 only; a bare number would be taken for seconds since 1970."""
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value
    raise ValueError("it is no moment; write it as 2026-01-31T12:00:00Z")


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC).replace(fold=0)
    except OverflowError as error:
        raise ValueError("it lies before the year 1 or after the year 9999 in UTC") from error


Name = Annotated[StorableText, Field(min_length=1)]
Facts = Annotated[dict[str, JsonValue], AfterValidator(_writable)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_in_utc)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]


class Grant(BaseModel):
    """The leave of one agent to read, change or delete one memory, perhaps until a moment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agent_id: Name
    permission: Literal["read", "write", "delete"] = "read"
    expires_at: Moment | None = None


class Record(BaseModel):
    """One memory as it stands in a file; what is None is left to whoever stores it."""

    # where it stood is no part of what it is: a slot is neither compared nor written
    __slots__ = ("_place",)

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: Annotated[StorableText, Field(min_length=1)]
    id: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")] | None = None
    memory_type: Slug = "general"
    tags: Annotated[list[StorableText], Field(max_length=MOST_TAGS)] = []
    importance: Share = 0.5
    relevance: Share = 0.5
    context: Facts = {}
    source_url: StorableText | None = None
    namespace: Name | None = None
    agent_id: Name | None = None
    access_level: Literal["private", "team", "shared", "public", "system"] = "private"
    session: Name | None = None
    summary: StorableText | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    expires_at: Moment | None = None
    archived_at: Moment | None = None
    version: Annotated[int, Field(strict=True, ge=1)] = 1
    grants: list[Grant] = []

    @property
    def place(self) -> tuple[str, int | None]:
        """The file and the line from which it was built; nothing is known of one that was made by hand."""
        found: tuple[str, int | None] = getattr(self, "_place", ("", None))
        return found


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that could not be read, while the rest goes on.

    Attributes:
        source: the file, as it is shown to people.
        line: the line in it, counted from 1; None when the whole file is meant.
        reason: what was wrong, and what to do.
    """

    source: str
    line: int | None
    reason: str


Reading = Iterator[Record | Fault]
"""What every reader gives: lazily, in the order of the file, and without raising for what stands in it."""


def dump(record: Record) -> dict[str, Any]:
    """The fields of a record that differ from their defaults, as JSON has them."""
    return record.model_dump(mode="json", exclude_defaults=True)


def build(values: Mapping[str, object], source: str, line: int | None) -> Record | Fault:
    """The record with these values, or the reason why there can be none.

    Args:
        values: the fields of the record.
        source: the file in which it stands.
        line: the line in it.
    """
    try:
        record = Record.model_validate(values)
        object.__setattr__(record, "_place", (source, line))
        return record
    except ValidationError as error:
        reasons = [f"{_place(each['loc'])}: {each['msg']}" for each in error.errors(include_url=False)]
    further = [f"and {len(reasons) - _MOST_REASONS} more"] if len(reasons) > _MOST_REASONS else []
    return Fault(source, line, "; ".join([*reasons[:_MOST_REASONS], *further]))


def shown(text: object) -> str:
    """Text of a file as a message may quote it: short, in one line, without control characters or half characters."""
    quoted = repr(str(text))[1:-1]
    return quoted if len(quoted) <= _LONGEST_SHOWN else f"{quoted[:_LONGEST_SHOWN]}…"


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(shown(step) for step in location) or "the memory"
