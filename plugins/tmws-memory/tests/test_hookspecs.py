"""Each hook of tmws-memory is documented, and its example is a plugin that takes effect."""

import inspect
from collections.abc import Awaitable, Callable
from textwrap import dedent
from typing import Any

import pytest

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin
from tmws_memory import hookspecs
from tmws_memory.state import MemoryState

HOOKS = {name: function for name, function in vars(hookspecs).items() if hasattr(function, "tmws_spec")}
CallExample = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def example(install_plugin: InstallPlugin, settings: Settings) -> Callable[[str], Application]:
    """An application with the example of one hook installed."""

    def opened(hook: str) -> Application:
        _, _, source = inspect.cleandoc(HOOKS[hook].__doc__ or "").partition("\nExample:\n")
        install_plugin("example", dedent(source), requires=("tmws-core", "tmws-memory"))
        return Application(settings)

    return opened


@pytest.fixture
def plugins() -> str:
    return "agents,memory,example"


async def remember_and_find(application: Application, content: str, query: str) -> dict[str, Any]:
    """Store a memory, embed it, and search."""
    call = Call(Principal("alice", "place", frozenset({"*"})), "mcp")
    await application.pipeline.call_tool(call, "memory_store", {"content": content})
    await application.state(MemoryState).worker.finish()
    return await application.pipeline.call_tool(call, "memory_search", {"query": query})


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_tmws_memory_embedder_brings_the_embedder_by_which_memories_are_found(
    example: Callable[[str], Application],
) -> None:
    async with example("tmws_memory_embedder") as application:
        found = await remember_and_find(application, "listen", "silent")
    assert found["meaning"] == "found by meaning with letters 1 in the index scan"
    assert [hit["memory"]["content"] for hit in found["hits"]] == ["listen"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_tmws_memory_vector_index_brings_the_index_in_which_vectors_are_kept(
    example: Callable[[str], Application],
) -> None:
    async with example("tmws_memory_vector_index") as application:
        found = await remember_and_find(application, "the cat sleeps", "cat")
        index = await application.state(MemoryState).meaning.index()
        assert index is not None
        assert index.name == "in memory"
    (hit,) = found["hits"]
    assert hit["why"]["similarity"] > 0


def test_every_hook_has_a_test_here_that_runs_its_example() -> None:
    tests = [name for name in globals() if name.startswith("test_tmws_")]
    assert {hook for hook in HOOKS if any(test.startswith(f"test_{hook}_") for test in tests)} == set(HOOKS)


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_a_hook_says_what_it_does_and_what_it_returns(hook: str) -> None:
    documented = inspect.cleandoc(HOOKS[hook].__doc__ or "")
    assert documented.startswith("Bring ")
    assert "\nArgs:\n" in documented
    assert "\nReturns:\n" in documented


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_a_hook_gets_the_application(hook: str) -> None:
    assert list(inspect.signature(HOOKS[hook]).parameters) == ["application"]


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_the_first_implementation_that_returns_something_counts(hook: str) -> None:
    assert vars(HOOKS[hook])["tmws_spec"]["firstresult"]
