"""The catalogue: one short line for each skill, of about a hundred tokens, by which an agent decides what to load."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.orm import Session

from tmws_agents.json_array import Holds
from tmws_core import Principal
from tmws_skills.access import deleted, readable
from tmws_skills.budget import within
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_activation import SkillActivation
from tmws_skills.models.skill_pin import SkillPin
from tmws_skills.models.skill_version import SkillVersion

LONGEST_DESCRIPTION = 1024
"""So much of a description is shown in a line: as much as one may have (agentskills.io, specification)."""
_CALLERS_REMEMBERED = 256


class CatalogueLine(BaseModel):
    """The first level of detail: what a skill is for, and what reading its instructions costs."""

    name: str
    namespace: str
    description: str
    tags: list[str]
    version: int = Field(description="The version that you get: the one you are pinned to, or else the one in use.")
    tokens: int = Field(description="About how many tokens its instructions have.")
    marks: list[str] = Field(
        description="What else to know: active (for you), pinned, deprecated, draft, pending_review, rejected, deleted."
    )
    id: str

    @classmethod
    def of(cls, row: "CatalogueRow") -> Self:
        """The line of a row."""
        return cls(
            name=row.name,
            namespace=row.namespace,
            description=_shortened(row.description or ""),
            tags=row.tags,
            version=row.version,
            tokens=row.core_tokens or 0,
            marks=list(_marks(row)),
            id=row.id,
        )


class CatalogueRow(NamedTuple):
    """What the database knows for a line."""

    id: str
    name: str
    namespace: str
    description: str | None
    tags: list[str]
    is_deleted: bool
    is_deprecated: bool
    version: int
    core_tokens: int | None
    review_status: str
    is_pinned: bool
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which skills are meant; None is any.

    Attributes:
        namespace: where they belong.
        tags: they have all of these.
        persona: for whom they are.
        state: `present` or `deprecated`, or `deleted` for the caller's own that can still be restored.
        active: they are active for the caller.
    """

    namespace: str | None = None
    tags: tuple[str, ...] = ()
    persona: str | None = None
    state: str = "present"
    active: bool = False

    def conditions(self, principal: Principal) -> list[ColumnElement[bool]]:
        """What the skills must fulfil, the rule of who may read them included."""
        conditions = [deleted(principal) if self.state == "deleted" else readable(principal)]
        if self.state == "deprecated":
            conditions.append(Skill.deprecated_at.is_not(None))
        if self.namespace is not None:
            conditions.append(Skill.namespace == self.namespace)
        if self.persona is not None:
            conditions.append(Skill.persona == self.persona)
        if self.active:
            conditions.append(is_active_for(principal))
        return [*conditions, *(Holds(Skill.tags, tag) for tag in self.tags)]


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def version_for(principal: Principal) -> ColumnElement[int]:
    """The version of a skill that a caller gets: the one that it is pinned to, or else the one in use."""
    return func.coalesce(_pin_of(principal), Skill.active_version)


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def is_active_for(principal: Principal) -> ColumnElement[bool]:
    """The condition that a skill is active for a caller."""
    return (
        select(SkillActivation.id)
        .where(
            SkillActivation.skill_id == Skill.id,
            SkillActivation.agent_id == principal.agent_id,
            SkillActivation.state == "active",
        )
        .exists()
    )


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def catalogue(principal: Principal) -> Select[*tuple[Any, ...]]:
    """The query for the rows of the catalogue, as a caller gets the skills; who may read them is not asked in it."""
    columns = (
        Skill.id,
        Skill.name,
        Skill.namespace,
        Skill.description,
        Skill.tags,
        Skill.is_deleted,
        Skill.deprecated_at.is_not(None),
        SkillVersion.version,
        SkillVersion.core_tokens,
        SkillVersion.review_status,
        _pin_of(principal).is_not(None),
        is_active_for(principal),
    )
    used = and_(SkillVersion.skill_id == Skill.id, SkillVersion.version == version_for(principal))
    return select(*columns).select_from(Skill).join(SkillVersion, used)


@dataclass(frozen=True)
class Page:
    """A part of the catalogue.

    Attributes:
        lines: the lines, in the order of the names.
        total: how many the whole has.
        last: name and identifier of the last line, when there are more.
    """

    lines: Sequence[CatalogueLine]
    total: int
    last: tuple[str, str] | None


def page(
    session: Session, principal: Principal, filters: Filters, limit: int, budget: int, after: tuple[str, str] | None
) -> Page:
    """A part of the catalogue, in the order of the names: as many lines as fit into a budget of tokens.

    Args:
        session: a reading session.
        principal: who asks.
        filters: which skills.
        limit: how many at most.
        budget: how many tokens the lines may have together; the first line is there whatever it has.
        after: name and identifier of the line before.
    """
    conditions = filters.conditions(principal)
    total = session.scalar(select(func.count()).select_from(Skill).where(*conditions)) or 0
    statement = catalogue(principal).where(*conditions).order_by(Skill.name, Skill.id).limit(limit + 1)
    if after is not None:
        statement = statement.where(tuple_(Skill.name, Skill.id) > after)
    rows = [CatalogueRow(*row) for row in session.execute(statement)]
    lines = list(within(budget, (CatalogueLine.of(row) for row in rows[:limit])))
    last = (lines[-1].name, lines[-1].id) if len(lines) < len(rows) else None
    return Page(lines, total, last)


def lines_of(session: Session, principal: Principal, skill_ids: Sequence[str]) -> Mapping[str, CatalogueLine]:
    """The lines of those of some skills that a caller can read, by their identifiers."""
    statement = catalogue(principal).where(Skill.id.in_(skill_ids), readable(principal))
    rows = (CatalogueRow(*row) for row in session.execute(statement))
    return {row.id: CatalogueLine.of(row) for row in rows}


def _pin_of(principal: Principal) -> ColumnElement[int | None]:
    pin = select(SkillPin.version).where(SkillPin.skill_id == Skill.id, SkillPin.agent_id == principal.agent_id)
    return pin.scalar_subquery()


def _shortened(description: str) -> str:
    if len(description) <= LONGEST_DESCRIPTION:
        return description
    return f"{description[: LONGEST_DESCRIPTION - 1]}…"


def _marks(row: CatalogueRow) -> Iterator[str]:
    marks = {
        "active": row.is_active,
        "pinned": row.is_pinned,
        "deprecated": row.is_deprecated,
        row.review_status: row.review_status != "approved",
        "deleted": row.is_deleted,
    }
    return (mark for mark, holds in marks.items() if holds)
