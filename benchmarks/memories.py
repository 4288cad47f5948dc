"""The memory feature as the benchmarks use it: what its tools, answers and settings are called stands here alone."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.commands.startup import without_collection
from tmws_core.pipeline import Call
from tmws_core.settings import Settings

STORE, SEARCH = "memory_store", "memory_search"
TABLE = "memories"
CALLER = Principal("benchmark", "benchmark", frozenset({"*"}))
EMBEDDER: Mapping[bool, Mapping[str, str]] = {
    False: {"TMWS_MEMORY_EMBEDDINGS": "false"},
    True: {"TMWS_MEMORY_EMBEDDINGS": "true"},
}
"""The settings with and without the embedder."""

_PLUGINS = "agents,memory"
_IN_ONE_TRANSACTION = 500

if TYPE_CHECKING:
    from tmws_memory.exchange.record import Record

Item = TypeVar("Item")


@dataclass(frozen=True)
class NewMemory:
    """What is to be remembered.

    Attributes:
        content: the text.
        namespace: where it belongs.
        session: the conversation that it belongs to.
        memory_type: its kind.
        tags: its tags.
    """

    content: str
    namespace: str = CALLER.namespace
    session: str | None = None
    memory_type: str = "general"
    tags: Sequence[str] = ()

    @property
    def record(self) -> "Record":
        """The memory as an import takes it."""
        from tmws_memory.exchange.record import Record

        return Record(**self.arguments)

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the tool that stores it."""
        given = {"content": self.content, "namespace": self.namespace, "memory_type": self.memory_type}
        return {**given, "tags": list(self.tags), **({} if self.session is None else {"session": self.session})}


@dataclass(frozen=True)
class Question:
    """What is to be found.

    Attributes:
        text: the words.
        namespace: where to look.
        limit: how many at most.
        memory_type: only memories of this kind.
        tags: only memories with these tags.
    """

    text: str
    namespace: str = CALLER.namespace
    limit: int = 10
    memory_type: str | None = None
    tags: Sequence[str] = ()

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the tool that searches."""
        filters = {"memory_type": self.memory_type, "tags": list(self.tags)}
        given = {"query": self.text, "namespace": self.namespace, "limit": self.limit}
        return {**given, **{name: value for name, value in filters.items() if value}}


def stored_id(answer: Mapping[str, Any]) -> str:
    """The identifier in the answer of the tool that stores."""
    return str(answer["id"])


def found_ids(answer: Mapping[str, Any]) -> list[str]:
    """The identifiers in the answer of the tool that searches, best first."""
    return [str(hit["memory"]["id"]) for hit in answer["hits"]]


class Memories:
    """The memories of one caller in a running application, reached as an MCP client reaches them."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._call = Call(CALLER, "mcp")

    def offers(self, tool: str, argument: str) -> bool:
        """Whether the installed version of the plugin has a tool with that argument."""
        return argument in self._application.catalogue.tool(tool).tool.arguments.model_fields

    async def store(self, memory: NewMemory) -> str:
        """Store one through the tool, and return its identifier."""
        return stored_id(await self._application.pipeline.call_tool(self._call, STORE, memory.arguments))

    async def search(self, question: Question) -> list[str]:
        """Search through the tool, and return the identifiers, best first."""
        return found_ids(await self._application.pipeline.call_tool(self._call, SEARCH, question.arguments))

    async def import_all(self, memories: Iterator[NewMemory]) -> None:
        """Store many as an import does, until each is durable and, with an embedder, has its vector."""
        from tmws_memory.importing import Importer
        from tmws_memory.settings import MemorySettings

        importer = Importer(CALLER, self._application.settings.section(MemorySettings))

        async def store(context: Context) -> None:
            for batch in batches(memories, _IN_ONE_TRANSACTION):
                await context.transaction(partial(importer.store, records=[memory.record for memory in batch]))

        await self._application.pipeline.run(self._call, "import", None, store, read_only=False)
        await self.settled()

    async def settled(self) -> None:
        """Embed what still waits for its vector."""
        from tmws_memory.state import MemoryState

        await self._application.state(MemoryState).worker.finish()


@asynccontextmanager
async def opened(home: Path, settings: Mapping[str, str] | None = None) -> AsyncIterator[Memories]:
    """An application with the memory feature and what it needs, and a database of its own.

    Args:
        home: its home folder.
        settings: the plugin's settings by their variables; nothing of the user's own gets in.
    """
    core = {"plugins": _PLUGINS, "strict": True, "rate_limit": "1000000/second"}
    with without_collection():  # as the server starts
        unopened = Application(Settings(settings or {}, home=home, **core))
    async with unopened as application:
        yield Memories(application)


def batches(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of at most so many."""
    while batch := list(islice(items, size)):
        yield batch
