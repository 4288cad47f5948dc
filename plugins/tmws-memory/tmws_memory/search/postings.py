"""Which memories have which words of a question."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, column, func, select, table, text
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_memory.filters import Filters
from tmws_memory.models.base import table_of
from tmws_memory.models.document import Document
from tmws_memory.scope import open_audience, private_audience

FEWEST_PER_WORD = 1000
SHARE_PER_WORD = 20
"""A word that more than one memory in so many has does not tell them apart, and is passed over."""

_ROW = column("rowid", Integer)
_SQLITE = table("tmws_memory_search", _ROW)
_DOCUMENT_ID = column("document_id", Integer)
_POSTGRESQL = table("tmws_memory_search", _DOCUMENT_ID)
# a frequent word needs another plan than a rare one, and a prepared statement would soon have one plan for both
_PLAN_EACH = text("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")


@dataclass(frozen=True)
class Posting:
    """A word of the question, and the documents that have it.

    Attributes:
        word: as it was asked, in lower case.
        documents: the keys of the documents, the newest first.
        weight: how much the word tells: the inverse document frequency, smoothed (Robertson and Spärck Jones 1976).
    """

    word: str
    documents: frozenset[int]
    weight: float


class Scope:
    """The part of the index in which a caller searches: the filters, and what may be there for the caller at all.

    Attributes:
        times: the moments between which it lies, as far as it is bounded.
        key: what tells one scope from another.
    """

    def __init__(self, principal: Principal, filters: Filters) -> None:
        self._audiences = [private_audience(filters.namespace, principal.agent_id), open_audience(filters.namespace)]
        self._tokens = filters.tokens
        bounds = {"since": filters.since, "until": filters.until}
        self.times = {bound: moment for bound, moment in bounds.items() if moment is not None}
        self.key = " ".join([*self._tokens, *self._audiences])

    def everything(self, dialect: str) -> str:
        """The question to a full-text index for everything that is in this scope at any time."""
        if dialect == "postgresql":
            return " & ".join([f"({' | '.join(self._audiences)})", *self._tokens])
        return " OR ".join(f"({self._within(audience) or f'scope : {audience}'})" for audience in self._audiences)

    def having(self, word: str) -> str:
        """The question to FTS5 for what has a word and is in this scope at any time."""
        # a quoted word is never an operator of FTS5
        either = ((f'body : "{audience}{word}"', self._within(audience)) for audience in self._audiences)
        return " OR ".join(f"({' AND '.join(filter(None, both))})" for both in either)

    def _within(self, audience: str) -> str:
        """What FTS5 is asked for to find what fulfils the filters, in one audience."""
        return " AND ".join(f"scope : {audience}{token}" for token in self._tokens)


@cache
def documents_in_scope(dialect: str) -> Select[int]:
    """The query for the keys of the documents that answer the question `scope`.

    Args:
        dialect: the name of the database's dialect.
    """
    if dialect == "postgresql":
        in_scope = text("scope @@ to_tsquery('simple', :scope)")
        return select(_DOCUMENT_ID).select_from(_POSTGRESQL).where(in_scope)
    return select(_ROW).select_from(_SQLITE).where(text("tmws_memory_search MATCH :scope"))


def count(session: Session, scope: Scope) -> int:
    """How many documents a scope has."""
    dialect = session.get_bind().dialect.name
    everything = documents_in_scope(dialect).subquery()
    return session.scalar(select(func.count()).select_from(everything), {"scope": scope.everything(dialect)}) or 0


def postings(session: Session, words: Sequence[str], scope: Scope, size: int) -> list[Posting]:
    """The postings of those words that tell the documents of a scope apart; of the frequent ones if none does.

    Args:
        session: a reading session.
        words: the words, in lower case, each once.
        scope: where to look.
        size: how many documents the scope has, or had a moment ago.
    """
    most = max(FEWEST_PER_WORD, size // SHARE_PER_WORD)
    of_each = _on_postgresql if session.get_bind().dialect.name == "postgresql" else _on_sqlite
    found: list[Posting] = []
    common: list[Posting] = []
    forms: defaultdict[frozenset[int], list[str]] = defaultdict(list)
    for word, documents in zip(words, of_each(session, words, scope, most), strict=True):
        if any(_forms_of_one(word, other) for other in forms[documents]):
            continue
        forms[documents].append(word)
        posting = Posting(word, documents, _weight(size, len(documents)))
        (common if len(documents) == most else found).append(posting)
    return found if any(one.documents for one in found) else [*found, *common]


def _on_sqlite(session: Session, words: Sequence[str], scope: Scope, most: int) -> Iterator[frozenset[int]]:
    questions = json.dumps([scope.having(word) for word in words])
    statement = sqlite_statement(*scope.times)
    for documents in session.scalars(statement, {"questions": questions, "most": most, **scope.times}):
        yield frozenset(map(int, documents.split(","))) if documents else frozenset()


def _on_postgresql(session: Session, words: Sequence[str], scope: Scope, most: int) -> Iterator[frozenset[int]]:
    session.execute(_PLAN_EACH)
    asked = {"scope": scope.everything("postgresql"), "most": most, **scope.times}
    for word in words:
        yield frozenset(session.scalars(postgresql_statement(*scope.times), {**asked, "word": word}).all())


@cache
def sqlite_statement(*bounds: str) -> Select[str | None]:
    """The query for the newest documents that answer each of some questions, as one text for each.

    One statement and one text: neither a statement nor a row costs anything beside the work that SQLAlchemy has with
    it.

    Args:
        bounds: which of the bounds `since` and `until` there are.
    """
    questions = func.json_each(bindparam("questions")).table_valued("key", "value", name="question")
    newest = (
        select(_ROW)
        .select_from(_SQLITE)
        .where(text("tmws_memory_search MATCH question.value"), *_in_time(_ROW, bounds))
        .order_by(_ROW.desc())
        .limit(bindparam("most"))
        .subquery()
    )
    documents: ColumnElement[Any] = select(func.group_concat(newest.c.rowid)).scalar_subquery()
    return select(documents).select_from(questions).order_by(questions.c.key)


@cache
def postgresql_statement(*bounds: str) -> Select[int]:
    """The query for the newest documents that have a word.

    Args:
        bounds: which of the bounds `since` and `until` there are.
    """
    return (
        select(_DOCUMENT_ID)
        .select_from(_POSTGRESQL)
        .where(
            text("scope @@ to_tsquery('simple', :scope)"),
            text("body @@ plainto_tsquery('english', :word)"),
            *_in_time(_DOCUMENT_ID, bounds),
        )
        .order_by(_DOCUMENT_ID.desc())
        .limit(bindparam("most"))
    )


def _in_time(key: ColumnElement[int], bounds: Sequence[str]) -> list[ColumnElement[bool]]:
    if not bounds:
        return []
    dated = table_of(Document).alias("dated").c
    moment = dated.remembered_at
    sides = {
        "since": moment >= bindparam("since", type_=moment.type),
        "until": moment < bindparam("until", type_=moment.type),
    }
    return [select(dated.id).where(dated.id == key, *(sides[bound] for bound in bounds)).exists()]


def _forms_of_one(word: str, other: str) -> bool:
    """Whether two words with the same documents have the same stem: a stemmer changes nothing but endings."""
    kept = min(len(word), len(other)) - 1
    return kept > 1 and word[:kept] == other[:kept]


def _weight(size: int, documents: int) -> float:
    return log(1 + (max(size, documents) - documents + 0.5) / (documents + 0.5))
