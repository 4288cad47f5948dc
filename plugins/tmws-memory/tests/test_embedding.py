"""Memories get their vectors after they are stored, whatever the embedder does."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.exclusive import Exclusive
from tmws_memory import changes, removal
from tmws_memory.embedding import LOCK, EmbeddingWorker, Round, count_in
from tmws_memory.meaning import Meaning
from tmws_memory.models.memory import Memory
from tmws_memory.models.vector import Vector
from tmws_memory.settings import MemorySettings
from tmws_memory.state import MemoryState

CallTool = Callable[..., Awaitable[dict[str, Any]]]
Statuses = Callable[[], Awaitable[dict[str, str]]]

ALICE = Principal("alice", "place")


@pytest.fixture
def plugins(concepts: ModuleType) -> str:
    return "agents,memory,concepts"


@pytest.fixture
def environment() -> dict[str, str]:
    return {"TMWS_MEMORY_EMBEDDER_SECONDS": "0.2"}


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The application's own worker does nothing; a test has one of its own."""
    monkeypatch.setattr(EmbeddingWorker, "wake", lambda self: None)


@pytest.fixture
def worker(quiet: None, application: Application) -> EmbeddingWorker:
    return EmbeddingWorker(application.database, Meaning(application), batch=4)


@pytest.fixture
def statuses(application: Application) -> Statuses:
    """The status of each memory, by its text."""

    async def statuses() -> dict[str, str]:
        def work(session: Session) -> dict[str, str]:
            return dict(session.execute(select(Memory.content, Memory.embedding_status)).all())

        return await application.database.transaction(work, read_only=True)

    return statuses


async def store(call: CallTool, *contents: str) -> list[str]:
    return [(await call("memory_store", content=content))["id"] for content in contents]


def bad_text(texts: list[str]) -> None:
    if any("poison" in text for text in texts):
        raise ValueError("cannot take this")


def broken(texts: list[str]) -> None:
    raise ValueError("no more memory")


async def test_what_waits_gets_its_vector(call: CallTool, worker: EmbeddingWorker, statuses: Statuses) -> None:
    await store(call, "a cat", "a car")
    assert await worker.round() == Round(ready=2, failed=0)
    assert await statuses() == {"a cat": "ready", "a car": "ready"}


async def test_a_memory_says_by_which_model_it_is_found(
    call: CallTool, worker: EmbeddingWorker, application: Application
) -> None:
    (memory_id,) = await store(call, "a cat")
    await worker.finish()
    memory = await application.database.transaction(lambda one: one.get_one(Memory, memory_id), read_only=True)
    assert (memory.embedding_model, memory.embedding_dimension) == ("concepts 1", 4)


async def test_a_round_takes_one_batch(call: CallTool, worker: EmbeddingWorker) -> None:
    await store(call, *(f"cat {number}" for number in range(6)))
    assert [await worker.round(), await worker.round(), await worker.round()] == [Round(4, 0), Round(2, 0), Round(0, 0)]


async def test_embedding_is_finished_when_nothing_waits(
    call: CallTool, worker: EmbeddingWorker, application: Application
) -> None:
    await store(call, *(f"cat {number}" for number in range(9)))
    await worker.finish()
    assert await application.database.transaction(partial(count_in, status="pending"), read_only=True) == 0


async def test_an_embedded_memory_is_not_changed_otherwise(call: CallTool, worker: EmbeddingWorker) -> None:
    (memory_id,) = await store(call, "a cat")
    before = await call("memory_get", memory_id=memory_id)
    await worker.finish()
    after = await call("memory_get", memory_id=memory_id)
    assert (after["version"], after["updated_at"]) == (before["version"], before["updated_at"])


async def test_the_one_text_that_the_embedder_cannot_take_does_not_hold_up_the_others(
    call: CallTool, worker: EmbeddingWorker, statuses: Statuses, concepts: ModuleType
) -> None:
    concepts.embedder.before = bad_text
    await store(call, "a cat", "poison", "a car", "a dog")
    assert await worker.round() == Round(ready=3, failed=1)
    assert await statuses() == {"a cat": "ready", "poison": "failed", "a car": "ready", "a dog": "ready"}


