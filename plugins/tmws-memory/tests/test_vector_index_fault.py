"""A vector index that fails takes no search and no store with it."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from tmws_core.application import Application
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin
from tmws_memory.embedding import count_in
from tmws_memory.state import MemoryState
from tmws_memory.vectors.checked import CheckedIndex
from tmws_memory.vectors.index import Space, VectorIndexFault, Vectors

CallTool = Callable[..., Awaitable[dict[str, Any]]]

_PLUGIN = """
import numpy as np

from tmws_core import hookimpl


class OneDirection:
    name = "one direction 1"
    dimension = 2

    def embed_documents(self, texts):
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text):
        return np.array([1, 0], np.float32)


class Broken:
    name = "broken"

    def put(self, session, space, vectors):
        {put}

    def nearest(self, session, space, query, limit, among=None):
        raise RuntimeError("the index is damaged")

    def similarities(self, session, space, query, ids):
        raise RuntimeError("the index is damaged")


@hookimpl
def tmws_memory_embedder(application):
    return OneDirection()


@hookimpl
def tmws_memory_vector_index(application):
    {brought}
"""


@pytest.fixture
def put() -> str:
    """What the index does when a vector is to be kept."""
    return "pass"


@pytest.fixture
def brought() -> str:
    """What the hook does."""
    return "return Broken()"


@pytest.fixture
def settings(
    filled_database_url: str, tmp_path: Path, install_plugin: InstallPlugin, put: str, brought: str
) -> Settings:
    install_plugin(
        "broken", dedent(_PLUGIN).replace("{put}", put).replace("{brought}", brought), requires=("tmws-memory",)
    )
    return Settings({}, home=tmp_path, database_url=filled_database_url, plugins="agents,memory,broken", strict=True)


async def test_a_search_goes_on_with_words_alone_and_says_why(application: Application, call: CallTool) -> None:
    await call("memory_store", content="The cache is Redis.")
    found = await call("memory_search", query="cache")
    assert [hit["memory"]["content"] for hit in found["hits"]] == ["The cache is Redis."]
    assert "vector index 'broken': nearest failed with RuntimeError: the index is damaged" in found["meaning"]


@pytest.mark.parametrize("put", ['raise RuntimeError("the disk is full")'])
async def test_what_is_stored_stays_stored_and_waits_for_its_vector(application: Application, call: CallTool) -> None:
    await call("memory_store", content="The cache is Redis.")
    state = application.state(MemoryState)
    await state.worker.finish()
    assert "put failed with RuntimeError: the disk is full" in state.meaning.status
    assert await application.database.transaction(lambda session: count_in(session, "pending"), read_only=True) == 1


@pytest.mark.parametrize("brought", ['raise OSError("the folder is missing")'])
async def test_an_index_that_cannot_be_opened_leaves_the_words(application: Application, call: CallTool) -> None:
    await call("memory_store", content="The cache is Redis.")
    found = await call("memory_search", query="cache")
    assert len(found["hits"]) == 1
    assert "the vector index could not be opened: OSError: the folder is missing" in found["meaning"]


class Nameless:
    """An index that fails in every way."""

    def put(self, session: Session, space: Space, vectors: Mapping[str, Vectors]) -> None:
        raise KeyError("put")

    def nearest(
        self, session: Session, space: Space, query: Vectors, limit: int, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        raise KeyError("nearest")

    def similarities(self, session: Session, space: Space, query: Vectors, ids: Collection[str]) -> dict[str, float]:
        raise KeyError("similarities")

    @property
    def name(self) -> str:
        return "nameless"


def test_every_failure_is_one_of_the_index() -> None:
    index, space, session = CheckedIndex(Nameless()), Space("ns", "model", 2), Session()
    with pytest.raises(VectorIndexFault, match=r"nameless.*put"):
        index.put(session, space, {})
    with pytest.raises(VectorIndexFault, match=r"nameless.*similarities"):
        index.similarities(session, space, np.zeros(2), [])
