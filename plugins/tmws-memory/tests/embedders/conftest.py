"""Small real models: a table of a few words, and a folder with an ONNX graph that looks words up in it."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "cat", "dog", "car", "query", ":"]
VECTORS = np.random.default_rng(0).standard_normal((len(WORDS), 4)).astype(np.float32)

ModelFolder = Callable[..., Path]
VectorOf = Callable[..., NDArray[np.float32]]


def save_tokenizer(file: Path) -> None:
    tokenizer = Tokenizer(WordLevel({word: place for place, word in enumerate(WORDS)}, "[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.enable_padding(length=64)
    tokenizer.enable_truncation(32)
    tokenizer.save(str(file))


@pytest.fixture
def vector_of() -> VectorOf:
    """The normalised mean of the vectors of some words."""

    def vector_of(*words: str) -> NDArray[np.float32]:
        mean = VECTORS[[WORDS.index(word) for word in words]].mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean))

    return vector_of


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "table.safetensors"
    save_file({"embedding.weight": VECTORS.astype(np.float16)}, file)
    return file


@pytest.fixture
def tokenizer(tmp_path: Path) -> Path:
    file = tmp_path / "tokenizer.json"
    save_tokenizer(file)
    return file


@pytest.fixture
def model_folder(tmp_path: Path) -> ModelFolder:
    """Writes a folder as sentence-transformers does; settings are given by the path of their file."""

    def write(
        model: str = "model.onnx",
        settings: dict[str, object] | None = None,
        inputs: tuple[str, ...] = ("input_ids", "attention_mask", "token_type_ids"),
        output: str = "last_hidden_state",
        integers: int = TensorProto.INT64,
        steps: tuple[str, ...] = ("Gather",),
    ) -> Path:
        folder = tmp_path / "tiny model"
        for name, content in (settings or {}).items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content))
        (folder / model).parent.mkdir(parents=True, exist_ok=True)
        save_tokenizer(folder / "tokenizer.json")
        onnx.save(_graph(inputs, output, integers, steps), folder / model)
        return folder

    return write


def _graph(inputs: tuple[str, ...], output: str, integers: int, steps: tuple[str, ...]) -> onnx.ModelProto:
    """Looks up the vectors of the tokens; a further step ReduceSum sums over an axis, first that of the tokens."""
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["value0"])]
    for place, step in enumerate(steps[1:], 1):
        nodes.append(helper.make_node(step, [f"value{place - 1}", "axis"], [f"value{place}"], keepdims=0))
    nodes.append(helper.make_node("Identity", [f"value{len(steps) - 1}"], [output]))
    shape = ["batch", "tokens", "numbers"][: 4 - len(steps)]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, integers, ["batch", "tokens"]) for name in inputs],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(VECTORS, "table"), numpy_helper.from_array(np.array([1]), "axis")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
