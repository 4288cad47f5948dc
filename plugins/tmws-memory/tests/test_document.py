"""The full-text index follows the documents, by the database's own doing."""

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core.columns import utc_now
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory

_FOUND = {
    "sqlite": "SELECT count(*) FROM tmws_memory_search WHERE tmws_memory_search MATCH 'qwithout1' || :word",
    "postgresql": (
        "SELECT count(*) FROM tmws_memory_documents "
        "WHERE to_tsvector('english', body) @@ plainto_tsquery('english', :word)"
    ),
}


@pytest.fixture
async def document(session: AsyncSession, memory: Memory) -> Document:
    document = Document(
        memory=memory, asks=False, scope="qwithout1 owx", remembered_at=memory.created_at, body="the running tortoise"
    )
    session.add(document)
    await session.flush()
    return document


async def found(session: AsyncSession, word: str) -> int:
    statement = text(_FOUND[session.get_bind().dialect.name])
    return int(await session.scalar(statement, {"word": word}) or 0)


async def test_a_new_document_is_found(session: AsyncSession, document: Document) -> None:
    assert await found(session, "tortoise") == 1


async def test_a_word_is_found_by_its_stem(session: AsyncSession, document: Document) -> None:
    assert await found(session, "runs") == 1


async def test_a_changed_document_is_found_by_its_new_words_alone(session: AsyncSession, document: Document) -> None:
    document.body = "a sleeping hare"
    await session.flush()
    assert (await found(session, "tortoise"), await found(session, "hare")) == (0, 1)


async def test_a_deleted_document_is_found_no_more(session: AsyncSession, document: Document) -> None:
    await session.delete(document)
    await session.flush()
    assert await found(session, "tortoise") == 0


async def test_a_document_goes_with_its_memory(session: AsyncSession, document: Document) -> None:
    await session.execute(delete(Memory).where(Memory.id == document.memory_id))
    assert await session.scalar(select(func.count()).select_from(Document)) == 0
    assert await found(session, "tortoise") == 0


async def test_a_document_goes_with_the_agent_of_its_memory(session: AsyncSession, document: Document) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))
    assert await session.scalar(select(func.count()).select_from(Document)) == 0
    assert await found(session, "tortoise") == 0


async def test_a_change_that_is_undone_leaves_the_index_as_it_was(session: AsyncSession, document: Document) -> None:
    async with session.begin_nested() as savepoint:
        await session.execute(update(Document).values(body="a sleeping hare"))
        await savepoint.rollback()
    assert (await found(session, "tortoise"), await found(session, "hare")) == (1, 0)


async def test_a_memory_has_one_document(session: AsyncSession, document: Document) -> None:
    session.add(Document(memory_id=document.memory_id, asks=False, scope="x", remembered_at=utc_now(), body="x"))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_a_document_belongs_to_a_memory(session: AsyncSession) -> None:
    session.add(Document(memory_id="nothing", asks=False, scope="x", remembered_at=utc_now(), body="x"))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_fts5_finds_its_index_whole(session: AsyncSession, document: Document) -> None:
    document.body = "a sleeping hare"
    await session.flush()
    await session.execute(
        text("INSERT INTO tmws_memory_search(tmws_memory_search, rank) VALUES ('integrity-check', 1)")
    )


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_postgresql_answers_from_the_index(session: AsyncSession, document: Document) -> None:
    await session.execute(text("SET LOCAL enable_seqscan = off"))
    question = "body @@ plainto_tsquery('english', 'tortoise')"
    plan = await session.scalars(text(f"EXPLAIN SELECT document_id FROM tmws_memory_search WHERE {question}"))
    assert any("Bitmap Index Scan" in line or "Index Scan" in line for line in plan)
