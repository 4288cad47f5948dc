"""`tmws memory reindex` mends the index, embeds with the present model, and can be interrupted."""

import asyncio
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_core.tool_errors import InvalidArguments, ToolError
from tmws_memory.commands.reindex import Reindexed
from tmws_memory.consistency import Consistency, examine
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.models.vector import Vector
from tmws_memory.state import MemoryState

Within = Callable[[Callable[[Session], Any]], Awaitable[Any]]
Reindex = Callable[..., Awaitable[Reindexed]]
CallTool = Callable[..., Awaitable[dict[str, Any]]]
Store = Callable[..., Awaitable[list[str]]]
Change = Callable[..., Awaitable[None]]
Examine = Callable[[], Awaitable[Consistency]]

sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
MANY = 300


async def test_a_sound_index_is_left_alone(application: Application, store: Store, run_reindex: Reindex) -> None:
    await store("a tree", "a bush")
    done = await run_reindex(application)
    assert (done.compared, done.mended, done.taken_out, done.search_index_rebuilt) == (2, 0, 0, False)
    assert (done.embedded, done.failed) == (0, 0)


async def test_missing_documents_come_back_in_their_order(
    application: Application, store: Store, within: Within, run_reindex: Reindex, consistency: Examine
) -> None:
    ids = await store("a tree", "a bush", "a flower", session="garden")
    await within(lambda session: session.execute(delete(Document)))
    assert (await run_reindex(application, words=True)).mended == 3
    placed = select(Document.memory_id, Document.position).order_by(Document.position)
    assert await within(lambda session: list(map(tuple, session.execute(placed)))) == [
        (memory_id, place) for place, memory_id in enumerate(ids, 1)
    ]
    assert (await consistency()).well


async def test_a_document_that_is_out_of_date_is_made_anew_in_its_place(
    application: Application, call: CallTool, store: Store, within: Within, run_reindex: Reindex
) -> None:
    first, _ = await store("a tree", "a bush", session="garden")
    wrong = update(Document).where(Document.memory_id == first).values(body="something else", asks=True)
    await within(lambda session: session.execute(wrong))
    assert (await run_reindex(application, words=True)).mended == 1
    document = await within(lambda session: session.scalars(select(Document).filter_by(memory_id=first)).one())
    assert (document.body, document.asks, document.position) == ("a tree", False, 1)


async def test_what_a_deleted_memory_left_behind_is_taken_out(
    application: Application, store: Store, change: Change, run_reindex: Reindex, consistency: Examine
) -> None:
    first, _ = await store("a tree", "a bush")
    await change([first], deleted_at=1.0)
    assert (await run_reindex(application, words=True)).taken_out == 1
    assert (await consistency()).well


@sqlite_only
async def test_a_damaged_full_text_index_is_made_anew(
    application: Application, call: CallTool, store: Store, within: Within, run_reindex: Reindex, consistency: Examine
) -> None:
    await store("a tree", "a bush")
    lose = text("INSERT INTO tmws_memory_search(tmws_memory_search) VALUES ('delete-all')")
    await within(lambda session: session.execute(lose))
    assert (await run_reindex(application)).search_index_rebuilt
    assert (await consistency()).well
    assert len((await call("memory_search", query="tree"))["hits"]) == 1


async def test_a_missing_vector_is_made_again(
    application: Application, store: Store, within: Within, run_reindex: Reindex, consistency: Examine
) -> None:
    first, _ = await store("a tree", "a bush")
    await within(lambda session: session.execute(delete(Vector).where(Vector.memory_id == first)))
    done = await run_reindex(application, meaning=True)
    assert (done.compared, done.embedded) == (0, 1)
    assert (await consistency()).well


async def test_everything_is_embedded_again_when_that_is_asked_for(
    application: Application, store: Store, run_reindex: Reindex
) -> None:
    await store("a tree", "a bush")
    assert (await run_reindex(application, all=True)).embedded == 2


async def test_what_cannot_be_embedded_is_counted_and_the_rest_is_embedded(
    application: Application, store: Store, run_reindex: Reindex, alphabet: ModuleType
) -> None:
    await store("a tree", "a bush", "a flower")
    alphabet.embedder.refused.add("a bush")
    done = await run_reindex(application, meaning=True, all=True)
    assert (done.embedded, done.failed) == (2, 1)