async def test_a_text_for_which_the_embedder_returns_nonsense_does_not_hold_up_the_others(
    call: CallTool, worker: EmbeddingWorker, statuses: Statuses, concepts: ModuleType
) -> None:
    def nonsense(vectors: Any) -> Any:  # noqa: ANN401 -- whatever an embedder returns
        return vectors * np.nan if any("poison" in text for text in concepts.embedder.asked[-1]) else vectors

    concepts.embedder.change = nonsense
    await store(call, "a cat", "poison")
    await worker.finish()
    assert await statuses() == {"a cat": "ready", "poison": "failed"}


@pytest.mark.parametrize("fault", ["raises", "not a number", "shape", "cannot be loaded", "is missing"])
async def test_no_memory_is_given_up_because_the_embedder_is_broken(
    call: CallTool,
    worker: EmbeddingWorker,
    statuses: Statuses,
    concepts: ModuleType,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tmws_memory.meaning.SECONDS_AFTER_A_FAILURE", 0.0)
    monkeypatch.setattr("tmws_memory.embedders.static_table.find_spec", lambda name: None)
    match fault:
        case "raises":
            concepts.embedder.before = broken
        case "not a number":
            concepts.embedder.change = lambda vectors: vectors * np.nan
        case "shape":
            concepts.embedder.change = lambda vectors: vectors[:, :2]
        case "cannot be loaded":
            concepts.embedder.load = lambda: broken([])
        case _:
            concepts.embedder.load = lambda: None
    await store(call, "a cat", "a car")
    await worker.finish()
    broken_off = await statuses()
    concepts.embedder.before, concepts.embedder.change = lambda texts: None, lambda vectors: vectors
    concepts.embedder.load = lambda: concepts.embedder
    await worker.finish()
    assert (set(broken_off.values()), set((await statuses()).values())) == ({"pending"}, {"ready"})


async def test_a_broken_embedder_is_asked_a_few_times_and_not_for_each_memory(
    call: CallTool, worker: EmbeddingWorker, concepts: ModuleType
) -> None:
    concepts.embedder.before = broken
    await store(call, *(f"cat {number}" for number in range(9)))
    await worker.finish()
    assert len(concepts.embedder.asked) == 2


async def test_a_text_that_changes_meanwhile_is_not_ready_with_the_former_vector(
    call: CallTool,
    worker: EmbeddingWorker,
    statuses: Statuses,
    concepts: ModuleType,
    application: Application,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (memory_id,) = await store(call, "a cat")
    change = partial(
        changes.update,
        principal=ALICE,
        memory_id=memory_id,
        changes={"content": "a car"},
        settings=MemorySettings.model_validate({}),
    )
    meanwhile = _before_it_is_kept(monkeypatch, worker, application, change)
    await worker.round()
    assert meanwhile == ["changed"]
    assert await statuses() == {"a car": "pending"}


async def test_a_memory_that_is_deleted_meanwhile_gets_no_vector(
    call: CallTool, worker: EmbeddingWorker, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    (memory_id,) = await store(call, "a cat")
    _before_it_is_kept(monkeypatch, worker, application, partial(removal.delete, principal=ALICE, memory_id=memory_id))
    assert await worker.round() == Round(0, 0)
    assert await application.database.transaction(lambda one: one.scalars(select(Vector)).all(), read_only=True) == []


def _before_it_is_kept(
    monkeypatch: pytest.MonkeyPatch,
    worker: EmbeddingWorker,
    application: Application,
    work: Callable[[Session], object],
) -> list[str]:
    """Let something happen after the texts were embedded and before their vectors are kept."""
    meaning, happened = worker._meaning, list[str]()
    of_documents = meaning.of_documents

    async def and_then(texts: list[str]) -> object:
        vectors = await of_documents(texts)
        await application.database.transaction(work, read_only=False)
        happened.append("changed")
        return vectors

    monkeypatch.setattr(meaning, "of_documents", and_then)
    return happened


async def test_a_changed_text_is_embedded_anew(call: CallTool, worker: EmbeddingWorker, statuses: Statuses) -> None:
    (memory_id,) = await store(call, "a cat")
    await worker.finish()
    await call("memory_update", memory_id=memory_id, content="a car")
    assert await statuses() == {"a car": "pending"}
    assert await worker.round() == Round(1, 0)


async def test_a_change_of_something_else_asks_for_no_new_vector(call: CallTool, worker: EmbeddingWorker) -> None:
    (memory_id,) = await store(call, "a cat")
    await worker.finish()
    await call("memory_update", memory_id=memory_id, importance=0.9)
    assert await worker.round() == Round(0, 0)


async def test_what_is_deleted_is_not_embedded(call: CallTool, worker: EmbeddingWorker) -> None:
    (memory_id,) = await store(call, "a cat")
    await call("memory_delete", memory_id=memory_id)
    assert await worker.round() == Round(0, 0)


async def test_what_is_restored_is_embedded_anew(call: CallTool, worker: EmbeddingWorker) -> None:
    (memory_id,) = await store(call, "a cat")
    await worker.finish()
    await call("memory_delete", memory_id=memory_id)
    await call("memory_restore", memory_id=memory_id)
    assert await worker.round() == Round(1, 0)


async def test_an_index_that_fails_leaves_the_memories_waiting(
    call: CallTool, worker: EmbeddingWorker, statuses: Statuses, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store(call, "a cat")
    with monkeypatch.context() as patched:
        patched.setattr("tmws_memory.vectors.rows.encoded", broken)
        assert await worker.round() == Round(0, 0)
    assert await statuses() == {"a cat": "pending"}


@pytest.mark.usefixtures("quiet")
async def test_two_workers_embed_everything(call: CallTool, application: Application, statuses: Statuses) -> None:
    await store(call, *(f"cat {number}" for number in range(8)))
    first, second = (EmbeddingWorker(application.database, Meaning(application), 4) for _ in range(2))
    await first.finish()
    await second.finish()
    assert set((await statuses()).values()) == {"ready"}


async def test_a_worker_waits_while_another_process_embeds(
    call: CallTool,
    worker: EmbeddingWorker,
    application: Application,
    statuses: Statuses,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, waiting = asyncio.Event(), asyncio.Event()
    monkeypatch.setattr("tmws_memory.embedding.SECONDS_TO_GATHER", 0)
    monkeypatch.setattr("tmws_memory.embedding.SECONDS_BETWEEN_ROUNDS", 0.01)
    another = Exclusive(application.database, LOCK)
    assert await another.try_acquire()
    try_acquire = Exclusive.try_acquire

    async def tried(exclusive: Exclusive) -> bool:
        (waiting if asked.is_set() else asked).set()  # it asks a second time only when it was refused the first
        return await try_acquire(exclusive)

    monkeypatch.setattr(Exclusive, "try_acquire", tried)
    await store(call, "a cat")
    running = asyncio.create_task(worker.run())
    await waiting.wait()
    assert await statuses() == {"a cat": "pending"}
    await another.release()
    while (await statuses()) != {"a cat": "ready"}:  # noqa: ASYNC110 -- the database sets no event
        await asyncio.sleep(0.01)
    running.cancel()


async def test_a_vector_that_is_missing_when_the_status_says_failed_is_not_asked_for_again(
    call: CallTool, worker: EmbeddingWorker, application: Application
) -> None:
    await store(call, "a cat")
    given_up = update(Memory).values(embedding_status="failed")
    await application.database.transaction(lambda one: one.execute(given_up).close(), read_only=False)
    assert await worker.round() == Round(0, 0)


async def test_a_stored_memory_is_embedded_by_itself(call: CallTool, application: Application) -> None:
    await store(call, "a cat")
    await application.state(MemoryState).worker.finish()
    assert await application.database.transaction(partial(count_in, status="pending"), read_only=True) == 0


async def test_a_memory_is_stored_and_found_by_its_words_while_the_embedder_hangs(
    call: CallTool, statuses: Statuses, concepts: ModuleType, hang: Callable[..., None]
) -> None:
    concepts.embedder.before = hang
    await store(call, "the cat sleeps")
    found = await call("memory_search", query="cat")
    assert [hit["memory"]["content"] for hit in found["hits"]] == ["the cat sleeps"]
    assert await statuses() == {"the cat sleeps": "pending"}
