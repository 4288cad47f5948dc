"""To read memories: one, a page of them, and what they were before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, and_, func, inspect, select, tuple_
from sqlalchemy.orm import Session

from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_core.tool_errors import NotFound
from tmws_memory.access import archived, owned, present, readable
from tmws_memory.filters import Filters
from tmws_memory.identifier import is_identifier
from tmws_memory.membership import as_parameter, is_one_of
from tmws_memory.models.base import table_of
from tmws_memory.models.memory import Memory
from tmws_memory.models.version import Version

_CALLERS_REMEMBERED = 256


@dataclass(frozen=True)
class Recalled:
    """A memory, and how far its author is trusted, from 0 to 1."""

    memory: Memory
    trust: float


class Legible(Protocol):
    """What of a memory its reader sees, be it an entity or a row."""

    id: str
    content: str
    memory_type: str
    tags: list[str]
    importance_score: float
    context: dict[str, Any]
    source_url: str | None
    metadata_json: dict[str, Any]
    namespace: str
    access_level: str
    agent_id: str
    version: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True)
class Shown:
    """A memory that is shown and not changed, and how far its author is trusted, from 0 to 1."""

    memory: Legible
    trust: float


@dataclass(frozen=True)
class Page:
    """A part of a list, how long the whole list is, and whether there is more."""

    recalled: Sequence[Recalled]
    total: int
    has_more: bool


def get(session: Session, memory_id: str, condition: ColumnElement[bool]) -> Recalled:
    """The memory of an identifier that fulfils a condition.

    Raises:
        NotFound: there is none, or the caller may not see it; the two are not told apart.
    """
    # a database may refuse even to compare with a text that is no identifier, such as one with the character NUL
    if is_identifier(memory_id):
        for recalled in _recalled(session, _with_trust().where(Memory.id == memory_id, condition)):
            return recalled
    raise not_found(memory_id)


def many(session: Session, memory_ids: Sequence[str], principal: Principal) -> dict[str, Recalled]:
    """Those of several memories that are there for a caller, by their identifiers."""
    found = _recalled(session, _with_trust().where(Memory.id.in_(memory_ids), readable(principal)))
    return {recalled.memory.id: recalled for recalled in found}


def shown(session: Session, memory_ids: Sequence[str], principal: Principal) -> Mapping[str, Shown]:
    """Those of several memories that are there for a caller, by their identifiers: only to be shown."""
    dialect = session.get_bind().dialect.name
    statement, asked = _legible(principal, dialect), {"identifiers": as_parameter(memory_ids, dialect)}
    return {row.id: Shown(row, row.trust) for row in session.connection().execute(statement, asked).all()}


def page(
    session: Session,
    principal: Principal,
    filters: Filters,
    *,
    state: str = "present",
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> Page:
    """A page of the memories of a namespace, newest first.

    Args:
        session: a reading session.
        principal: who asks.
        filters: which ones.
        state: `present`, or `archived` or `deleted`, of which only the owner hears.
        after: the moment and identifier of the last memory of the page before.
        limit: how many at most.
    """
    conditions = [_in_state(principal, state), *filters.conditions(session.get_bind().dialect.name)]
    total = session.scalar(select(func.count()).select_from(Memory).where(*conditions)) or 0
    if after is not None:
        conditions.append(tuple_(Memory.created_at, Memory.id) < tuple_(*after))
    newest = _with_trust().where(*conditions).order_by(Memory.created_at.desc(), Memory.id.desc()).limit(limit + 1)
    found = _recalled(session, newest)
    return Page(found[:limit], total, len(found) > limit)


def version(session: Session, principal: Principal, memory_id: str, number: int) -> Version:
    """A former version of a memory of the caller.

    Others than the owner do not see it: what was written before it was shared was not meant for them.

    Raises:
        NotFound: the memory is not the caller's or not present, or the version is not kept.
    """
    found = session.get(Version, (memory_id, number)) if is_identifier(memory_id) else None
    own = select(Memory.id).where(Memory.id == memory_id, owned(principal), present())
    if found is None or session.scalar(own) is None:
        raise NotFound(
            f"there is no version {number} of memory {memory_id!r}", hint="memory_history lists those that are kept"
        )
    return found


def history(session: Session, principal: Principal, memory_id: str, before: int | None = None) -> Sequence[Version]:
    """The former versions of a memory of the caller, newest first.

    Args:
        session: a reading session.
        principal: who asks.
        memory_id: which memory.
        before: only the versions before this one.

    Raises:
        NotFound: the memory is not the caller's.
    """
    get(session, memory_id, and_(owned(principal), present()))
    former = select(Version).where(Version.memory_id == memory_id).order_by(Version.version.desc())
    if before is not None:
        former = former.where(Version.version < before)
    return session.scalars(former).all()


def not_found(memory_id: str) -> NotFound:
    """The one answer for a memory that is not there and for one that is not the caller's to see."""
    return NotFound(f"there is no memory {memory_id!r}", hint="find the right one with memory_search or memory_list")


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def _legible(principal: Principal, dialect: str) -> Select[*tuple[Any, ...]]:
    """The statement for what a caller reads of the memories of the parameter `identifiers`.

    A row, because SQLAlchemy takes twice as long for an entity, which notices its changes.
    """
    memories, agents = table_of(Memory), Agent.__table__
    columns = inspect(Memory).columns
    legible = [columns[name].label(name) for name in Legible.__annotations__]
    return (
        select(*legible, agents.c.trust_score.label("trust"))
        .join_from(memories, agents, agents.c.agent_id == memories.c.agent_id)
        .where(is_one_of(memories.c.id, "identifiers", dialect), readable(principal))
    )


def _in_state(principal: Principal, state: str) -> ColumnElement[bool]:
    if state == "archived":
        return archived(principal)
    if state == "deleted":
        return and_(owned(principal), Memory.deleted_at.is_not(None))
    return readable(principal)


def _with_trust() -> Select[Memory, float]:
    return select(Memory, Agent.trust_score).join(Agent, Agent.agent_id == Memory.agent_id)


def _recalled(session: Session, statement: Select[Memory, float]) -> list[Recalled]:
    return [Recalled(memory, trust) for memory, trust in session.execute(statement)]
