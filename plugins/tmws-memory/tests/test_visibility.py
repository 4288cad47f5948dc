"""Who sees which memory."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_memory.models.memory import Memory
from tmws_memory.visibility import visible_to

OWNER = Principal("metis-developer", "default")


async def seen(session: AsyncSession, principal: Principal) -> list[str]:
    await session.flush()
    return list(await session.scalars(select(Memory.id).where(visible_to(principal))))


async def test_the_owner_sees_its_memory(session: AsyncSession, memory: Memory) -> None:
    assert await seen(session, OWNER) == [memory.id]


async def test_the_owner_sees_it_from_another_namespace(session: AsyncSession, memory: Memory) -> None:
    assert await seen(session, Principal("metis-developer", "elsewhere")) == [memory.id]


async def test_another_agent_of_the_namespace_does_not_see_it(session: AsyncSession, memory: Memory) -> None:
    assert await seen(session, Principal("hestia-auditor", "default")) == []


async def test_every_scope_shows_nothing_more(session: AsyncSession, memory: Memory) -> None:
    assert await seen(session, Principal("hestia-auditor", "default", frozenset({"*"}))) == []


async def test_a_deleted_memory_is_not_seen(session: AsyncSession, memory: Memory) -> None:
    memory.deleted_at = utc_now()
    assert await seen(session, OWNER) == []


@pytest.mark.parametrize(("days", "count"), [(-1, 0), (1, 1)])
async def test_a_memory_is_seen_until_it_expires(session: AsyncSession, memory: Memory, days: int, count: int) -> None:
    memory.expires_at = utc_now() + timedelta(days=days)
    assert len(await seen(session, OWNER)) == count
