"""Which of the skills that a caller can read have words of a question, the best first."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Select,
    Text,
    bindparam,
    column,
    desc,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.orm import Session

from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_document import SkillDocument
from tmws_skills.words import asked, is_half_a_pair

MOST_BY_WORDS = 500
"""So many skills are found by words at most."""
# what a word counts in the name, the tags, the description and the body
_SQLITE_SCORE = "-bm25(tmws_skill_search, 10.0, 5.0, 4.0, 1.0)"
# the same for the weights D, C, B and A; 1 divides by the logarithm of the length, so that long texts do not win
_POSTGRESQL_WEIGHTS, _BY_LENGTH = "'{0.1, 0.4, 0.5, 1.0}'::real[]", 1

_SQLITE = table("tmws_skill_search", column("rowid", Integer))
_POSTGRESQL = table("tmws_skill_search", column("document_id", Integer))


def by_words(session: Session, question: str, conditions: Sequence[ColumnElement[bool]]) -> list[str]:
    """The identifiers of the skills that have a word of a question, the best first.

    What cannot be read is neither found nor counted: the conditions stand in the query that ranks.

    Args:
        session: a reading session.
        question: any text; nothing in it is an operator.
        conditions: what the skills must fulfil, the rule of who may read them included.
    """
    dialect = session.get_bind().dialect.name
    query = query_of(asked(question), dialect)
    if not query:
        return []
    statement = _matching(dialect).where(*conditions)
    return [skill_id for skill_id, _ in session.execute(statement, {"asked": query})]


def query_of(words: Sequence[str], dialect: str) -> str:
    """The question to the full-text index for what has any of some words; empty when there are none.

    Args:
        words: words as `tmws_skills.words` makes them: letters and digits alone.
        dialect: the name of the database's dialect.
    """
    if dialect == "postgresql":
        return " | ".join(f"{word}:*" if is_half_a_pair(word) else word for word in words)
    # a quoted word is no operator of FTS5
    return " OR ".join(f'"{word}"*' if is_half_a_pair(word) else f'"{word}"' for word in words)


@cache
def _matching(dialect: str) -> Select[str, float]:
    score: ColumnElement[float]
    if dialect == "postgresql":
        index, key = _POSTGRESQL, _POSTGRESQL.c.document_id
        query = func.to_tsquery(literal_column("'english'"), bindparam("asked", type_=Text))
        words: ColumnElement[object] = literal_column("tmws_skill_search.words")
        matches = words.bool_op("@@")(query)
        score = func.ts_rank(literal_column(_POSTGRESQL_WEIGHTS), words, query, _BY_LENGTH, type_=Float)
    else:
        index, key = _SQLITE, _SQLITE.c.rowid
        matches = literal_column("tmws_skill_search", Text).bool_op("MATCH")(bindparam("asked", type_=Text))
        score = literal_column(_SQLITE_SCORE, Float)
    return (
        select(Skill.id, score.label("score"))
        .select_from(index)
        .join(SkillDocument, SkillDocument.id == key)
        .join(Skill, Skill.id == SkillDocument.skill_id)
        .where(matches)
        .order_by(desc("score"), Skill.id)
        .limit(MOST_BY_WORDS)
    )
