"""Installed beside tmws-memory, Chroma is used when it is turned on, and breaks nothing when it fails."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin
from tmws_memory.state import MemoryState
from tmws_memory.vectors.index import VectorIndex
from tmws_memory.vectors.scan import VectorScan
from tmws_memory_chroma.index import ChromaIndex

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

_LETTERS = """
import numpy as np

from tmws_core import hookimpl


class Letters:
    name = "letters 1"
    dimension = 26

    def embed_documents(self, texts):
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text):
        counts = np.array([text.lower().count(chr(97 + place)) for place in range(26)], np.float32)
        return counts / max(float(np.linalg.norm(counts)), 1.0)


@hookimpl
def tmws_memory_embedder(application):
    return Letters()
"""


@pytest.fixture
def environment() -> dict[str, str]:
    return {"TMWS_MEMORY_CHROMA_ENABLED": "true"}


@pytest.fixture
def settings(
    filled_database_url: str, tmp_path: Path, install_plugin: InstallPlugin, environment: dict[str, str]
) -> Settings:
    install_plugin("letters", _LETTERS, requires=("tmws-memory",))
    plugins = "agents,memory,memory_chroma,letters"
    return Settings(environment, home=tmp_path, database_url=filled_database_url, plugins=plugins, strict=True)


async def call(application: Application, tool: str, **arguments: object) -> dict[str, Any]:
    alice = Principal("alice", "place", frozenset({"*"}))
    return await application.pipeline.call_tool(Call(alice, "mcp"), tool, arguments)


async def found(application: Application, query: str) -> list[str]:
    hits = (await call(application, "memory_search", query=query))["hits"]
    return [hit["memory"]["content"] for hit in hits]


async def remember(application: Application, content: str) -> str:
    stored = await call(application, "memory_store", content=content)
    await application.state(MemoryState).worker.finish()
    return str(stored["id"])


def brought(application: Application) -> VectorIndex:
    index: VectorIndex = application.hook.tmws_memory_vector_index(application=application)
    return index


async def test_it_is_used_when_it_is_turned_on(application: Application) -> None:
    assert isinstance(brought(application), ChromaIndex)


@pytest.mark.parametrize("environment", [{}])
async def test_being_installed_changes_nothing(application: Application, tmp_path: Path) -> None:
    assert isinstance(brought(application), VectorScan)
    assert not (tmp_path / "chroma").exists()


async def test_a_memory_is_found_by_its_meaning_alone(application: Application, tmp_path: Path) -> None:
    await remember(application, "listen")
    assert await found(application, "silent") == ["listen"]
    assert (tmp_path / "chroma" / "chroma.sqlite3").exists()


async def test_the_status_names_the_index(application: Application) -> None:
    await remember(application, "listen")
    answer = await call(application, "memory_search", query="silent")
    assert answer["meaning"] == "found by meaning with letters 1 in the index chroma"


async def test_a_deleted_memory_is_not_found(application: Application) -> None:
    memory_id = await remember(application, "listen")
    assert await found(application, "silent") == ["listen"]
    await call(application, "memory_delete", memory_id=memory_id)
    assert await found(application, "silent") == []


@pytest.fixture
async def damaged(settings: Settings, tmp_path: Path) -> AsyncIterator[Application]:
    """An application whose Chroma folder holds a database that is none."""
    folder = tmp_path / "chroma"
    folder.mkdir()
    (folder / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    async with Application(settings) as application:
        yield application


async def test_a_damaged_folder_leaves_the_words_and_the_status_says_so(damaged: Application) -> None:
    await remember(damaged, "listen")
    answer = await call(damaged, "memory_search", query="listen")
    assert len(answer["hits"]) == 1
    assert "vector index 'chroma': nearest failed" in answer["meaning"]
    assert "file is not a database" in answer["meaning"]


async def test_a_second_process_compares_the_vectors_itself(application: Application, settings: Settings) -> None:
    await remember(application, "listen")
    await found(application, "silent")
    async with Application(settings) as second:
        assert isinstance(brought(second), VectorScan)
        assert await found(second, "silent") == ["listen"]


@pytest.mark.parametrize("environment", [{}])
async def test_what_was_stored_before_is_found_once_it_is_turned_on(
    application: Application, opened: Session, filled_database_url: str, tmp_path: Path
) -> None:
    await remember(application, "listen")
    environment = {"TMWS_MEMORY_CHROMA_ENABLED": "true"}
    plugins = "agents,memory,memory_chroma,letters"
    turned_on = Settings(environment, home=tmp_path, database_url=filled_database_url, plugins=plugins, strict=True)
    async with Application(turned_on) as second:
        assert isinstance(brought(second), ChromaIndex)
        assert await found(second, "silent") == ["listen"]


async def test_the_folder_is_free_again_when_the_server_stops(settings: Settings) -> None:
    for _ in range(2):
        async with Application(settings) as application:
            assert isinstance(brought(application), ChromaIndex)
