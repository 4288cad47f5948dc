"""The table inside the package wordllama, as it is installed here."""

import importlib.util
import subprocess
import sys
from importlib.metadata import version

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmws_memory.embedders.checked import CheckedEmbedder
from tmws_memory.embedders.embedder import EmbedderUnavailable
from tmws_memory.embedders.static_table import StaticTable, wordllama_table


@pytest.fixture(scope="module")
def embedder() -> StaticTable:
    return wordllama_table()


def test_its_name_says_which_file_of_which_release_it_is(embedder: StaticTable) -> None:
    assert embedder.name == f"wordllama {version('wordllama')} l2_supercat_256"


def test_it_has_256_dimensions(embedder: StaticTable) -> None:
    assert embedder.dimension == 256


def test_what_is_near_in_meaning_is_nearer_than_what_is_not(embedder: StaticTable) -> None:
    question = embedder.embed_query("Which automobile did she purchase?")
    near, far = embedder.embed_documents(["She bought a red car.", "The soup needs more salt."])

    assert question @ near > question @ far + 0.1


def test_a_japanese_question_finds_its_answer(embedder: StaticTable) -> None:
    question = embedder.embed_query("猫はどこで寝ていますか")
    near, far = embedder.embed_documents(["猫がソファで寝ている", "明日の会議は十時からです"])

    assert question @ near > question @ far


@pytest.mark.parametrize(
    "text", ["\0", "\u202eabc\u202c", "\ud800", "\U0001f600", "a" * 2**20, "é\0" * 2**19, "\n" * 2**20 + "a", "<s></s>"]
)
def test_any_text_becomes_a_proper_vector(embedder: StaticTable, text: str) -> None:
    vector = CheckedEmbedder(embedder).embed_query(text)

    assert vector.shape == (256,)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u3000"])
def test_a_blank_text_has_no_direction(embedder: StaticTable, text: str) -> None:
    assert not embedder.embed_query(text).any()


@settings(deadline=None)
@given(texts=st.lists(st.text(st.characters()), max_size=5))
def test_each_text_of_a_batch_gets_the_vector_it_has_alone(embedder: StaticTable, texts: list[str]) -> None:
    alone = [embedder.embed_query(text) for text in texts]

    assert np.array_equal(CheckedEmbedder(embedder).embed_documents(texts), np.reshape(alone, (len(texts), 256)))


def test_neither_the_package_nor_a_connection_is_needed() -> None:
    script = """
import sys
def refuse(event, arguments):
    if event.startswith("socket."):
        raise SystemExit(f"{event}{arguments}")
sys.addaudithook(refuse)
from tmws_memory.embedders.static_table import wordllama_table
assert wordllama_table().embed_query("cat").any()
print(sorted({"wordllama", "huggingface_hub", "requests"} & sys.modules.keys()))
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (ran.stdout, ran.stderr) == ("[]\n", "")


def test_looking_for_it_imports_no_reader_of_its_files() -> None:
    script = """
import sys
from tmws_memory.embedders.static_table import wordllama_table
wordllama_table()
print(sorted({"tokenizers", "safetensors"} & sys.modules.keys()))
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"


def test_where_the_package_is_not_installed_it_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wordllama", None)
    assert importlib.util.find_spec("wordllama") is None

    with pytest.raises(EmbedderUnavailable, match="wordllama with the default table of vectors is not installed"):
        wordllama_table()
