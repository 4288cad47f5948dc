"""Counts of what a caller can read."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_memory.models.memory import Memory
from tmws_memory.statistics import MOST_OF_A_KIND, count

Remember = Callable[..., Awaitable[str]]


async def test_memories_are_counted_by_what_they_have(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal
) -> None:
    await remember("a", memory_type="fact", tags=["x", "y"], importance=0.2)
    await remember("b", memory_type="fact", tags=["x"], importance=0.4)
    await remember("c", bob, access_level="team", importance=0.9)
    counted = await session.run_sync(count, alice, "place")
    assert counted.total == 3
    assert counted.mean_importance == pytest.approx(0.5)
    assert counted.by_type == {"fact": 2, "general": 1}
    assert counted.by_access_level == {"private": 2, "team": 1}
    assert counted.by_agent == {"alice": 2, "bob": 1}
    assert counted.by_tag == {"x": 2, "y": 1}
    assert counted.embedding == {"pending": 3}


async def test_an_empty_namespace_has_no_mean(session: AsyncSession, alice: Principal) -> None:
    counted = await session.run_sync(count, alice, "nowhere")
    assert (counted.total, counted.mean_importance, counted.by_type, counted.by_tag) == (0, None, {}, {})


async def test_what_a_caller_cannot_read_is_not_counted(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal
) -> None:
    await remember("secret", bob, tags=["hidden"], memory_type="secret")
    counted = await session.run_sync(count, alice, "place")
    assert (counted.total, counted.by_type, counted.by_agent, counted.by_tag) == (0, {}, {}, {})


@pytest.mark.parametrize("column", ["deleted_at", "archived_at", "expires_at"])
async def test_what_is_gone_is_not_counted(
    session: AsyncSession, remember: Remember, alice: Principal, column: str
) -> None:
    await remember(tags=["x"])
    await session.execute(update(Memory).values({column: utc_now() - timedelta(minutes=1)}))
    counted = await session.run_sync(count, alice, "place")
    assert (counted.total, counted.by_tag) == (0, {})


async def test_other_namespaces_are_not_counted(session: AsyncSession, remember: Remember, alice: Principal) -> None:
    await remember(namespace="elsewhere")
    assert (await session.run_sync(count, alice, "place")).total == 0
    assert (await session.run_sync(count, alice, "elsewhere")).total == 1


async def test_a_memory_that_has_a_tag_twice_counts_once(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    await remember(tags=["x", "x"])
    assert (await session.run_sync(count, alice, "place")).by_tag == {"x": 1}


async def test_only_the_most_frequent_tags_are_counted(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    await remember("a", tags=[f"rare{number:02}" for number in range(MOST_OF_A_KIND)])
    await remember("b", tags=["often"])
    await remember("c", tags=["often"])
    by_tag = (await session.run_sync(count, alice, "place")).by_tag
    assert list(by_tag)[:2] == ["often", "rare00"]
    assert len(by_tag) == MOST_OF_A_KIND


@pytest.mark.parametrize("tag", ['"', "'", "null", "1", "東京", "‮a", "a.b", "$[0]"])
async def test_a_tag_is_told_as_it_is(session: AsyncSession, remember: Remember, alice: Principal, tag: str) -> None:
    await remember(tags=[tag])
    assert (await session.run_sync(count, alice, "place")).by_tag == {tag: 1}
