"""An application whose embedder counts letters, and how its rows are made older than they are."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.context import ReportProgress, no_progress
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin
from tmws_memory.commands.reindex import Reindexed, reindex
from tmws_memory.consistency import Consistency, examine
from tmws_memory.models.base import Base
from tmws_memory.models.memory import Memory
from tmws_memory.state import MemoryState

Result = TypeVar("Result")
Within = Callable[[Callable[[Session], Any]], Awaitable[Any]]

_COUNTING = """
    import numpy as np

    from tmws_core import hookimpl


    class Counting:
        name = "counting {letters}"
        dimension = len("{letters}")
        refused = set()

        def embed_documents(self, texts):
            if not self.refused.isdisjoint(texts):
                raise ValueError("this text is too much")
            return np.stack([self.embed_query(text) for text in texts])

        def embed_query(self, text):
            counts = np.array([text.lower().count(letter) for letter in "{letters}"], np.float32)
            return counts / max(float(np.linalg.norm(counts)), 1.0)


    embedder = Counting()


    @hookimpl
    def tmws_memory_embedder(application):
        return embedder
"""
ALPHABET, VOWELS = "abcdefghijklmnopqrstuvwxyz", "aeiou"


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment of the settings; a test may parametrize it."""
    return {"TMWS_MEMORY_EMBEDDER_BATCH": "50"}


@pytest.fixture
def settings_with(filled_database_url: str, tmp_path: Path, environment: dict[str, str]) -> Callable[[str], Settings]:
    """Settings for the one database with the embedder of a plugin."""

    def settings_with(embedder: str) -> Settings:
        values = {"plugins": f"agents,memory,{embedder}", "strict": True, "rate_limit": "1000000/second"}
        return Settings(environment, home=tmp_path, database_url=filled_database_url, **values)

    return settings_with


@pytest.fixture
def alphabet(install_plugin: InstallPlugin) -> ModuleType:
    """The plugin `alphabet`, whose embedder counts all letters and refuses the texts in `embedder.refused`."""
    install_plugin("alphabet", _COUNTING.format(letters=ALPHABET), requires=("tmws-core", "tmws-memory"))
    return import_module("alphabet")


@pytest.fixture
def vowels(install_plugin: InstallPlugin) -> ModuleType:
    """The plugin `vowels`, whose embedder has another dimension."""
    install_plugin("vowels", _COUNTING.format(letters=VOWELS), requires=("tmws-core", "tmws-memory"))
    return import_module("vowels")


@pytest.fixture
def settings(settings_with: Callable[[str], Settings], alphabet: ModuleType) -> Settings:
    return settings_with("alphabet")


@pytest.fixture
def within(application: Application) -> Within:
    """Runs work in a writing transaction."""

    async def within(work: Callable[[Session], Result]) -> Result:
        return await application.database.transaction(work, read_only=False)

    return within


@pytest.fixture
def change(within: Within) -> Callable[..., Awaitable[None]]:
    """Changes columns of memories behind the plugin's back; a number stands for so many days ago."""

    async def change(memory_ids: Sequence[str], **columns: object) -> None:
        values = {
            name: utc_now() - timedelta(days=value) if name.endswith("_at") and isinstance(value, float) else value
            for name, value in columns.items()
        }
        statement = update(Memory).where(Memory.id.in_(memory_ids)).values({"updated_at": Memory.updated_at} | values)
        await within(lambda session: session.execute(statement))

    return change


@pytest.fixture
def store(application: Application, alice: Principal) -> Callable[..., Awaitable[list[str]]]:
    """Stores memories of alice that all have a vector when it is done, and gives their identifiers."""

    async def store(*contents: str, **more: object) -> list[str]:
        identifiers = []
        for start in range(0, len(contents), 200):
            memories = [{"content": content, **more} for content in contents[start : start + 200]]
            call = Call(alice, "mcp")
            answer = await application.pipeline.call_tool(call, "memory_store_many", {"memories": memories})
            identifiers += [one["id"] for one in answer["result"]]
        await application.state(MemoryState).worker.finish()
        return identifiers

    return store


@pytest.fixture
def rows(within: Within) -> Callable[[], Awaitable[dict[str, list[tuple[Any, ...]]]]]:
    """Everything that stands in the tables of the plugin."""

    def read(session: Session) -> dict[str, list[tuple[Any, ...]]]:
        tables = Base.metadata.sorted_tables
        return {table.name: sorted(map(tuple, session.execute(select(table))), key=repr) for table in tables}

    return lambda: within(read)


@pytest.fixture
def consistency(within: Within) -> Callable[[], Awaitable[Consistency]]:
    return lambda: within(lambda session: examine(session, vectors_in_table=True))


Reindex = Callable[..., Awaitable[Reindexed]]


async def reindexed(
    application: Application, report_progress: ReportProgress = no_progress, **options: bool
) -> Reindexed:
    """Run the command as the command line does."""
    call = Call(application.local_principal, "cli", report_progress)
    running = application.pipeline.run(
        call, "reindex", "memory:govern", lambda ctx: reindex(ctx, **options), read_only=False, limited=False
    )
    return await running


@pytest.fixture
def run_reindex() -> Reindex:
    """Runs `tmws memory reindex` in an application."""
    return reindexed


@pytest.fixture
def in_search_index(within: Within) -> Callable[[str], Awaitable[int]]:
    """How many documents have a word, as the full-text index says."""
    from sqlalchemy import text

    from tmws_memory.models.document import Document

    def look(session: Session, word: str) -> int:
        if session.get_bind().dialect.name == "sqlite":
            matched = text("SELECT count(*) FROM tmws_memory_search WHERE tmws_memory_search MATCH :word")
            return session.scalar(matched, {"word": word}) or 0
        return session.scalar(select(func.count()).where(Document.body.contains(word))) or 0

    return lambda word: within(lambda session: look(session, word))
