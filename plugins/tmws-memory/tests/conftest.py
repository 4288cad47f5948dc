"""An application with this plugin and the agents, and who calls it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_memory.draft import Draft
from tmws_memory.models.memory import Memory
from tmws_memory.storage import store


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment variables that the settings are read from; a module may have its own."""
    return {}


@pytest.fixture
def settings(filled_database_url: str, tmp_path: Path, environment: dict[str, str]) -> Settings:
    # the tests of any text call more often than a client may
    values = {"plugins": "agents,memory", "strict": True, "rate_limit": "1000000/second"}
    return Settings(environment, home=tmp_path, database_url=filled_database_url, **values)


ALICE = Principal("alice", "place", frozenset({"*"}))


CallTool = Callable[..., Awaitable[dict[str, Any]]]
ReadResource = Callable[..., Awaitable[str]]
Remember = Callable[..., Awaitable[str]]


@pytest.fixture
def alice() -> Principal:
    return ALICE


@pytest.fixture
def bob() -> Principal:
    return Principal("bob", "place", frozenset({"*"}))


@pytest.fixture
def stranger() -> Principal:
    """Somebody of another namespace."""
    return Principal("stranger", "elsewhere", frozenset({"*"}))


@pytest.fixture
def remember(session: AsyncSession) -> Remember:
    """Stores a memory in the session that is rolled back, of alice unless another owner is given; its identifier."""

    async def remember(content: str = "text", principal: Principal = ALICE, **values: Any) -> str:
        draft = Draft(**({"content": content, "namespace": principal.namespace} | values))
        (stored,) = await session.run_sync(store, principal, [draft])
        return stored.memory.id

    return remember


@pytest.fixture
async def other_process(application: Application, settings: Settings) -> AsyncIterator[Application]:
    """A second application on the database of the first, as another process has it."""
    async with Application(settings) as opened:
        yield opened


@pytest.fixture
def call(application: Application) -> CallTool:
    """Calls a tool of the application as an MCP client does, as alice unless another caller is given."""

    async def call(tool: str, /, principal: Principal = ALICE, **arguments: object) -> dict[str, Any]:
        return await application.pipeline.call_tool(Call(principal, "mcp"), tool, arguments)

    return call


@pytest.fixture
def read(application: Application) -> ReadResource:
    """Reads a resource of the application as an MCP client does, as alice unless another caller is given."""

    async def read(uri: str, principal: Principal = ALICE) -> str:
        matching = ((one, one.variables_in(uri)) for one in application.catalogue.resources)
        resource, variables = next((one, found) for one, found in matching if found is not None)

        async def work(context: Context) -> str:
            return str(await resource.function(context, **variables))

        running = application.pipeline.run(Call(principal, "mcp"), uri, resource.scope, work, read_only=True)
        return await running

    return read


@pytest.fixture
async def memory(session: AsyncSession) -> Memory:
    """A memory of metis-developer."""
    memory = Memory(content="text", content_hash="0" * 64, agent_id="metis-developer", namespace="default")
    session.add(memory)
    await session.flush()
    return memory
