"""The types of the tools' arguments, each described once."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from tmws_core.fields import Slug, StorableText
from tmws_memory.budget import MOST_BYTES_OF_TAGS, size
from tmws_memory.facts import StorableFacts


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("in UTC it lies outside of the years 1 to 9999; give another moment") from error


def _not_too_large(tags: list[str]) -> list[str]:
    if size(tags) > MOST_BYTES_OF_TAGS:
        raise ValueError(f"together they have {size(tags)} bytes as JSON, of {MOST_BYTES_OF_TAGS}; give fewer")
    return tags


Content = Annotated[StorableText, Field(min_length=1, description="The text to remember.")]
MemoryId = Annotated[str, Field(max_length=200, description="The identifier of a memory.")]
MemoryType = Annotated[Slug, Field(description="What kind of memory it is, such as general, decision or preference.")]
Tag = Annotated[StorableText, Field(min_length=1, max_length=200)]
Tags = Annotated[
    list[Tag],
    Field(max_length=50, description="Words to find it by, besides its text."),
    AfterValidator(_not_too_large),
]
Importance = Annotated[float, Field(strict=True, ge=0, le=1, description="How much it matters, from 0 to 1.")]
Namespace = Annotated[Slug | None, Field(description="The namespace; without it, the caller's own.")]
Facts = Annotated[StorableFacts, Field(description="Facts about the memory, as JSON.")]
AccessLevel = Annotated[
    Literal["private", "team", "shared", "public", "system"],
    Field(description="Who may read it: you; your namespace; whom you share it with; everybody; everybody, by rule."),
]
Days = Annotated[float, Field(strict=True, gt=0, le=36_500, description="For how many days.")]
TimeToLive = Annotated[Days | None, Field(description="After how many days it is forgotten; without it, never.")]
SessionName = Annotated[
    StorableText | None,
    Field(
        min_length=1, max_length=200, description="The conversation or task; memories of one help to find each other."
    ),
]
Link = Annotated[StorableText | None, Field(max_length=2000, description="Where it comes from.")]
Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1, description="A version of a memory.")]
Limit = Annotated[int, Field(strict=True, ge=1, le=100, description="How many at most.")]
Cursor = Annotated[str | None, Field(max_length=500, description="next_cursor of the page before.")]
Offset = Annotated[int, Field(strict=True, ge=0, description="Where to begin in the text, in characters.")]
AgentId = Annotated[StorableText, Field(min_length=1, max_length=64, description="The public name of an agent.")]
MomentInUTC = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Moment = Annotated[
    MomentInUTC | None,
    Field(description="A moment with its time zone, as ISO 8601."),
]
FilterTags = Annotated[list[Tag], Field(max_length=50, description="Only memories that have all of these tags.")]
FilterType = Annotated[MemoryType | None, Field(description="Only memories of this kind.")]
FilterAgent = Annotated[AgentId | None, Field(description="Only memories of this agent.")]
Since = Annotated[Moment, Field(description="Only memories from this moment on.")]
Until = Annotated[Moment, Field(description="Only memories before this moment.")]
