"""Counts of the memories that a caller can read."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute, Session

from tmws_core import Principal
from tmws_memory.access import readable
from tmws_memory.budget import counts_that_fit
from tmws_memory.models.memory import Memory

MOST_OF_A_KIND = 50
"""Of how many types, agents and tags the numbers are told, the most frequent first."""
_MOST_BYTES = 12_000


@dataclass(frozen=True)
class Counts:
    """How many memories there are, in all and by what they have."""

    total: int
    mean_importance: float | None
    by_type: dict[str, int]
    by_access_level: dict[str, int]
    by_agent: dict[str, int]
    by_tag: dict[str, int]
    embedding: dict[str, int]


def count(session: Session, principal: Principal, namespace: str) -> Counts:
    """Count the memories of a namespace that are there for a caller."""
    visible = (Memory.namespace == namespace) & readable(principal)
    total, mean = session.execute(
        select(func.count(), func.avg(Memory.importance_score)).select_from(Memory).where(visible)
    ).one()

    def by(column: InstrumentedAttribute[str]) -> dict[str, int]:
        counted = select(column, func.count()).where(visible).group_by(column).order_by(func.count().desc(), column)
        found = dict(session.execute(counted.limit(MOST_OF_A_KIND)).all())
        return counts_that_fit(found, _MOST_BYTES)

    return Counts(
        total=total,
        mean_importance=mean,
        by_type=by(Memory.memory_type),
        by_access_level=by(Memory.access_level),
        by_agent=by(Memory.agent_id),
        by_tag=counts_that_fit(tags(session, visible, MOST_OF_A_KIND), _MOST_BYTES),
        embedding=by(Memory.embedding_status),
    )


def tags(session: Session, condition: ColumnElement[bool], most: int, beginning: str = "") -> dict[str, int]:
    """The most frequent tags of the memories that fulfil a condition, with how many have each.

    Args:
        session: a reading session.
        condition: which memories.
        most: how many tags at most.
        beginning: how the tags begin, in any case.
    """
    if session.get_bind().dialect.name == "postgresql":
        each = func.jsonb_array_elements_text(Memory.tags, type_=JSONB).table_valued("value", name="each_tag")
    else:
        each = func.json_each(Memory.tags).table_valued("value", name="each_tag")
    counted = (
        select(each.c.value, func.count(Memory.id.distinct()))
        .select_from(Memory)
        .join(each, true())
        .where(condition)
        .group_by(each.c.value)
        .order_by(func.count(Memory.id.distinct()).desc(), each.c.value)
        .limit(most)
    )
    if beginning:
        counted = counted.where(each.c.value.istartswith(beginning, autoescape=True))
    return dict(session.execute(counted).all())
