"""What the folder of a model says about itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tmws_memory.embedders.embedder import EmbedderUnavailable
from tmws_memory.embedders.sentence_model import DEFAULT_TOKENS, read_sentence_model

ModelFolder = Callable[..., Path]

SENTENCE, TOKENIZER, CONFIG = "sentence_bert_config.json", "tokenizer_config.json", "config.json"
POOLING, PROMPTS = "1_Pooling/config.json", "config_sentence_transformers.json"


@pytest.mark.parametrize(
    ("settings", "most"),
    [
        ({}, DEFAULT_TOKENS),
        ({SENTENCE: {"max_seq_length": 128}, TOKENIZER: {"model_max_length": 512}}, 128),
        ({SENTENCE: {"max_seq_length": None}, TOKENIZER: {"model_max_length": 512}}, 512),
        ({TOKENIZER: {"model_max_length": 10**30}}, DEFAULT_TOKENS),
        ({TOKENIZER: {"model_max_length": 1e30}}, DEFAULT_TOKENS),
        ({CONFIG: {"max_position_embeddings": 64}}, 64),
        ({SENTENCE: {"max_seq_length": 128}, CONFIG: {"max_position_embeddings": 512}}, 128),
    ],
)
def test_as_many_tokens_count_as_the_folder_says(
    model_folder: ModelFolder, settings: dict[str, object], most: int
) -> None:
    assert read_sentence_model(model_folder(settings=settings)).most_tokens == most


def test_the_model_of_the_folder_itself_comes_first(model_folder: ModelFolder) -> None:
    model_folder("onnx/model.onnx")
    folder = model_folder("model.onnx")

    assert read_sentence_model(folder).model == folder / "model.onnx"


def test_of_several_models_the_one_named_model_is_taken(model_folder: ModelFolder) -> None:
    model_folder("onnx/model_int8.onnx")
    folder = model_folder("onnx/model.onnx")

    assert read_sentence_model(folder).model == folder / "onnx/model.onnx"


def test_several_models_of_other_names_are_refused(model_folder: ModelFolder) -> None:
    model_folder("onnx/model_O1.onnx")
    folder = model_folder("onnx/model_O2.onnx")

    with pytest.raises(EmbedderUnavailable, match=r"several models: model_O1\.onnx, model_O2\.onnx; rename the one"):
        read_sentence_model(folder)


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match="absent is no folder"):
        read_sentence_model(tmp_path / "absent")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match=r"has neither model\.onnx nor"):
        read_sentence_model(tmp_path)


def test_a_folder_without_a_tokenizer_is_refused(model_folder: ModelFolder) -> None:
    folder = model_folder()
    (folder / "tokenizer.json").unlink()

    with pytest.raises(EmbedderUnavailable, match=r"has no tokenizer\.json"):
        read_sentence_model(folder)


def test_a_step_that_is_not_supported_is_refused(model_folder: ModelFolder) -> None:
    modules = [{"type": f"sentence_transformers.models.{name}"} for name in ("Transformer", "Pooling", "Dense")]

    with pytest.raises(EmbedderUnavailable, match=r"modules\.json asks for a step 'Dense'"):
        read_sentence_model(model_folder(settings={"modules.json": modules}))


def test_the_steps_of_a_usual_model_are_supported(model_folder: ModelFolder) -> None:
    modules = [{"type": f"sentence_transformers.models.{name}"} for name in ("Transformer", "Pooling", "Normalize")]

    assert read_sentence_model(model_folder(settings={"modules.json": modules})).pooling == "mean"


@pytest.mark.parametrize(
    ("settings", "modes"),
    [
        ({"pooling_mode_lasttoken": True}, "lasttoken"),
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True}, "cls and mean"),
        ({"pooling_mode_mean_sqrt_len_tokens": True}, "mean_sqrt_len"),
        ({"pooling_mode": "max"}, "max"),
        ({"pooling_mode": ["cls", "mean"]}, "cls and mean"),
    ],
)
def test_another_pooling_is_refused(model_folder: ModelFolder, settings: dict[str, object], modes: str) -> None:
    with pytest.raises(EmbedderUnavailable, match=f"asks for pooling by {modes}; only mean or cls"):
        read_sentence_model(model_folder(settings={POOLING: settings}))


def test_a_prompt_that_does_not_count_is_refused(model_folder: ModelFolder) -> None:
    settings = {POOLING: {"include_prompt": False}, PROMPTS: {"prompts": {"query": "q: "}}}

    with pytest.raises(EmbedderUnavailable, match="leaves the prompt out of the mean"):
        read_sentence_model(model_folder(settings=settings))


def test_prompts_that_are_no_texts_are_refused(model_folder: ModelFolder) -> None:
    with pytest.raises(EmbedderUnavailable, match=r"prompts is \{'query': 1\}; it must be an object of texts"):
        read_sentence_model(model_folder(settings={PROMPTS: {"prompts": {"query": 1}}}))


@pytest.mark.parametrize("name", [POOLING, PROMPTS, SENTENCE, TOKENIZER, CONFIG])
def test_a_settings_file_that_is_no_object_is_refused(model_folder: ModelFolder, name: str) -> None:
    with pytest.raises(EmbedderUnavailable, match=f"{name} is no JSON object"):
        read_sentence_model(model_folder(settings={name: ["no object"]}))


def test_a_settings_file_that_is_no_json_is_refused(model_folder: ModelFolder) -> None:
    folder = model_folder()
    (folder / CONFIG).write_bytes(b"{\xff")

    with pytest.raises(EmbedderUnavailable, match=r"config\.json cannot be read as JSON: "):
        read_sentence_model(folder)
