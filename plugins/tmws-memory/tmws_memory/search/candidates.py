"""The memories among which a search chooses, with what their rank depends on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    and_,
    case,
    cast,
    extract,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_memory.access import readable
from tmws_memory.filters import Filters
from tmws_memory.membership import as_parameter, is_one_of
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.search.postings import Scope, documents_in_scope

_QUESTIONS_REMEMBERED = 256
# of tables, not of mapped classes: a row is all that is wanted
_DOCUMENTS, _MEMORIES, _AGENTS = Document.__table__.c, Memory.__table__.c, Agent.__table__.c
_PLACE = tuple_(_DOCUMENTS.session_token, _DOCUMENTS.position)
_JULIAN_DAY_OF_1970, _SECONDS_A_DAY = 2_440_587.5, 86_400

WINDOW = 3
"""How many memories of a session before and after one belong to its surroundings."""


class Candidate(NamedTuple):
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
        used_at: when it was last read, or else remembered, in seconds of Unix time.
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
    used_at: float
    trust: float


class Candidates:
    """Loads candidates; whoever may not read a memory gets none of it, whatever led to it."""

    def __init__(self, session: Session, principal: Principal, filters: Filters) -> None:
        self._session = session
        self._asked = principal, filters, session.get_bind().dialect.name

    def of(self, documents: Collection[int], memory_ids: Collection[str]) -> list[Candidate]:
        """The candidates among some documents and memories."""
        return self._load(_among(*self._asked), {"documents": list(documents), "memories": list(memory_ids)})

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
        return self._load(_candidates(*self._asked).where(_PLACE.in_(sorted(places))), {})

    def identifiers(self) -> Sequence[str]:
        """The identifiers of all candidates there are."""
        return self._every(_MEMORIES.id)

    def documents(self) -> Sequence[int]:
        """The keys of the documents of all candidates there are."""
        return self._every(_DOCUMENTS.id)

    def _every(self, column: ColumnElement[Any]) -> Sequence[Any]:
        principal, filters, dialect = self._asked
        scope = Scope(principal, filters).everything(dialect)
        statement = _every(column, principal, filters, dialect)
        return self._session.connection().execute(statement, {"scope": scope}).scalars().all()

    def _load(
        self, statement: Select[*tuple[Any, ...]], asked: Mapping[str, Sequence[int] | Sequence[str]]
    ) -> list[Candidate]:
        _, _, dialect = self._asked
        parameters = {name: as_parameter(values, dialect) for name, values in asked.items()}
        return [Candidate._make(row) for row in self._session.connection().execute(statement, parameters).all()]


def _if_allowed(principal: Principal, filters: Filters, dialect: str) -> ColumnElement[bool]:
    allowed = and_(readable(principal), *filters.conditions(dialect))
    # as a case, or SQLite would take an index of the conditions and walk through the whole namespace
    return case((allowed, 1), else_=0) == 1


@lru_cache(maxsize=_QUESTIONS_REMEMBERED)
def _every(column: ColumnElement[Any], principal: Principal, filters: Filters, dialect: str) -> Select[Any]:
    """The statement for a column of all candidates in the parameter `scope`."""
    return (
        select(column)
        .join_from(Document.__table__, Memory.__table__, _MEMORIES.id == _DOCUMENTS.memory_id)
        # the full-text index knows at once which documents come into question
        .where(_DOCUMENTS.id.in_(documents_in_scope(dialect)), _if_allowed(principal, filters, dialect))
    )


@lru_cache(maxsize=_QUESTIONS_REMEMBERED)
def _among(principal: Principal, filters: Filters, dialect: str) -> Select[*tuple[Any, ...]]:
    """The statement that loads the candidates among the parameters `documents` and `memories`."""
    columns = {"documents": _DOCUMENTS.id, "memories": _DOCUMENTS.memory_id}
    among = or_(*(is_one_of(column, name, dialect) for name, column in columns.items()))
    return _candidates(principal, filters, dialect).where(among)


def _unix_time(moment: ColumnElement[Any], dialect: str) -> ColumnElement[float]:
    """A moment as a number, which is quicker to read than a date: SQLite's text would have to be taken apart."""
    if dialect == "postgresql":
        return cast(extract("epoch", moment), Float)
    return (func.julianday(moment, type_=Float) - _JULIAN_DAY_OF_1970) * _SECONDS_A_DAY


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
            _unix_time(func.coalesce(_MEMORIES.accessed_at, _MEMORIES.created_at), dialect),
            _AGENTS.trust_score,
        )
        .join_from(Document.__table__, Memory.__table__, _MEMORIES.id == _DOCUMENTS.memory_id)
        .join(Agent.__table__, _AGENTS.agent_id == _MEMORIES.agent_id)
        .where(_if_allowed(principal, filters, dialect))
    )
