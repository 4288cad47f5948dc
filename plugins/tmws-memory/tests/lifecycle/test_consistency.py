"""Whatever happens to memories, the index follows; and where it did not, that is noticed."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from tmws_core.application import Application
from tmws_memory.consistency import Consistency
from tmws_memory.models.document import Document
from tmws_memory.models.vector import Vector
from tmws_memory.state import MemoryState

Within = Callable[[Callable[[Session], Any]], Awaitable[Any]]
CallTool = Callable[..., Awaitable[dict[str, Any]]]
Store = Callable[..., Awaitable[list[str]]]
Change = Callable[..., Awaitable[None]]
Examine = Callable[[], Awaitable[Consistency]]


async def test_the_index_follows_what_is_done_with_memories(
    application: Application, call: CallTool, store: Store, consistency: Examine
) -> None:
    first, second, third = await store("a tree", "a bush", "a flower", session="garden")
    await call("memory_update", memory_id=first, content="a high tree")
    await call("memory_delete", memory_id=second)
    await call("memory_delete", memory_id=third)
    await call("memory_restore", memory_id=third)
    assert (await consistency()).well
    await application.state(MemoryState).worker.finish()
    assert (await consistency()).well


async def test_a_missing_document_is_noticed(store: Store, within: Within, consistency: Examine) -> None:
    first, _ = await store("a tree", "a bush")
    await within(lambda session: session.execute(delete(Document).where(Document.memory_id == first)))
    assert await consistency() == Consistency(1, 0, 0, True)


async def test_what_a_deleted_memory_left_in_the_index_is_noticed(
    store: Store, change: Change, consistency: Examine
) -> None:
    first, _ = await store("a tree", "a bush")
    await change([first], deleted_at=1.0)
    assert await consistency() == Consistency(0, 1, 0, True)


async def test_a_missing_vector_is_noticed(store: Store, within: Within, consistency: Examine) -> None:
    first, _ = await store("a tree", "a bush")
    await within(lambda session: session.execute(delete(Vector).where(Vector.memory_id == first)))
    assert await consistency() == Consistency(0, 0, 1, True)


async def test_a_vector_of_another_model_than_the_row_names_is_noticed(
    store: Store, change: Change, consistency: Examine
) -> None:
    first, _ = await store("a tree", "a bush")
    await change([first], embedding_model="another one")
    assert await consistency() == Consistency(0, 0, 1, True)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_full_text_index_that_lost_a_document_is_noticed(
    store: Store, within: Within, consistency: Examine
) -> None:
    await store("a tree", "a bush")
    await within(forget_words)
    assert await consistency() == Consistency(0, 0, 0, False)


def forget_words(session: Session) -> None:
    session.execute(
        text(
            "INSERT INTO tmws_memory_search(tmws_memory_search, rowid, scope, body) "
            "SELECT 'delete', id, scope, body FROM tmws_memory_documents LIMIT 1"
        )
    )
