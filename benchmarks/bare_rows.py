"""The floor of storing a memory: a comparable row in a table of its own, written with a library alone."""

import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, Index, insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.memories import CALLER, NewMemory
from tmws_core.database import Database
from tmws_core.identifiers import new_identifier


class Base(DeclarativeBase):
    """The base of the one table."""

    type_annotation_map = {dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012 -- SQLAlchemy reads it from the class


class Note(Base):
    """What a memory has of its own, and the index that a list of one's own memories needs."""

    __tablename__ = "benchmark_memories"

    id: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]
    memory_type: Mapped[str]
    agent_id: Mapped[str]
    namespace: Mapped[str]
    tags: Mapped[list[str]]
    context: Mapped[dict[str, Any]]
    importance: Mapped[float]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (Index(None, "agent_id", "namespace", "created_at"),)


_COLUMNS = list(Note.__table__.columns.keys())
_INSERT = f"INSERT INTO {Note.__tablename__} VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"
_PRAGMAS = (
    "PRAGMA foreign_keys=ON; PRAGMA busy_timeout=30000; PRAGMA temp_store=MEMORY; "
    "PRAGMA journal_size_limit=67108864; PRAGMA synchronous=FULL"
)


async def create(file: Path) -> None:
    """Create a database with the table, its write-ahead log on."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    async with engine_of(file) as engine, engine.begin() as connection_to_it:
        await connection_to_it.run_sync(_create_tables)


@asynccontextmanager
async def engine_of(file: Path) -> AsyncIterator[AsyncEngine]:
    """The engine of the writing connection as a server has it, to another file."""
    database = Database(f"sqlite+aiosqlite:///{file}")
    await database.open()
    yield database.writer
    await database.close()


async def insert_with_core(engine: AsyncEngine, memory: NewMemory) -> None:
    """Insert and commit one row with SQLAlchemy's Core."""
    async with engine.begin() as connection:
        await connection.execute(insert(Note), _row(memory))


async def add_the_same_row(engine: AsyncEngine, memory: NewMemory) -> None:
    """Insert and commit one memory through its mapped class, with the columns that the tool fills; nothing else."""
    from tmws_memory.models.memory import Memory

    row = Memory(
        id=new_identifier(),
        content=memory.content,
        content_hash=sha256(memory.content.encode()).hexdigest(),
        memory_type=memory.memory_type,
        agent_id=CALLER.agent_id,
        namespace=memory.namespace,
        tags=list(memory.tags),
        context={},
    )
    async with AsyncSession(engine, expire_on_commit=False) as session:
        session.add(row)
        await session.commit()


def connected(file: Path) -> sqlite3.Connection:
    """A connection of the driver alone, with the pragmas of the writing connection; any one thread may use it."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.executescript(_PRAGMAS)
    return connection


def insert_with_driver(connection: sqlite3.Connection, memory: NewMemory) -> str:
    """Insert and commit one row with the driver alone; return its identifier."""
    row = _driver_row(memory)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(_INSERT, row)
    connection.execute("COMMIT")
    return str(row["id"])


def insert_many_with_driver(connection: sqlite3.Connection, memories: Sequence[NewMemory]) -> None:
    """Insert many rows with the driver alone, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(_INSERT, map(_driver_row, memories))
    connection.execute("COMMIT")


def _create_tables(connection: Connection) -> None:
    """The small table, and that of the memories with its indexes and without the full-text index."""
    from tmws_agents.models.agent import Agent
    from tmws_agents.models.namespace import Namespace
    from tmws_memory.models.memory import Memory

    Base.metadata.create_all(connection)
    for model in (Namespace, Agent, Memory):
        model.metadata.create_all(connection, tables=[model.metadata.tables[model.__tablename__]])
    connection.execute(insert(Namespace), {"namespace": CALLER.namespace})
    names = {"agent_id": CALLER.agent_id, "display_name": CALLER.agent_id, "namespace": CALLER.namespace}
    connection.execute(insert(Agent), names)


def _row(memory: NewMemory) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "id": new_identifier(),
        "content": memory.content,
        "memory_type": memory.memory_type,
        "agent_id": CALLER.agent_id,
        "namespace": memory.namespace,
        "tags": list(memory.tags),
        "context": {},
        "importance": 0.5,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }


def _driver_row(memory: NewMemory) -> dict[str, Any]:
    row = _row(memory)
    texts = {name: json.dumps(row[name]) for name in ("tags", "context")}
    return {**row, **texts, **{name: row[name].isoformat() for name in ("created_at", "updated_at")}}
