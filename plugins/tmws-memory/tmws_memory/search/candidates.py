"""The memories among which a search chooses, with what their rank depends on."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, and_, any_, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_memory.access import readable
from tmws_memory.filters import Filters
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory

_QUESTIONS_REMEMBERED = 256
# of columns, not of mapped classes: a row is all that is wanted
_DOCUMENTS, _MEMORIES, _AGENTS = Document.__table__.c, Memory.__table__.c, Agent.__table__.c

WINDOW = 3
"""How many memories of a session before and after one belong to its surroundings."""


@dataclass(frozen=True)
class Candidate:
    """A memory that the caller can read and that fulfils the filters.

    Attributes:
        document: the key of its document.
        memory_id: its identifier.
        session: a token for its session, if any.
        position: which one of the session it is.
        asks: whether it ends with a question.
        speaker: who speaks in it, in lower case.
        importance: from 0 to 1.
        relevance: from 0 to 1.
        used_at: when it was last read, or else remembered.
        trust: how far its author is trusted, from 0 to 1.
    """

    document: int
    memory_id: str
    session: str | None
    position: int | None
    asks: bool
    speaker: str | None
    importance: float
    relevance: float
    used_at: datetime
    trust: float


class Candidates:
    """Loads candidates; whoever may not read a memory gets none of it, whatever led to it."""

    def __init__(self, session: Session, principal: Principal, filters: Filters) -> None:
        self._session = session
        self._asked = principal, filters, session.get_bind().dialect.name

    def of(self, documents: Collection[int], memory_ids: Collection[str]) -> list[Candidate]:
        """The candidates among some documents and memories."""
        among = self._among(_DOCUMENTS.id, documents), self._among(_DOCUMENTS.memory_id, memory_ids)
        return self._load(or_(*among))

    def around(self, seeds: Iterable[Candidate]) -> list[Candidate]:
        """The surroundings of some candidates in their sessions, as far as they are candidates themselves."""
        places = {
            (seed.session, seed.position + step)
            for seed in seeds
            if seed.session is not None and seed.position is not None
            for step in range(-WINDOW, WINDOW + 1)
            if step
        }
        if not places:
            return []
        return self._load(tuple_(_DOCUMENTS.session_token, _DOCUMENTS.position).in_(sorted(places)))

    def identifiers(self) -> Sequence[str]:
        """The identifiers of all candidates there are."""
        found = select(Memory.id).join(Document, Document.memory_id == Memory.id).where(_allowed(*self._asked))
        return self._session.scalars(found).all()

    def documents(self) -> Sequence[int]:
        """The keys of the documents of all candidates there are."""
        found = select(Document.id).join(Memory, Document.memory_id == Memory.id).where(_allowed(*self._asked))
        return self._session.scalars(found).all()

    def _among(self, column: ColumnElement[Any], values: Collection[int] | Collection[str]) -> ColumnElement[bool]:
        """That a column has one of some values, which go to the database as one parameter."""
        _, _, dialect = self._asked
        if dialect == "postgresql":
            return column == any_(literal(list(values), ARRAY(column.type)))
        return column.in_(select(func.json_each(json.dumps(list(values))).table_valued("value").c.value))

    def _load(self, condition: ColumnElement[bool]) -> list[Candidate]:
        rows: Iterable[tuple[Any, ...]] = self._session.execute(_candidates(*self._asked).where(condition)).all()
        return [Candidate(*row) for row in rows]


def _allowed(principal: Principal, filters: Filters, dialect: str) -> ColumnElement[bool]:
    return and_(readable(principal), *filters.conditions(dialect))


@lru_cache(maxsize=_QUESTIONS_REMEMBERED)
def _candidates(principal: Principal, filters: Filters, dialect: str) -> Select[*tuple[Any, ...]]:
    """The statement that loads candidates; to put it together takes longer than to run it."""
    return (
        select(
            _DOCUMENTS.id,
            _MEMORIES.id,
            _DOCUMENTS.session_token,
            _DOCUMENTS.position,
            _DOCUMENTS.asks,
            _DOCUMENTS.speaker,
            _MEMORIES.importance_score,
            _MEMORIES.relevance_score,
            func.coalesce(_MEMORIES.accessed_at, _MEMORIES.created_at, type_=_MEMORIES.created_at.type),
            _AGENTS.trust_score,
        )
        .select_from(Document)
        .join(Memory, Memory.id == Document.memory_id)
        .join(Agent, Agent.agent_id == Memory.agent_id)
        # as a case, or SQLite would take an index of the conditions and walk through the whole namespace
        .where(case((_allowed(principal, filters, dialect), 1), else_=0) == 1)
    )
