"""One process of all that serve a database maintains it from time to time."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tmws_core.application import Application
from tmws_core.exclusive import Exclusive
from tmws_core.settings import Settings
from tmws_memory.maintenance import LOCK
from tmws_memory.models.memory import Memory
from tmws_memory.state import MemoryState

Within = Callable[[Callable[[Session], Any]], Awaitable[Any]]


Store = Callable[..., Awaitable[list[str]]]


Change = Callable[..., Awaitable[None]]


sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


async def test_the_log_of_the_background_names_no_memory(
    application: Application, store: Store, change: Change, caplog: pytest.LogCaptureFixture
) -> None:
    (memory_id,) = await store("a tree", access_level="public")
    await change([memory_id], expires_at=1.0)
    with caplog.at_level(logging.INFO):
        await application.state(MemoryState).maintenance.once()
    assert "memories maintained" in caplog.text
    assert memory_id not in caplog.text


async def test_the_background_tries_what_could_not_be_embedded_once_a_day(
    application: Application, store: Store, alphabet: ModuleType
) -> None:
    alphabet.embedder.refused.add("too much")
    await store("too much")
    state = application.state(MemoryState)
    retried = []
    for _ in range(2):
        report = await state.maintenance.once()
        assert report is not None
        retried.append(report.embeddings_retried.count)
        await state.worker.finish()
    assert retried == [1, 0]


async def test_one_application_of_several_does_it(application: Application, settings: Settings) -> None:
    async with Application(settings) as other:
        first, second = application.state(MemoryState).maintenance, other.state(MemoryState).maintenance
        assert await first.once() is not None
        assert await second.once() is None
        assert await first.once() is not None


_HOLD = """
import asyncio
import sys
from tmws_core.exclusive import Exclusive

async def hold():
    exclusive = Exclusive(sys.argv[1], sys.argv[2])
    print(await exclusive.try_acquire(), flush=True)
    await asyncio.Event().wait()

asyncio.run(hold())
"""


async def test_what_another_process_does_is_left_to_it_until_it_is_killed(
    settings: Settings, filled_database_url: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _HOLD, filled_database_url, LOCK, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert (await process.stdout.readline()).strip() == b"True"
    async with Application(settings) as application:
        worker = application.state(MemoryState).maintenance
        assert await worker.once() is None
        process.kill()
        await process.wait()

        async def taken_over() -> bool:
            return await worker.once() is not None

        await _wait_until(taken_over)


async def test_the_lock_is_free_when_the_application_has_stopped(settings: Settings, filled_database_url: str) -> None:
    async with Application(settings) as application:
        assert await application.state(MemoryState).maintenance.once() is not None
    exclusive = Exclusive(filled_database_url, LOCK)
    assert await exclusive.try_acquire()
    await exclusive.release()


async def test_another_application_goes_on_after_the_first_has_stopped(settings: Settings) -> None:
    async with Application(settings) as first:
        assert await first.state(MemoryState).maintenance.once() is not None
    async with Application(settings) as second:
        assert await second.state(MemoryState).maintenance.once() is not None


async def _wait_until(fulfilled: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while True:
            if await fulfilled():
                return
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("environment", [{"TMWS_MEMORY_MAINTENANCE_SECONDS": "1"}])
async def test_a_running_server_maintains_of_itself(
    store: Store, change: Change, within: Within, in_search_index: Callable[[str], Awaitable[int]]
) -> None:
    (memory_id,) = await store("walnut")
    await change([memory_id], expires_at=1.0)

    async def gone() -> bool:
        return await in_search_index("walnut") == 0

    await _wait_until(gone)


@sqlite_only
@pytest.mark.parametrize("environment", [{"TMWS_MEMORY_MAINTENANCE_SECONDS": "1"}])
async def test_the_background_goes_on_after_a_failure(
    store: Store, change: Change, within: Within, caplog: pytest.LogCaptureFixture
) -> None:
    (memory_id,) = await store("a tree")
    fault = "BEGIN SELECT RAISE(ABORT, 'the table is stuck'); END"
    stuck = f"CREATE TRIGGER stuck BEFORE UPDATE OF deleted_at ON memories {fault}"
    await within(lambda session: session.execute(text(stuck)))
    await change([memory_id], expires_at=1.0)

    async def told() -> bool:
        return "memories could not be maintained" in caplog.text

    async def expired() -> bool:
        return bool(await within(lambda session: session.scalar(select(func.count(Memory.deleted_at)))))

    with caplog.at_level(logging.ERROR):
        await _wait_until(told)
        await within(lambda session: session.execute(text("DROP TRIGGER stuck")))
        await _wait_until(expired)
