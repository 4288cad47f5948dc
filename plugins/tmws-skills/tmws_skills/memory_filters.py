"""Which memories come along with a skill: one filter after the other, the highest priority first."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.fields import Slug, StorableText
from tmws_core.tool_errors import InvalidArguments, NotFound
from tmws_skills.access import writable
from tmws_skills.lookup import find_to
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_memory_filter import SkillMemoryFilter

MOST_FILTERS = 20
"""How many filters a skill has at most."""

FilterType = Literal["tag", "namespace", "importance"]
_FIELD: dict[FilterType, str] = {"tag": "tags", "namespace": "namespace", "importance": "importance"}
"""What a filter of each type has to say."""

Tag = Annotated[StorableText, Field(min_length=1, max_length=200)]


class FilterValue(BaseModel):
    """What the memories have to be like; all that is said has to hold."""

    model_config = ConfigDict(extra="forbid")

    tags: Annotated[list[Tag], Field(min_length=1, max_length=20)] | None = Field(
        default=None, description="They have all of these tags."
    )
    namespace: Slug | None = Field(default=None, description="They belong there; without it, where you call from.")
    importance: Annotated[float, Field(strict=True, ge=0, le=1)] | None = Field(
        default=None, description="They matter so much at the least."
    )
    memory_type: Slug | None = Field(default=None, description="They are of this kind.")
    most: Annotated[int, Field(strict=True, ge=1, le=50)] = Field(default=5, description="How many of them, at most.")

    @property
    def as_json(self) -> dict[str, Any]:
        """What is stored."""
        return self.model_dump(exclude_none=True)

    @classmethod
    def of(cls, row: SkillMemoryFilter) -> Self | None:
        """The value in a row; None when this version of the plugin does not understand it."""
        try:
            return cls.model_validate(row.filter_value)
        except ValidationError:
            return None


class MemoryFilter(BaseModel):
    """A filter of a skill."""

    filter_type: str
    value: dict[str, Any]
    priority: int

    @classmethod
    def of(cls, row: SkillMemoryFilter) -> Self:
        """The filter in a row."""
        return cls(filter_type=row.filter_type, value=row.filter_value, priority=row.priority)


def filters_of(session: Session, skill_id: str) -> Sequence[SkillMemoryFilter]:
    """The filters of a skill, the highest priority first."""
    mine = select(SkillMemoryFilter).where(SkillMemoryFilter.skill_id == skill_id)
    return session.scalars(mine.order_by(SkillMemoryFilter.priority.desc(), SkillMemoryFilter.id)).all()


def put(
    session: Session, principal: Principal, skill: str, filter_type: FilterType, value: FilterValue, priority: int
) -> Skill:
    """Give a skill a filter; the same filter with another priority is replaced.

    Raises:
        NotFound: there is no such skill for the caller.
        PermissionDenied: it may not change it.
        InvalidArguments: the value does not say what the type is about, or the skill has as many filters as it can.
    """
    needed = _FIELD[filter_type]
    if getattr(value, needed) is None:
        raise InvalidArguments(f"value: a filter of the type {filter_type!r} says nothing of {needed}", hint="add it")
    found = find_to(session, principal, skill, writable, "change the memory filters of")
    rows = filters_of(session, found.id)
    row = _same(rows, filter_type, value)
    if row is None:
        if len(rows) >= MOST_FILTERS:
            raise InvalidArguments(
                f"the skill {found.name!r} has {len(rows)} memory filters, and {MOST_FILTERS} at most",
                hint="take one away first, with remove",
            )
        row = SkillMemoryFilter(skill_id=found.id, filter_type=filter_type, filter_value=value.as_json)
        session.add(row)
    row.priority = priority
    session.flush()
    return found


def remove(session: Session, principal: Principal, skill: str, filter_type: FilterType, value: FilterValue) -> Skill:
    """Take a filter away from a skill.

    Raises:
        NotFound: there is no such skill for the caller, or it has no such filter.
        PermissionDenied: the caller may not change it.
    """
    found = find_to(session, principal, skill, writable, "change the memory filters of")
    row = _same(filters_of(session, found.id), filter_type, value)
    if row is None:
        raise NotFound(
            f"the skill {found.name!r} has no such memory filter", hint="give its value just as skill_load shows it"
        )
    session.delete(row)
    session.flush()
    return found


def _same(rows: Sequence[SkillMemoryFilter], filter_type: str, value: FilterValue) -> SkillMemoryFilter | None:
    return next((row for row in rows if row.filter_type == filter_type and FilterValue.of(row) == value), None)
