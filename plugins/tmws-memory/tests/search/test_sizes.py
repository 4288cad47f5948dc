"""How often the documents of a scope are counted."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core import Principal
from tmws_memory.filters import Filters
from tmws_memory.search.postings import Scope
from tmws_memory.search.sizes import Sizes

Remember = Callable[..., Awaitable[list[str]]]

ALICE = Principal("alice", "place")
HERE = Scope(ALICE, Filters(namespace="place"))


async def test_a_small_scope_is_counted_each_time(remember: Remember, session: AsyncSession) -> None:
    sizes = Sizes()
    await remember("one")
    before = await session.run_sync(sizes.of, HERE)
    await remember("two")
    assert (before, await session.run_sync(sizes.of, HERE)) == (1, 2)


async def test_the_size_of_a_large_scope_is_remembered(
    remember: Remember, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tmws_memory.search.sizes.COUNTED_EACH_TIME", 2)
    sizes = Sizes()
    await remember("one", "two")
    before = await session.run_sync(sizes.of, HERE)
    await remember("three")
    assert (before, await session.run_sync(sizes.of, HERE)) == (2, 2)


async def test_the_size_of_a_large_scope_is_counted_again_after_a_while(
    remember: Remember, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tmws_memory.search.sizes.COUNTED_EACH_TIME", 2)
    sizes = Sizes()
    await remember("one", "two")
    await session.run_sync(sizes.of, HERE)
    await remember("three")
    monkeypatch.setattr("tmws_memory.search.sizes.SECONDS_REMEMBERED", -1.0)
    assert await session.run_sync(sizes.of, HERE) == 3


async def test_each_scope_has_a_size_of_its_own(remember: Remember, session: AsyncSession) -> None:
    sizes = Sizes()
    await remember("one", "two", tags=["x"])
    await remember("three")
    tagged = Scope(ALICE, Filters(namespace="place", tags=("x",)))
    assert (await session.run_sync(sizes.of, HERE), await session.run_sync(sizes.of, tagged)) == (3, 2)


async def test_ever_more_scopes_are_still_counted_rightly(
    remember: Remember, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tmws_memory.search.sizes._MOST_REMEMBERED", 2)
    sizes = Sizes()
    await remember("one")
    for namespace in ("a", "b", "c"):
        await session.run_sync(sizes.of, Scope(ALICE, Filters(namespace=namespace)))
    assert await session.run_sync(sizes.of, HERE) == 1
