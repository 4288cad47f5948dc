"""What runs in the background of a server, from its start to its end."""

import asyncio
from collections.abc import Callable
from types import ModuleType

import pytest
from sqlalchemy import func, select

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_memory.models.memory import Memory
from tmws_memory.state import MemoryState

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

ALICE = Call(Principal("alice", "place", frozenset({"*"})), "mcp")


@pytest.fixture
def plugins(concepts: ModuleType) -> str:
    return "agents,memory,concepts"


async def test_a_server_has_its_state(application: Application) -> None:
    state = application.state(MemoryState)
    assert state.meaning.status == "the embedder has not been needed yet"


async def test_a_server_starts_while_no_embedder_can_be_loaded(
    settings: Settings, concepts: ModuleType, hang: Callable[..., None]
) -> None:
    concepts.embedder.load = hang
    async with Application(settings) as application:
        stored = await application.pipeline.call_tool(ALICE, "memory_store", {"content": "a cat"})
    assert stored["duplicate"] is False


@pytest.mark.parametrize("where", ["load", "embed"])
async def test_a_server_can_be_closed_while_the_embedder_hangs(
    settings: Settings, concepts: ModuleType, hang: Callable[..., None], where: str
) -> None:
    hangs = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang_and_tell(*_: object) -> None:
        loop.call_soon_threadsafe(hangs.set)
        hang()

    if where == "load":
        concepts.embedder.load = hang_and_tell
    else:
        concepts.embedder.before = hang_and_tell
    async with Application(settings) as application:
        await application.pipeline.call_tool(ALICE, "memory_store", {"content": "a cat"})
        await hangs.wait()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert not [task for task in others if task.get_name().startswith("memory") and not task.cancelling()]


async def test_what_waits_when_a_server_starts_is_embedded(settings: Settings, concepts: ModuleType) -> None:
    def broken() -> None:
        raise ValueError("no more memory")

    concepts.embedder.load = broken
    async with Application(settings) as application:
        await application.pipeline.call_tool(ALICE, "memory_store", {"content": "a cat"})
    concepts.embedder.load = lambda: concepts.embedder
    async with Application(settings) as application:
        await application.state(MemoryState).worker.finish()
        found = await application.pipeline.call_tool(ALICE, "memory_search", {"query": "feline"})
    assert [hit["memory"]["content"] for hit in found["hits"]] == ["a cat"]


async def test_what_was_read_is_counted_when_a_server_is_closed(settings: Settings) -> None:
    async with Application(settings) as application:
        stored = await application.pipeline.call_tool(ALICE, "memory_store", {"content": "a cat"})
        await application.pipeline.call_tool(ALICE, "memory_get", {"memory_id": stored["id"]})
    async with Application(settings) as application:
        counted = select(func.sum(Memory.access_count))
        assert await application.database.transaction(lambda one: one.scalar(counted), read_only=True) == 1


async def test_a_count_that_fails_does_not_keep_a_server_from_closing(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("disk full")

    async with Application(settings) as application:
        stored = await application.pipeline.call_tool(ALICE, "memory_store", {"content": "a cat"})
        await application.pipeline.call_tool(ALICE, "memory_get", {"memory_id": stored["id"]})
        monkeypatch.setattr("tmws_memory.accesses._count", fail)
    assert "what was read could not be counted" in caplog.text
