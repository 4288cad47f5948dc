"""The numbers by which processes learn which vectors have changed."""

import pytest
from sqlalchemy import delete, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.database import Database
from tmws_memory.draft import Draft
from tmws_memory.models.memory import Memory
from tmws_memory.models.vector import Vector
from tmws_memory.storage import store
from tmws_memory.vector_revision import next_revision

_LOCK_TIMEOUT = text("SET LOCAL lock_timeout = 50")


def with_revision(session: Session, revision: int, model: str = "test 1") -> str:
    """A memory whose vector has a revision."""
    principal = Principal("alice", "place")
    (one,) = store(session, principal, [Draft(content=f"{model} {revision}", namespace="place")])
    session.add(Vector(memory_id=one.memory.id, namespace_token="nsx", model=model, revision=revision, vector=b""))
    session.flush()
    return one.memory.id


async def test_the_first_revision_is_greater_than_nothing(session: AsyncSession) -> None:
    assert await session.run_sync(next_revision, "nsx", "test 1") > 0


async def test_a_revision_is_greater_than_the_greatest_there_is(session: AsyncSession) -> None:
    greatest = 2**62
    await session.run_sync(with_revision, greatest)
    assert await session.run_sync(next_revision, "nsx", "test 1") == greatest + 1


async def test_a_revision_is_greater_than_one_whose_row_is_gone(session: AsyncSession) -> None:
    def work(one: Session) -> None:
        former = next_revision(one, "nsx", "test 1")
        memory_id = with_revision(one, former)
        one.execute(delete(Memory).where(Memory.id == memory_id))
        assert next_revision(one, "nsx", "test 1") > former

    await session.run_sync(work)


async def test_another_model_has_revisions_of_its_own(session: AsyncSession) -> None:
    await session.run_sync(with_revision, 2**62, "test 2")
    assert await session.run_sync(next_revision, "nsx", "test 1") < 2**62


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_on_postgresql_the_second_transaction_waits_for_the_first(shared_database_url: str) -> None:
    database = Database(shared_database_url)
    try:
        async with database.session(read_only=False) as first, database.session(read_only=False) as second:
            await first.run_sync(next_revision, "nsx", "test 1")
            await second.execute(_LOCK_TIMEOUT)
            with pytest.raises(OperationalError, match="lock timeout"):
                await second.run_sync(next_revision, "nsx", "test 1")
            await second.rollback()
            await first.rollback()
            assert await second.run_sync(next_revision, "nsx", "test 1") > 0
            await second.rollback()
    finally:
        await database.close()