async def _models(application: Application) -> dict[str, int]:
    counted = select(Vector.model, func.count()).group_by(Vector.model)
    found = await application.database.transaction(lambda session: session.execute(counted).all(), read_only=True)
    return dict(found)


async def test_another_embedder_embeds_everything_anew(
    application: Application,
    alice: Principal,
    store: Store,
    settings_with: Callable[[str], Settings],
    vowels: ModuleType,
    run_reindex: Reindex,
) -> None:
    await store(*(f"note {number}" for number in range(MANY)), "aeaeae")
    async with Application(settings_with("vowels")) as other:
        done = await run_reindex(other)
        assert (done.embedded, done.failed) == (MANY + 1, 0)
        assert await _models(other) == {vowels.embedder.name: MANY + 1}
        dimensions = select(Memory.embedding_status, Memory.embedding_dimension).distinct()
        kept = await other.database.transaction(lambda session: session.execute(dimensions).all(), read_only=True)
        assert [tuple(row) for row in kept] == [("ready", vowels.embedder.dimension)]
        assert (
            await other.database.transaction(lambda session: examine(session, vectors_in_table=True), read_only=False)
        ).well
        found = await other.pipeline.call_tool(Call(alice, "mcp"), "memory_search", {"query": "eaeaea", "limit": 1})
        assert found["hits"][0]["memory"]["content"] == "aeaeae"


async def test_an_interrupted_run_keeps_what_it_did_and_the_next_one_does_the_rest(
    application: Application,
    store: Store,
    settings_with: Callable[[str], Settings],
    vowels: ModuleType,
    alphabet: ModuleType,
    run_reindex: Reindex,
) -> None:
    await store(*(f"note {number}" for number in range(MANY)))
    async with Application(settings_with("vowels")) as other:

        async def interrupt(done: float, total: float | None, message: str | None) -> None:
            if done >= 100:
                running.cancel()

        running = asyncio.ensure_future(run_reindex(other, interrupt, meaning=True))
        with pytest.raises(asyncio.CancelledError):
            await running
        assert await _models(other) == {vowels.embedder.name: 100, alphabet.embedder.name: 200}
        assert (await run_reindex(other, meaning=True)).embedded == 200
        assert await _models(other) == {vowels.embedder.name: MANY}


async def test_progress_grows_up_to_the_whole(application: Application, store: Store, run_reindex: Reindex) -> None:
    await store(*(f"note {number}" for number in range(120)))
    told: list[tuple[float, float | None]] = []

    async def note(done: float, total: float | None, message: str | None) -> None:
        told.append((done, total))

    await run_reindex(application, note, all=True)
    assert told == [(120, 240), (170, 240), (220, 240), (240, 240)]


async def test_others_go_on_writing_meanwhile(
    application: Application, call: CallTool, store: Store, run_reindex: Reindex, consistency: Examine
) -> None:
    ids = await store(*(f"note {number}" for number in range(200)))

    async def write() -> None:
        for number, memory_id in enumerate(ids[::10]):
            await call("memory_store", content=f"another one {number}")
            await call("memory_update", memory_id=memory_id, content=f"changed {number}")
            await call("memory_delete", memory_id=ids[10 * number + 5])

    await asyncio.gather(run_reindex(application, all=True), write())
    await application.state(MemoryState).worker.finish()
    assert (await consistency()).well


@sqlite_only
async def test_neither_words_nor_meaning_is_refused(application: Application, run_reindex: Reindex) -> None:
    with pytest.raises(InvalidArguments, match="neither words nor meaning"):
        await run_reindex(application, words=False, meaning=False)


@sqlite_only
@pytest.mark.parametrize("environment", [{"TMWS_MEMORY_EMBEDDINGS": "false"}])
async def test_without_an_embedder_the_words_are_done(
    application: Application, store: Store, run_reindex: Reindex
) -> None:
    await store("a tree")
    done = await run_reindex(application)
    assert (done.compared, done.embedded) == (1, 0)
    assert "TMWS_MEMORY_EMBEDDINGS" in done.meaning


@sqlite_only
@pytest.mark.parametrize("environment", [{"TMWS_MEMORY_EMBEDDINGS": "false"}])
async def test_meaning_without_an_embedder_is_refused(application: Application, run_reindex: Reindex) -> None:
    with pytest.raises(ToolError, match=r"nothing can be embedded: .*TMWS_MEMORY_EMBEDDINGS"):
        await run_reindex(application, meaning=True)
