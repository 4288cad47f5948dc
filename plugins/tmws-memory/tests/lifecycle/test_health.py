"""The health check says whether the index is complete, and how many memories are found by meaning."""

from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_core.tool_errors import ToolError
from tmws_memory.health import memories
from tmws_memory.models.document import Document
from tmws_memory.state import MemoryState

Within = Callable[[Callable[[Session], Any]], Awaitable[Any]]
Store = Callable[..., Awaitable[list[str]]]
Change = Callable[..., Awaitable[None]]


async def _asked(application: Application) -> str:
    call = Call(application.local_principal, "cli")
    return await application.pipeline.run(call, "memories", None, memories, read_only=True)


async def test_all_is_well(application: Application, store: Store) -> None:
    await store("a tree", "a bush")
    index = "scan" if application.database.checkpointer else "pgvector"
    assert await _asked(application) == (
        f"2 memories, each in the index; found by meaning with counting abcdefghijklmnopqrstuvwxyz in the index {index}"
    )


async def test_an_incomplete_index_is_not_well(application: Application, store: Store, within: Within) -> None:
    await store("a tree", "a bush")
    await within(lambda session: session.execute(delete(Document)))
    with pytest.raises(ToolError, match="2 memories and 0 documents in the index; run `tmws memory reindex`"):
        await _asked(application)


async def test_what_has_no_vector_is_told(
    application: Application, store: Store, change: Change, alphabet: ModuleType
) -> None:
    alphabet.embedder.refused.add("too much")
    _, waiting = await store("too much", "a tree")
    await change([waiting], embedding_status="pending")
    told = await _asked(application)
    assert "1 wait for their vector; 1 could not be embedded, and are tried again once a day" in told


async def test_what_another_model_has_embedded_is_told(
    application: Application, store: Store, settings_with: Callable[[str], Settings], vowels: ModuleType
) -> None:
    await store("a tree", "a bush")
    async with Application(settings_with("vowels")) as other:
        assert (await _asked(other)).endswith("2 were embedded by another model: run `tmws memory reindex`")
        await other.state(MemoryState).worker.finish()
