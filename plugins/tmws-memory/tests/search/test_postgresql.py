"""On PostgreSQL the words stand in a table of text search vectors, which the database itself keeps."""

from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_memory import index
from tmws_memory.filters import Filters
from tmws_memory.models.memory import Memory
from tmws_memory.search.postings import Scope, postgresql_statement, postings

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)

OWNER = Principal("metis-developer", "default")
SCOPE = Scope(OWNER, Filters(namespace="default"))


async def remembered(session: AsyncSession, content: str) -> Memory:
    memory = Memory(
        content=content,
        content_hash=f"{hash(content):064}",
        agent_id=OWNER.agent_id,
        namespace="default",
        memory_type="general",
        access_level="private",
        tags=[],
        metadata_json={},
    )
    session.add(memory)
    await session.flush()
    await session.run_sync(lambda opened: index.add(opened, [memory]))
    return memory


async def documents_with(session: AsyncSession, word: str) -> int:
    found = await session.run_sync(lambda opened: postings(opened, [word], SCOPE, 1))
    return len(found[0].documents)


async def test_a_word_is_found_by_its_stem(session: AsyncSession) -> None:
    await remembered(session, "We deployed the services.")
    assert await documents_with(session, "deploying") == 1


async def test_a_changed_memory_is_found_by_its_new_words_alone(session: AsyncSession) -> None:
    memory = await remembered(session, "a tortoise")
    memory.content = "a hare"
    await session.run_sync(lambda opened: index.renew(opened, memory))
    assert [await documents_with(session, word) for word in ("tortoise", "hare")] == [0, 1]


async def test_a_memory_taken_out_is_found_no_more(session: AsyncSession) -> None:
    memory = await remembered(session, "a tortoise")
    await session.run_sync(lambda opened: index.remove(opened, [memory.id]))
    assert await documents_with(session, "tortoise") == 0


async def test_a_text_with_more_words_than_a_vector_can_hold_is_found_by_its_first_ones(
    session: AsyncSession,
) -> None:
    await remembered(session, " ".join(f"{number:x}" for number in range(0x10000, 0x10000 + 170_000)))
    assert await documents_with(session, "10000") == 1


async def test_the_statement_of_a_search_is_answered_by_an_index(session: AsyncSession) -> None:
    await remembered(session, "a rare word")

    def plan(opened: Session) -> Sequence[str]:
        opened.execute(text("SET LOCAL enable_seqscan = off"))
        statement = postgresql_statement().compile()
        parameters = {"scope": SCOPE.everything("postgresql"), "word": "rare", "most": 1000}
        return opened.scalars(text(f"EXPLAIN {statement}"), parameters).all()

    assert any("tmws_memory_search" in line and "Index" in line for line in await session.run_sync(plan))
