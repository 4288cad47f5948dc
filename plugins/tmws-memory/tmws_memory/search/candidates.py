"""The memories among which a search chooses, with what their rank depends on."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_memory.access import readable
from tmws_memory.filters import Filters
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory

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
        dialect = session.get_bind().dialect.name
        self._allowed = and_(readable(principal), *filters.conditions(dialect))

    def of(self, documents: Collection[int], memory_ids: Collection[str]) -> list[Candidate]:
        """The candidates among some documents and memories."""
        return self._load(or_(Document.id.in_(documents), Document.memory_id.in_(memory_ids)))

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
        return self._load(tuple_(Document.session_token, Document.position).in_(sorted(places)))

    def identifiers(self) -> Sequence[str]:
        """The identifiers of all candidates there are."""
        found = select(Memory.id).join(Document, Document.memory_id == Memory.id).where(self._allowed)
        return self._session.scalars(found).all()

    def documents(self) -> Sequence[int]:
        """The keys of the documents of all candidates there are."""
        found = select(Document.id).join(Memory, Document.memory_id == Memory.id).where(self._allowed)
        return self._session.scalars(found).all()

    def _load(self, condition: ColumnElement[bool]) -> list[Candidate]:
        statement = (
            select(
                Document.id,
                Memory.id,
                Document.session_token,
                Document.position,
                Document.asks,
                Document.speaker,
                Memory.importance_score,
                Memory.relevance_score,
                func.coalesce(Memory.accessed_at, Memory.created_at, type_=Memory.created_at.type),
                Agent.trust_score,
            )
            .select_from(Document)
            .join(Memory, Memory.id == Document.memory_id)
            .join(Agent, Agent.agent_id == Memory.agent_id)
            .where(condition, self._allowed)
        )
        rows: Iterable[tuple[Any, ...]] = self._session.execute(statement).all()
        return [Candidate(*row) for row in rows]
