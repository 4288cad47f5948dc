"""Memories on a database of their own, to keep vectors for."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import NullPool, create_engine, event, insert
from sqlalchemy.orm import Session

from tmws_core.columns import utc_now
from tmws_core.schema.engine import database_urls
from tmws_memory.index import add
from tmws_memory.models.memory import Memory


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
    """500 memories of metis-developer, by their identifiers."""
    rows = [
        Memory(
            id=f"memory-{number:03}",
            content=f"text {number}",
            content_hash=f"{number:064}",
            agent_id="metis-developer",
            namespace="default",
            memory_type="general",
            access_level="private",
            tags=[],
            metadata_json={},
            created_at=utc_now(),
        )
        for number in range(500)
    ]
    values = [{name: value for name, value in vars(row).items() if not name.startswith("_")} for row in rows]
    opened.execute(insert(Memory), values)
    add(opened, rows)
    return [row.id for row in rows]


@pytest.fixture
def directions(memories: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
    """A unit vector in any direction of 256 dimensions for each of the memories."""
    vectors = np.random.default_rng(1).standard_normal((len(memories), 256), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return dict(zip(memories, vectors, strict=True))
