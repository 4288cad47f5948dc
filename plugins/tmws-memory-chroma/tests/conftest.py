"""Memories in a database of their own, and a Chroma folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, event, insert
from sqlalchemy.orm import Session

from tmws_core.schema.engine import database_urls
from tmws_memory.models.memory import Memory
from tmws_memory_chroma.index import ChromaIndex


@pytest.fixture
def opened(filled_database_url: str) -> Iterator[Session]:
    """A synchronous session on a filled database that nobody else has, with enforced foreign keys."""
    url, _ = database_urls(filled_database_url)
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda driver, _record: driver.execute("PRAGMA foreign_keys=ON"))
    with Session(engine) as session:
        yield session


@pytest.fixture
def memories(opened: Session) -> list[str]:
    """300 memories of metis-developer, by their identifiers."""
    rows = [
        {
            "id": f"memory-{number:03}",
            "content": f"text {number}",
            "content_hash": f"{number:064}",
            "agent_id": "metis-developer",
            "namespace": "default",
        }
        for number in range(300)
    ]
    opened.execute(insert(Memory), rows)
    return [row["id"] for row in rows]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where Chroma keeps its files."""
    return tmp_path / "chroma"


@pytest.fixture
def index(folder: Path) -> Iterator[ChromaIndex]:
    """An index in the folder."""
    made = ChromaIndex(folder, "tmws")
    yield made
    made.close()
