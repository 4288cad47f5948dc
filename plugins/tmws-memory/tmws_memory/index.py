"""The full-text index over memories: FTS5 on SQLite, tsvector on PostgreSQL, in the transaction that writes the row."""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Double,
    Select,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.words import asked, indexed, namespace_token

_FTS = table("tmws_memory_search", column("rowid"))
_FTS_ITSELF: ColumnElement[str] = literal_column("tmws_memory_search")


async def put(session: AsyncSession, memory: Memory) -> None:
    """Index a memory, or index it anew after a change."""
    text = indexed("\n".join([memory.content, *memory.tags]))
    document = await session.scalar(select(Document).where(Document.memory_id == memory.id))
    if document is None:
        session.add(Document(memory=memory, namespace_token=namespace_token(memory.namespace), body=text))
    else:
        document.body = text


async def search(
    session: AsyncSession, question: str, namespace: str, visible: ColumnElement[bool], limit: int
) -> Sequence[tuple[Memory, float]]:
    """The visible memories of a namespace that share words with a question, best first.

    Args:
        session: a reading session.
        question: plain words; nothing in it is an operator.
        namespace: the namespace to search in.
        visible: the condition that a memory may be seen.
        limit: how many at most.

    Returns:
        Each memory with its score; a higher one is better, and scores of different questions do not compare.
    """
    words = asked(question)
    if not words:
        return []
    ranked = _on_sqlite if session.get_bind().dialect.name == "sqlite" else _on_postgresql
    rows = await session.execute(ranked(words, namespace, visible).limit(limit))
    return [(memory, float(score)) for memory, score in rows]


def _on_sqlite(words: Sequence[str], namespace: str, visible: ColumnElement[bool]) -> Select[Memory, float]:
    # a quoted word is never an operator of FTS5
    any_word = " OR ".join(f'"{word}"' for word in words)
    question = f'namespace_token:"{namespace_token(namespace)}" AND body:({any_word})'
    score = -func.bm25(_FTS_ITSELF, 0.0, 1.0)
    return (
        select(Memory, score)
        .select_from(_FTS)
        .join(Document, Document.id == _FTS.c.rowid)
        .join(Memory, Memory.id == Document.memory_id)
        .where(_FTS_ITSELF.op("MATCH")(bindparam("question", question)), visible)
        .order_by(score.desc(), Memory.importance_score.desc(), Memory.id.desc())
    )


def _on_postgresql(words: Sequence[str], namespace: str, visible: ColumnElement[bool]) -> Select[Memory, float]:
    english: ColumnElement[str] = literal_column("'english'")
    document = func.to_tsvector(english, Document.body)
    asked_for = func.unnest(literal(list(words), ARRAY(Text))).table_valued("word").render_derived(name="asked_for")
    question = func.plainto_tsquery(english, asked_for.c.word)
    matches = (
        select(
            Document.memory_id,
            func.ts_rank(document, question).label("rank"),
            # ts_rank knows nothing of the other documents, so how rare a word is comes from the matches themselves
            (cast(func.count().over(), Double) / func.count().over(partition_by=asked_for.c.word)).label("rarity"),
        )
        .join(Memory, Memory.id == Document.memory_id)
        .join(asked_for, document.op("@@")(question))
        .where(Document.namespace_token == namespace_token(namespace), visible)
        .subquery()
    )
    score = func.sum(matches.c.rank * func.ln(1 + matches.c.rarity), type_=Double())
    return (
        select(Memory, score)
        .join(matches, matches.c.memory_id == Memory.id)
        .group_by(Memory.id)
        .order_by(score.desc(), Memory.importance_score.desc(), Memory.id.desc())
    )
