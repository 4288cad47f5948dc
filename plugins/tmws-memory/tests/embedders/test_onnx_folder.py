"""Vectors of text from an operator's own ONNX model."""

import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import TensorProto

from tmws_memory.embedders.embedder import EmbedderUnavailable
from tmws_memory.embedders.onnx_folder import OnnxFolder

ModelFolder = Callable[..., Path]
VectorOf = Callable[..., NDArray[np.float32]]


def test_a_text_gets_the_mean_of_its_tokens_without_the_padding(model_folder: ModelFolder, vector_of: VectorOf) -> None:
    vectors = OnnxFolder(model_folder()).embed_documents(["cat dog car", "cat"])

    expected = [vector_of("[CLS]", "cat", "dog", "car", "[SEP]"), vector_of("[CLS]", "cat", "[SEP]")]
    assert np.allclose(vectors, expected, atol=1e-6)
    assert vectors.dtype == np.float32


def test_a_model_may_lie_in_the_folder_onnx_under_another_name(model_folder: ModelFolder) -> None:
    assert OnnxFolder(model_folder("onnx/model_qint8.onnx")).dimension == 4


@pytest.mark.parametrize(
    "settings", [{"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, {"pooling_mode": "cls"}]
)
def test_the_first_token_counts_alone_where_the_folder_says_so(
    model_folder: ModelFolder, vector_of: VectorOf, settings: dict[str, object]
) -> None:
    embedder = OnnxFolder(model_folder(settings={"1_Pooling/config.json": settings}))

    assert np.allclose(embedder.embed_query("cat"), vector_of("[CLS]"))


def test_a_model_that_pools_by_itself_is_taken_as_it_is(model_folder: ModelFolder, vector_of: VectorOf) -> None:
    embedder = OnnxFolder(model_folder(output="sentence_embedding", steps=("Gather", "ReduceSum")))

    assert np.allclose(embedder.embed_query("cat"), vector_of("[CLS]", "cat", "[SEP]"), atol=1e-6)


@pytest.mark.parametrize("inputs", [("input_ids",), ("input_ids", "attention_mask")])
def test_a_model_gets_the_inputs_that_it_takes(model_folder: ModelFolder, inputs: tuple[str, ...]) -> None:
    assert OnnxFolder(model_folder(inputs=inputs)).embed_query("cat").any()


def test_a_model_may_take_integers_of_32_bits(model_folder: ModelFolder) -> None:
    assert OnnxFolder(model_folder(integers=TensorProto.INT32)).embed_query("cat").any()


def test_the_prompts_of_the_folder_stand_before_the_texts(model_folder: ModelFolder, vector_of: VectorOf) -> None:
    prompts = {"query": "query: ", "passage": "dog "}
    embedder = OnnxFolder(model_folder(settings={"config_sentence_transformers.json": {"prompts": prompts}}))

    assert np.allclose(embedder.embed_query("cat"), vector_of("[CLS]", "query", ":", "cat", "[SEP]"), atol=1e-6)
    assert np.allclose(embedder.embed_documents(["cat"]), vector_of("[CLS]", "dog", "cat", "[SEP]"), atol=1e-6)


def test_the_default_prompt_stands_where_no_other_does(model_folder: ModelFolder, vector_of: VectorOf) -> None:
    settings = {"prompts": {"any": "dog "}, "default_prompt_name": "any"}
    embedder = OnnxFolder(model_folder(settings={"config_sentence_transformers.json": settings}))

    assert np.allclose(embedder.embed_query("cat"), vector_of("[CLS]", "dog", "cat", "[SEP]"), atol=1e-6)


def test_of_a_long_text_as_many_tokens_count_as_the_model_takes(model_folder: ModelFolder, vector_of: VectorOf) -> None:
    embedder = OnnxFolder(model_folder(settings={"sentence_bert_config.json": {"max_seq_length": 4}}))

    vectors = embedder.embed_documents(["cat dog car", "cat dog " * 200_000])

    assert np.allclose(vectors, [vector_of("[CLS]", "cat", "dog", "[SEP]")] * 2, atol=1e-6)


def test_of_a_long_word_its_beginning_is_read(model_folder: ModelFolder, vector_of: VectorOf) -> None:
    embedder = OnnxFolder(model_folder(settings={"sentence_bert_config.json": {"max_seq_length": 4}}))

    vector = embedder.embed_query("x" * 2**20 + " cat")

    assert np.allclose(vector, vector_of("[CLS]", "[UNK]", "[SEP]"), atol=1e-6)


@pytest.mark.parametrize("text", ["", " \n", "\u3000"])
def test_a_blank_text_has_no_direction(model_folder: ModelFolder, text: str) -> None:
    vectors = OnnxFolder(model_folder()).embed_documents([text, "cat"])

    assert vectors.any(axis=1).tolist() == [False, True]


def test_no_texts_have_no_vectors(model_folder: ModelFolder) -> None:
    assert OnnxFolder(model_folder()).embed_documents([]).shape == (0, 4)


def test_half_a_surrogate_pair_is_an_unknown_character(model_folder: ModelFolder) -> None:
    embedder = OnnxFolder(model_folder())

    assert np.array_equal(embedder.embed_query("cat \ud800"), embedder.embed_query("cat ?"))


def test_texts_of_many_batches_keep_their_order(model_folder: ModelFolder) -> None:
    embedder = OnnxFolder(model_folder())
    texts = ["cat " * (1 + number % 250) + "dog" for number in range(300)]

    assert np.allclose(embedder.embed_documents(texts), [embedder.embed_query(text) for text in texts], atol=1e-4)


def test_many_threads_share_one_model(model_folder: ModelFolder) -> None:
    embedder = OnnxFolder(model_folder())
    with ThreadPoolExecutor(8) as pool:
        vectors = list(pool.map(embedder.embed_query, ["cat dog"] * 64))

    assert np.array_equal(vectors, [vectors[0]] * 64)


def test_the_name_stays_when_the_folder_moves(model_folder: ModelFolder, tmp_path: Path) -> None:
    folder = model_folder()
    (folder / "README.md").write_text("about it")
    copy = shutil.copytree(folder, tmp_path / "elsewhere" / folder.name)

    assert OnnxFolder(copy).name == OnnxFolder(folder).name
    assert OnnxFolder(folder).name.startswith("onnx tiny model ")


@pytest.mark.parametrize(
    "file", ["model.onnx", "model.onnx_data", "tokenizer.json", "config.json", "1_Pooling/config.json"]
)
def test_the_name_changes_with_a_file_that_has_a_say_in_the_vectors(model_folder: ModelFolder, file: str) -> None:
    folder = model_folder(settings={"config.json": {}, "1_Pooling/config.json": {}})
    former = OnnxFolder(folder).name
    with (folder / file).open("ab") as content:
        content.write(b" ")

    assert OnnxFolder(folder).name != former


def test_without_onnxruntime_it_is_unavailable_once_it_is_used(
    model_folder: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = OnnxFolder(model_folder())
    monkeypatch.setitem(sys.modules, "onnxruntime", None)

    with pytest.raises(EmbedderUnavailable, match=r"needs the package onnxruntime .*pip install 'tmws-memory\[onnx\]'"):
        embedder.embed_query("cat")


def test_a_damaged_model_is_unavailable(model_folder: ModelFolder) -> None:
    folder = model_folder()
    (folder / "model.onnx").write_bytes(b"no model")

    with pytest.raises(EmbedderUnavailable, match=r"model\.onnx cannot be loaded: .*; export it again"):
        _ = OnnxFolder(folder).dimension


def test_a_damaged_tokenizer_is_unavailable(model_folder: ModelFolder) -> None:
    folder = model_folder()
    (folder / "tokenizer.json").write_text("{}")

    with pytest.raises(EmbedderUnavailable, match=r"tokenizer\.json cannot be read: "):
        OnnxFolder(folder).embed_query("cat")


def test_a_model_that_takes_something_else_is_unavailable(model_folder: ModelFolder) -> None:
    folder = model_folder(inputs=("input_ids", "position_ids"))

    with pytest.raises(
        EmbedderUnavailable, match=r"takes position_ids as tensor\(int64\); only whole numbers input_ids"
    ):
        OnnxFolder(folder).embed_query("cat")


def test_a_model_that_gives_no_vector_is_unavailable(model_folder: ModelFolder) -> None:
    folder = model_folder(steps=("Gather", "ReduceSum", "ReduceSum"))

    with pytest.raises(EmbedderUnavailable, match="gives last_hidden_state in 1 dimensions"):
        OnnxFolder(folder).embed_query("cat")


def test_tokens_that_the_model_does_not_know_make_it_unavailable(model_folder: ModelFolder) -> None:
    folder = model_folder()
    tokenizer = folder / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text().replace('"cat": 4', '"cat": 400').replace('"cat":4', '"cat":400'))

    with pytest.raises(EmbedderUnavailable, match="cannot be run: "):
        OnnxFolder(folder).embed_query("cat")
