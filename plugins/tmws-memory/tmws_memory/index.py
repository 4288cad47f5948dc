"""The full-text index over memories: FTS5 on SQLite, tsvector on PostgreSQL, in the transaction that writes the row."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, bindparam, column, func, literal_column, select, table
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
    statement = ranked(words, namespace).where(visible).limit(limit)
    return [(memory, float(score)) for memory, score in await session.execute(statement)]


def _on_sqlite(words: Sequence[str], namespace: str) -> Select[tuple[Memory, float]]:
    # a quoted word is never an operator of FTS5
    any_word = " OR ".join(f'"{word}"' for word in words)
    question = f'namespace_token:"{namespace_token(namespace)}" AND body:({any_word})'
    score = -func.bm25(_FTS_ITSELF, 0.0, 1.0)
    return (
        select(Memory, score)
        .select_from(_FTS)
        .join(Document, Document.id == _FTS.c.rowid)
        .join(Memory, Memory.id == Document.memory_id)
        .where(_FTS_ITSELF.op("MATCH")(bindparam("question", question)))
        .order_by(score.desc(), Memory.importance_score.desc(), Memory.id.desc())
    )


def _on_postgresql(words: Sequence[str], namespace: str) -> Select[tuple[Memory, float]]:
    document = func.to_tsvector(literal_column("'english'"), Document.body)
    # websearch_to_tsquery never fails on what people type, and its words are letters and digits here
    question = func.websearch_to_tsquery(literal_column("'english'"), " or ".join(words))
    score = func.ts_rank(document, question)
    return (
        select(Memory, score)
        .join(Document, Document.memory_id == Memory.id)
        .where(document.op("@@")(question), Document.namespace_token == namespace_token(namespace))
        .order_by(score.desc(), Memory.importance_score.desc(), Memory.id.desc())
    )
