"""Vectors of text from a table of tokens."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from tmws_memory.embedders.embedder import EmbedderUnavailable
from tmws_memory.embedders.static_table import MOST_CHARACTERS, MOST_TOKENS, StaticTable

VectorOf = Callable[..., NDArray[np.float32]]


@pytest.fixture
def embedder(table: Path, tokenizer: Path) -> StaticTable:
    return StaticTable("tiny", table, tokenizer)


def test_a_text_gets_the_normalised_mean_of_its_tokens(embedder: StaticTable, vector_of: VectorOf) -> None:
    vectors = embedder.embed_documents(["cat dog", "car"])

    assert np.allclose(vectors, [vector_of("cat", "dog"), vector_of("car")], atol=1e-3)
    assert vectors.dtype == np.float32


def test_a_query_is_embedded_as_a_document(embedder: StaticTable) -> None:
    assert np.array_equal(embedder.embed_query("cat"), embedder.embed_documents(["cat"])[0])


def test_the_dimension_is_that_of_the_table(embedder: StaticTable) -> None:
    assert embedder.dimension == 4


@pytest.mark.parametrize("text", ["", " \n\t", "\u3000"])
def test_a_blank_text_has_no_direction(embedder: StaticTable, text: str) -> None:
    assert not embedder.embed_query(text).any()


def test_no_texts_have_no_vectors(embedder: StaticTable) -> None:
    assert embedder.embed_documents([]).shape == (0, 4)


def test_more_texts_than_go_at_once_keep_their_order(embedder: StaticTable, vector_of: VectorOf) -> None:
    vectors = embedder.embed_documents(["cat", "dog"] * 700)

    assert np.allclose(vectors, [vector_of("cat"), vector_of("dog")] * 700, atol=1e-3)


def test_a_token_that_the_table_does_not_have_does_not_count(
    tmp_path: Path, tokenizer: Path, embedder: StaticTable
) -> None:
    short = tmp_path / "short.safetensors"
    save_file({"embedding.weight": np.eye(5, dtype=np.float16)}, short)

    vectors = StaticTable("short", short, tokenizer).embed_documents(["[UNK] car car", "car"])

    assert vectors.tolist() == [[0, 1, 0, 0, 0], [0, 0, 0, 0, 0]]


def test_of_a_long_text_the_first_tokens_count(embedder: StaticTable) -> None:
    beginning = ": " * MOST_TOKENS

    assert np.array_equal(embedder.embed_query(beginning + "dog " * 100), embedder.embed_query(beginning))


def test_no_token_is_lost_to_the_tokenizers_own_limit(embedder: StaticTable) -> None:
    cats = embedder.embed_query("cat " * 100)

    assert not np.allclose(embedder.embed_query("cat " * 100 + "dog " * 100), cats)


def test_of_a_text_with_long_words_the_first_characters_count(embedder: StaticTable) -> None:
    word = "x" * MOST_CHARACTERS

    assert np.array_equal(embedder.embed_query(f"{word} cat"), embedder.embed_query("x"))


def test_half_a_surrogate_pair_is_an_unknown_character(embedder: StaticTable) -> None:
    assert np.array_equal(embedder.embed_query("cat \ud800"), embedder.embed_query("cat ?"))


def test_many_threads_load_one_table(embedder: StaticTable, vector_of: VectorOf) -> None:
    with ThreadPoolExecutor(8) as pool:
        vectors = list(pool.map(embedder.embed_query, ["cat"] * 64))

    assert np.allclose(vectors, vector_of("cat"), atol=1e-3)


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"\xff" * 100])
def test_a_damaged_table_is_unavailable(table: Path, embedder: StaticTable, content: bytes) -> None:
    table.write_bytes(content)

    with pytest.raises(EmbedderUnavailable, match=r"table\.safetensors cannot be read: .*pip install"):
        embedder.embed_query("cat")


def test_a_table_that_was_cut_short_is_unavailable(table: Path, embedder: StaticTable) -> None:
    table.write_bytes(table.read_bytes()[:-1])

    with pytest.raises(EmbedderUnavailable, match="cannot be read"):
        embedder.embed_documents(["cat"])


def test_a_file_of_other_tensors_is_unavailable(table: Path, embedder: StaticTable) -> None:
    save_file({"other": np.ones(2)}, table)

    with pytest.raises(EmbedderUnavailable, match=r"cannot be read: .*embedding\.weight"):
        embedder.embed_query("cat")


@pytest.mark.parametrize("tensor", [np.ones(4), np.ones((0, 4)), np.full((9, 4), np.nan)])
def test_a_tensor_that_is_no_table_of_numbers_is_unavailable(
    table: Path, embedder: StaticTable, tensor: NDArray[np.float64]
) -> None:
    save_file({"embedding.weight": tensor}, table)

    with pytest.raises(EmbedderUnavailable, match="no table of finite numbers"):
        embedder.embed_query("cat")


def test_a_damaged_tokenizer_is_unavailable(tokenizer: Path, embedder: StaticTable) -> None:
    tokenizer.write_text("{}")

    with pytest.raises(EmbedderUnavailable, match=r"tokenizer\.json cannot be read: .*pip install"):
        embedder.embed_query("cat")


def test_an_embedder_whose_file_is_repaired_works_again(table: Path, embedder: StaticTable) -> None:
    content = table.read_bytes()
    table.unlink()
    with pytest.raises(EmbedderUnavailable, match="cannot be read"):
        embedder.embed_query("cat")
    table.write_bytes(content)

    assert embedder.embed_query("cat").any()
