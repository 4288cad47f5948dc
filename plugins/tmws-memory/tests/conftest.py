"""An application with this plugin and the agents, and who calls it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from importlib import import_module
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin
from tmws_memory.draft import Draft
from tmws_memory.models.memory import Memory
from tmws_memory.storage import store


@pytest.fixture
def plugins() -> str:
    """The plugins of the application; a module of tests may have others."""
    return "agents,memory"


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment that the application gets its settings from; a module of tests may have another."""
    return {}


@pytest.fixture
def settings(filled_database_url: str, tmp_path: Path, plugins: str, environment: dict[str, str]) -> Settings:
    # the tests of any text call more often than a client may
    values = {"plugins": plugins, "strict": True, "rate_limit": "1000000/second"}
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


_CONCEPTS = """
    import numpy as np

    from tmws_core import hookimpl

    AXES = {"cat": 0, "feline": 0, "kitten": 0, "dog": 1, "hound": 1, "car": 2, "automobile": 2}


    class Concepts:
        name = "concepts 1"
        dimension = 4

        def __init__(self):
            self.asked = []
            self.load = lambda: self
            self.before = lambda texts: None
            self.change = lambda vectors: vectors

        def embed_documents(self, texts):
            self.asked.append(list(texts))
            self.before(texts)
            return self.change(np.stack([self._vector(text) for text in texts]))

        def embed_query(self, text):
            return self.embed_documents([text])[0]

        def _vector(self, text):
            vector = np.zeros(4, np.float32)
            for word in text.lower().replace(".", " ").split():
                vector[AXES.get(word, 3)] += word in AXES
            return vector / max(float(np.linalg.norm(vector)), 1.0)


    embedder = Concepts()


    @hookimpl
    def tmws_memory_embedder(application):
        return embedder.load()
"""


@pytest.fixture
def concepts(install_plugin: InstallPlugin) -> ModuleType:
    """The module of a plugin `concepts`, whose embedder knows cats, dogs and cars under several words.

    `embedder.before` is called with the texts, `embedder.change` with the vectors, and `embedder.load`
    brings it; a test replaces them. `embedder.asked` has what was embedded.
    """
    install_plugin("concepts", _CONCEPTS, requires=("tmws-core", "tmws-memory"))
    return import_module("concepts")


@pytest.fixture
def hang() -> Iterator[Callable[..., None]]:
    """Does not return before the test is over."""
    over = Event()

    def hang(*_: object) -> None:
        over.wait()

    yield hang
    over.set()
