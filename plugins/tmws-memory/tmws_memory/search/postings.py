"""Which memories have which words of a question."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from sqlalchemy import Integer, Select, column, select, table, text
from sqlalchemy.orm import Session, aliased

from tmws_core import Principal
from tmws_memory.filters import Filters
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.scope import OPEN, owner_token

FEWEST_PER_WORD = 1000
SHARE_PER_WORD = 20
"""A word that more than one memory in so many has does not tell them apart, and is passed over."""

_SQLITE = select(table("tmws_memory_search", column("rowid", Integer)).c.rowid).where(
    text("tmws_memory_search MATCH :question")
)
_SQLITE_COUNT = text("SELECT count(*) FROM tmws_memory_search WHERE tmws_memory_search MATCH :question")
_DOCUMENTS = table("tmws_memory_search", column("document_id", Integer))
_POSTGRESQL = select(_DOCUMENTS.c.document_id).where(
    text("scope @@ to_tsquery('simple', :scope)"), text("body @@ plainto_tsquery('english', :word)")
)
_POSTGRESQL_COUNT = text("SELECT count(*) FROM tmws_memory_search WHERE scope @@ to_tsquery('simple', :scope)")
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
    """The part of the index in which a caller searches: the filters, and what may be there for the caller at all."""

    def __init__(self, principal: Principal, filters: Filters) -> None:
        self._all = filters.tokens
        self._any = [owner_token(principal.agent_id), OPEN]
        self._times = list(filters.times())

    def newest(self, dialect: str, most: int) -> Select[int]:
        """The query for the newest documents in this scope that have a word."""
        statement = _POSTGRESQL if dialect == "postgresql" else _SQLITE
        (key,) = statement.selected_columns
        if self._times:
            dated = aliased(Document)
            in_time = select(dated.id).join(Memory, Memory.id == dated.memory_id).where(dated.id == key, *self._times)
            statement = statement.where(in_time.exists())
        return statement.order_by(key.desc()).limit(most)

    @property
    def key(self) -> str:
        """What tells one scope from another."""
        return " ".join([*self._all, *self._any])

    def question(self, dialect: str, word: str | None = None) -> dict[str, Any]:
        """The parameters of a query in this scope, perhaps for one word."""
        if dialect == "postgresql":
            return {"scope": f"{' & '.join(self._all)} & ({' | '.join(self._any)})", "word": word}
        scope = f"scope : ({' AND '.join(self._all)}) AND scope : ({' OR '.join(self._any)})"
        # a quoted word is never an operator of FTS5
        return {"question": scope if word is None else f'{scope} AND body : "{word}"'}


def count(session: Session, scope: Scope) -> int:
    """How many documents a scope has."""
    dialect = session.get_bind().dialect.name
    statement = _POSTGRESQL_COUNT if dialect == "postgresql" else _SQLITE_COUNT
    return session.scalar(statement, scope.question(dialect)) or 0


def postings(session: Session, words: Sequence[str], scope: Scope, size: int) -> list[Posting]:
    """The postings of those words that tell the documents of a scope apart; of the frequent ones if none does.

    Args:
        session: a reading session.
        words: the words, in lower case, each once.
        scope: where to look.
        size: how many documents the scope has, or had a moment ago.
    """
    most = max(FEWEST_PER_WORD, size // SHARE_PER_WORD)
    dialect = session.get_bind().dialect.name
    statement = scope.newest(dialect, most)
    if dialect == "postgresql":
        session.execute(_PLAN_EACH)
    found: list[Posting] = []
    common: list[Posting] = []
    forms: defaultdict[frozenset[int], list[str]] = defaultdict(list)
    for word in words:
        documents = frozenset(session.scalars(statement, scope.question(dialect, word)).all())
        if any(_forms_of_one(word, other) for other in forms[documents]):
            continue
        forms[documents].append(word)
        posting = Posting(word, documents, _weight(size, len(documents)))
        (common if len(documents) == most else found).append(posting)
    return found if any(one.documents for one in found) else [*found, *common]


def _forms_of_one(word: str, other: str) -> bool:
    """Whether two words with the same documents have the same stem: a stemmer changes nothing but endings."""
    kept = min(len(word), len(other)) - 1
    return kept > 1 and word[:kept] == other[:kept]


def _weight(size: int, documents: int) -> float:
    return log(1 + (max(size, documents) - documents + 0.5) / (documents + 0.5))
