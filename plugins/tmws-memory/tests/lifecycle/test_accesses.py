"""What was read is counted together, and its relevance is written down as it is by then."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tmws_core.application import Application
from tmws_memory.models.memory import Memory
from tmws_memory.state import MemoryState

Within = Callable[[Callable[[Session], Any]], Awaitable[Any]]
Store = Callable[..., Awaitable[list[str]]]
Change = Callable[..., Awaitable[None]]


async def _read(application: Application, *memory_ids: str) -> None:
    accesses = application.state(MemoryState).accesses
    accesses.note(memory_ids)
    await accesses.count()


async def test_a_reading_writes_down_what_has_faded_and_what_it_adds(
    application: Application, store: Store, change: Change, within: Within
) -> None:
    (memory_id,) = await store("a tree")
    await change([memory_id], accessed_at=30.0, relevance_score=0.8)
    await _read(application, memory_id)
    memory = await within(lambda session: session.get_one(Memory, memory_id))
    assert memory.relevance_score == pytest.approx(0.4 * 0.99 + 0.05, abs=1e-6)


async def test_two_readings_do_not_fade_the_same_time_twice(
    application: Application, store: Store, change: Change, within: Within
) -> None:
    (memory_id,) = await store("a tree")
    await change([memory_id], accessed_at=30.0, relevance_score=0.8)
    await _read(application, memory_id)
    await change([memory_id], access_count=7)
    application.state(MemoryState).accesses._counted.clear()
    await _read(application, memory_id)
    memory = await within(lambda session: session.get_one(Memory, memory_id))
    assert memory.relevance_score == pytest.approx((0.4 * 0.99 + 0.05) * 0.99 + 0.05, abs=1e-6)


async def test_each_of_several_is_counted_for_itself(
    application: Application, store: Store, change: Change, within: Within
) -> None:
    first, second = await store("a tree", "a bush")
    await change([first], relevance_score=1.0)
    await change([second], relevance_score=0.1)
    await _read(application, first, second)
    found = await within(lambda session: [session.get_one(Memory, one) for one in (first, second)])
    assert [memory.access_count for memory in found] == [1, 1]
    assert [memory.relevance_score for memory in found] == pytest.approx([1.0, 0.149], abs=1e-4)


async def test_a_reading_is_no_change_of_the_memory(application: Application, store: Store, within: Within) -> None:
    (memory_id,) = await store("a tree")
    before = await within(lambda session: session.get_one(Memory, memory_id))
    await _read(application, memory_id)
    after = await within(lambda session: session.get_one(Memory, memory_id))
    assert (after.version, after.updated_at) == (before.version, before.updated_at)


async def test_what_is_gone_by_then_is_not_counted(application: Application, store: Store, within: Within) -> None:
    (memory_id,) = await store("a tree")
    await _read(application, memory_id, "00000000-0000-7000-8000-000000000000")
    assert (await within(lambda session: session.get_one(Memory, memory_id))).access_count == 1
