"""Callers of an application with this plugin and the agents, and a session on a database that no test commits to."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from tmws_memory.models.memory import Memory

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.database import Database
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_core.testing.postgresql import drop_database, in_database, new_database


@pytest.fixture
def settings(filled_database_url: str, tmp_path: Path) -> Settings:
    return Settings({}, home=tmp_path, database_url=filled_database_url, plugins="agents,memory", strict=True)


@pytest.fixture(scope="session")
def shared_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("shared") / "tmws.db"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(scope="session")
def shared_postgresql(postgresql_server: str, postgresql_template: str) -> Iterator[str]:
    name = new_database(postgresql_server, postgresql_template)
    yield in_database(postgresql_server, name)
    drop_database(postgresql_server, name)


@pytest.fixture
def shared_database_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"shared_{database_kind}"))


@pytest.fixture
async def session(shared_database_url: str) -> AsyncIterator[AsyncSession]:
    """A writing session; everything that a test does with it is rolled back."""
    database = Database(shared_database_url)
    async with database.session(read_only=False) as opened:
        yield opened
    await database.close()


ALICE = Principal("alice", "place", frozenset({"*"}))


class CallTool(Protocol):
    """Calls a tool, as alice unless another caller is given."""

    async def __call__(self, tool: str, /, principal: Principal = ALICE, **arguments: Any) -> dict[str, Any]: ...


@pytest.fixture
def alice() -> Principal:
    return ALICE


@pytest.fixture
def bob() -> Principal:
    return Principal("bob", "place", frozenset({"*"}))


@pytest.fixture
def call(application: Application) -> CallTool:
    """Calls a tool of the application through the pipeline, as an MCP client does."""

    async def call(tool: str, /, principal: Principal = ALICE, **arguments: Any) -> dict[str, Any]:
        return await application.pipeline.call_tool(Call(principal, "mcp"), tool, arguments)

    return call


@pytest.fixture
async def memory(session: AsyncSession) -> Memory:
    """A memory of metis-developer."""
    memory = Memory(content="text", content_hash="0" * 64, agent_id="metis-developer", namespace="default")
    session.add(memory)
    await session.flush()
    return memory
