"""Where somebody brings an embedder, skills are found by their meaning, too; where it fails, by their words."""

import asyncio
import inspect
from collections.abc import Iterator
from importlib import import_module
from textwrap import dedent
from threading import Event
from types import ModuleType

import pytest

from tmws_core import Principal
from tmws_core.testing.distributions import InstallPlugin
from tmws_skills import hookspecs

from ..conftest import CallTool
from .conftest import Add, package

_CONCEPTS = """
    import numpy as np

    from tmws_core import hookimpl

    AXES = {"cat": 0, "kitten": 0, "dog": 1, "hound": 1}


    class Concepts:
        name = "concepts 1"
        dimension = 2

        def __init__(self):
            self.texts = []
            self.before = lambda: None

        def embed_documents(self, texts):
            self.before()
            self.texts += texts
            return np.stack([self._vector(text) for text in texts])

        def embed_query(self, text):
            self.before()
            return self._vector(text)

        def _vector(self, text):
            vector = np.zeros(2, np.float32)
            for word in text.lower().replace(".", " ").split():
                if word in AXES:
                    vector[AXES[word]] += 1
            return vector / max(float(np.linalg.norm(vector)), 1.0)


    embedder = Concepts()


    @hookimpl
    def tmws_skills_embedder(application):
        return embedder
"""


@pytest.fixture
def plugins(install_plugin: InstallPlugin) -> str:
    install_plugin("concepts", _CONCEPTS, requires=("tmws-core", "tmws-skills"))
    return "agents,skills,concepts"


@pytest.fixture
def concepts(plugins: str) -> ModuleType:
    return import_module("concepts")


@pytest.fixture
async def animals(add: Add) -> None:
    await add("feeding", "How to feed a kitten.", description="Food.")
    await add("walking", "How to walk a hound.", description="Walks.")


async def found(call: CallTool, query: str, *caller: Principal) -> list[tuple[str, float | None]]:
    answer = await call("skill_search", *caller, query=query)
    return [(hit["skill"]["name"], hit["similarity"]) for hit in answer["hits"]]


async def test_a_skill_is_found_by_what_it_means(call: CallTool, animals: None) -> None:
    assert await found(call, "cat") == [("feeding", 1.0)]
    assert await found(call, "dog") == [("walking", 1.0)]


async def test_the_status_names_the_embedder(call: CallTool, animals: None) -> None:
    answer = await call("skill_search", query="cat")
    assert answer["meaning"] == "found by words, and by meaning with concepts 1"


async def test_words_and_meaning_together_are_better_than_one(call: CallTool, add: Add, animals: None) -> None:
    await add("naming", "How to name a cat.", description="Names.")
    assert [name for name, _ in await found(call, "a cat")] == ["naming", "feeding"]


async def test_a_version_is_embedded_once(call: CallTool, concepts: ModuleType, animals: None) -> None:
    for _ in range(3):
        await found(call, "cat")
    assert len(concepts.embedder.texts) == 2
    await call("skill_update", skill="walking", skill_md=package("walking", "How to walk a cat.").skill_md)
    assert sorted(await found(call, "kitten")) == [("feeding", 1.0), ("walking", 1.0)]
    assert len(concepts.embedder.texts) == 3


async def test_what_cannot_be_read_is_neither_embedded_nor_found(
    call: CallTool, add: Add, concepts: ModuleType, stranger: Principal
) -> None:
    await add("secret", "About a kitten.", access_level="private")
    assert await found(call, "cat", stranger) == []
    assert concepts.embedder.texts == []
    assert await found(call, "cat") == [("secret", 1.0)]
    assert await found(call, "cat", stranger) == []


async def test_an_embedder_that_fails_leaves_the_words(call: CallTool, concepts: ModuleType, animals: None) -> None:
    def fail() -> None:
        raise SystemExit("no more")

    concepts.embedder.before = fail
    assert await found(call, "hound") == [("walking", None)]
    answer = await call("skill_search", query="hound")
    assert answer["meaning"] == "found by words alone: the embedder of skills failed with SystemExit: no more"


@pytest.fixture
def hanging(concepts: ModuleType) -> Iterator[Event]:
    """An embedder that does not answer before it is told to."""
    go_on = Event()
    concepts.embedder.before = go_on.wait
    yield go_on
    go_on.set()


async def test_an_embedder_that_hangs_leaves_the_words_until_it_answers(
    call: CallTool, animals: None, hanging: Event
) -> None:
    assert await found(call, "hound") == [("walking", None)]
    assert "did not answer in 1 s" in (await call("skill_search", query="hound"))["meaning"]
    hanging.set()
    async with asyncio.timeout(30):
        while "meaning with" not in (await call("skill_search", query="hound"))["meaning"]:  # noqa: ASYNC110 -- another thread does it
            await asyncio.sleep(0.01)
    assert await found(call, "dog") == [("walking", 1.0)]


HOOKS = {name: function for name, function in vars(hookspecs).items() if hasattr(function, "tmws_spec")}


class TestExample:
    """The example in the documentation of the hook takes effect."""

    @pytest.fixture
    def plugins(self, install_plugin: InstallPlugin) -> str:
        _, _, source = inspect.cleandoc(HOOKS["tmws_skills_embedder"].__doc__ or "").partition("\nExample:\n")
        install_plugin("example", dedent(source), requires=("tmws-core", "tmws-skills"))
        return "agents,skills,example"

    async def test_tmws_skills_embedder_brings_the_embedder_by_which_skills_are_found(
        self, call: CallTool, add: Add
    ) -> None:
        await add("listen", "x", description="x")
        answer = await call("skill_search", query="silent")
        assert answer["meaning"] == "found by words, and by meaning with letters 1"
        assert [hit["skill"]["name"] for hit in answer["hits"]] == ["listen"]


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_a_hook_says_what_it_does_and_the_first_answer_counts(hook: str) -> None:
    documented = inspect.cleandoc(HOOKS[hook].__doc__ or "")
    assert documented.startswith("Bring ")
    assert "\nArgs:\n" in documented
    assert "\nReturns:\n" in documented
    assert list(inspect.signature(HOOKS[hook]).parameters) == ["application"]
    assert vars(HOOKS[hook])["tmws_spec"]["firstresult"]
