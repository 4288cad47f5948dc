"""The embedder of a running server: missing, slow, broken, and well again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tmws_core.application import Application
from tmws_core.settings import Settings
from tmws_memory.embedders.embedder import EmbedderUnavailable
from tmws_memory.meaning import Meaning
from tmws_memory.vectors.scan import VectorScan

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def plugins(concepts: ModuleType) -> str:
    return "agents,memory,concepts"


@pytest.fixture
def environment() -> dict[str, str]:
    return {"TMWS_MEMORY_EMBEDDER_SECONDS": "0.2"}


@pytest.fixture
async def meaning(application: Application) -> AsyncIterator[Meaning]:
    """One of its own: the application's is used by its background."""
    meaning = Meaning(application)
    yield meaning
    meaning.close()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure the embedder is tried again at once."""
    monkeypatch.setattr("tmws_memory.meaning.SECONDS_AFTER_A_FAILURE", 0.0)


def fail(*_: object) -> None:
    raise ValueError("no more memory")


async def test_a_question_gets_its_vector(meaning: Meaning) -> None:
    vector = await meaning.of_question("cat")
    assert vector is not None
    assert vector.tolist() == [1, 0, 0, 0]


async def test_documents_get_their_vectors(meaning: Meaning) -> None:
    assert (await meaning.of_documents(["cat", "car"])).tolist() == [[1, 0, 0, 0], [0, 0, 1, 0]]


async def test_before_the_first_use_nothing_is_loaded(meaning: Meaning, concepts: ModuleType) -> None:
    assert meaning.status == "the embedder has not been needed yet"
    assert concepts.embedder.asked == []


async def test_the_status_names_the_model(meaning: Meaning) -> None:
    await meaning.of_question("cat")
    assert meaning.status == "found by meaning with concepts 1 in the index scan"


async def test_the_index_is_the_plugins_own_when_no_other_is_installed(meaning: Meaning) -> None:
    index = await meaning.index()
    assert index is not None
    assert index.name == VectorScan.name


async def test_everybody_gets_the_same_index(meaning: Meaning) -> None:
    first, second = await asyncio.gather(meaning.index(), meaning.index())
    assert first is second


async def test_an_embedder_that_is_asked_for_by_several_at_once_is_loaded_once(
    meaning: Meaning, concepts: ModuleType
) -> None:
    loaded: list[int] = []

    def load() -> object:
        loaded.append(1)
        return concepts.embedder

    concepts.embedder.load = load
    await asyncio.gather(*(meaning.of_question("cat") for _ in range(5)))
    assert loaded == [1]


async def test_where_no_embedder_is_installed_the_status_says_so(
    meaning: Meaning, concepts: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    concepts.embedder.load = lambda: None
    monkeypatch.setattr("tmws_memory.embedders.static_table.find_spec", lambda name: None)
    assert await meaning.of_question("cat") is None
    assert "wordllama with the default table of vectors is not installed" in meaning.status


async def test_an_embedder_that_cannot_be_loaded_is_told(meaning: Meaning, concepts: ModuleType) -> None:
    concepts.embedder.load = fail
    assert await meaning.of_question("cat") is None
    assert meaning.status == "not found by meaning: no more memory"


async def test_an_embedder_whose_load_ends_the_thread_is_told(meaning: Meaning, concepts: ModuleType) -> None:
    def leave() -> None:
        raise SystemExit(3)

    concepts.embedder.load = leave
    assert await meaning.of_question("cat") is None
    assert "SystemExit: 3" in meaning.status


async def test_an_embedder_that_raises_is_told(meaning: Meaning, concepts: ModuleType) -> None:
    concepts.embedder.before = fail
    assert await meaning.of_question("cat") is None
    assert "embedder 'concepts 1': embed_query failed with ValueError: no more memory" in meaning.status


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda vectors: vectors * np.nan, "not finite"),
        (lambda vectors: vectors[:, :3], r"shape (3,), not (4,)"),
        (lambda vectors: vectors * 2, "length 2"),
        (lambda vectors: [["x"]], "not real numbers"),
    ],
    ids=["not a number", "shape", "length", "text"],
)
async def test_an_embedder_that_returns_no_embedding_is_told(
    meaning: Meaning, concepts: ModuleType, change: Callable[[Any], Any], told: str
) -> None:
    concepts.embedder.change = change
    assert await meaning.of_question("cat") is None
    assert told in meaning.status


async def test_an_embedder_that_hangs_is_waited_for_as_long_as_the_setting_says(
    meaning: Meaning, concepts: ModuleType, hang: Callable[..., None]
) -> None:
    concepts.embedder.before = hang
    assert await meaning.of_question("cat") is None
    assert meaning.status == "not found by meaning: concepts 1 did not answer in 0.2 s"


async def test_an_embedder_that_hangs_while_it_is_loaded_is_waited_for_no_longer(
    meaning: Meaning, concepts: ModuleType, hang: Callable[..., None]
) -> None:
    concepts.embedder.load = hang
    assert await meaning.of_question("cat") is None
    assert meaning.status == "not found by meaning: the embedder did not answer in 0.2 s"


async def test_after_a_failure_the_embedder_is_left_alone_for_a_while(meaning: Meaning, concepts: ModuleType) -> None:
    concepts.embedder.before = fail
    for _ in range(3):
        assert await meaning.of_question("cat") is None
    assert len(concepts.embedder.asked) == 1


@pytest.mark.usefixtures("at_once")
async def test_an_embedder_that_is_well_again_is_used(meaning: Meaning, concepts: ModuleType) -> None:
    concepts.embedder.before = fail
    await meaning.of_question("cat")
    concepts.embedder.before = lambda texts: None
    assert await meaning.of_question("cat") is not None
    assert meaning.status == "found by meaning with concepts 1 in the index scan"


@pytest.mark.usefixtures("at_once")
async def test_an_embedder_that_can_be_loaded_later_is_used(meaning: Meaning, concepts: ModuleType) -> None:
    concepts.embedder.load = fail
    await meaning.of_question("cat")
    concepts.embedder.load = lambda: concepts.embedder
    assert await meaning.of_question("cat") is not None


@pytest.mark.usefixtures("at_once")
async def test_an_embedder_that_takes_long_to_load_is_loaded_for_the_next_question(
    meaning: Meaning, concepts: ModuleType
) -> None:
    loads, gate = [], asyncio.Event()
    loop = asyncio.get_running_loop()

    def load() -> object:
        loads.append(1)
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()
        return concepts.embedder

    concepts.embedder.load = load
    assert await meaning.of_question("cat") is None
    gate.set()
    assert await meaning.of_question("cat") is not None
    assert loads == [1]


@pytest.mark.usefixtures("at_once")
async def test_while_an_embedder_fails_the_status_does_not_say_that_it_works(
    meaning: Meaning, concepts: ModuleType
) -> None:
    concepts.embedder.before = fail
    await meaning.of_question("cat")
    assert await meaning.embedder() is not None
    assert meaning.status.startswith("not found by meaning")


async def test_documents_are_refused_while_there_is_no_embedder(meaning: Meaning, concepts: ModuleType) -> None:
    concepts.embedder.load = fail
    with pytest.raises(EmbedderUnavailable, match="no more memory"):
        await meaning.of_documents(["cat"])


async def test_an_index_that_cannot_be_loaded_is_told(
    meaning: Meaning, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VectorScan, "__init__", fail)
    assert await meaning.of_question("cat") is None
    assert meaning.status == "not found by meaning: the vector index could not be opened: ValueError: no more memory"
    assert await meaning.index() is None


async def test_an_embedder_that_takes_a_plain_text_works(meaning: Meaning) -> None:
    assert await meaning.works()


async def test_an_embedder_that_takes_no_text_does_not_work(meaning: Meaning, concepts: ModuleType) -> None:
    concepts.embedder.before = fail
    assert not await meaning.works()
    assert "no more memory" in meaning.status


async def test_what_the_operator_has_turned_off_is_not_loaded(settings: Settings, concepts: ModuleType) -> None:
    values = {"TMWS_MEMORY_EMBEDDINGS": "false"}
    turned_off = Settings(
        values, home=settings.home, database_url=settings.database_url, plugins="agents,memory,concepts"
    )
    concepts.embedder.load = fail
    async with Application(turned_off) as application:
        meaning = Meaning(application)
        assert await meaning.of_question("cat") is None
        assert meaning.status == "not found by meaning: turned off with TMWS_MEMORY_EMBEDDINGS"


async def test_an_embedder_that_promises_nothing_is_not_asked_at_once(meaning: Meaning) -> None:
    await meaning.of_question("cat")
    assert not meaning.immediate


async def test_an_immediate_embedder_is_asked_at_once_when_it_has_answered_before(
    meaning: Meaning, concepts: ModuleType
) -> None:
    concepts.embedder.immediate = True
    await meaning.embedder()
    assert not meaning.immediate
    await meaning.of_question("car")
    assert meaning.immediate
    vector = meaning.at_once("cat")
    assert vector is not None
    assert vector.tolist() == [1, 0, 0, 0]


async def test_an_immediate_embedder_that_fails_is_left_alone_for_a_while(
    meaning: Meaning, concepts: ModuleType
) -> None:
    concepts.embedder.immediate = True
    await meaning.of_question("cat")
    concepts.embedder.before = fail
    assert meaning.at_once("cat") is None
    assert not meaning.immediate
    assert "no more memory" in meaning.status
