"""What the folder of a sentence-transformers model in ONNX format says about itself.

The files are those that sentence-transformers and Optimum write; all but the model and the tokenizer may be absent.
"""

import json
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal, TypeGuard

from tmws_memory.embedders.embedder import EmbedderUnavailable

DEFAULT_TOKENS = 256
"""So many tokens of a text count where the folder says nothing."""

Pooling = Literal["mean", "cls"]

_POOLING = "1_Pooling/config.json"
_NO_LIMIT = 10**9
_DOCUMENT_PROMPTS = ("document", "passage", "corpus")
_UNDERSTOOD_MODULES = frozenset({"Transformer", "Pooling", "Normalize"})


@dataclass(frozen=True)
class SentenceModel:
    """How text becomes what the model takes, and what it gives becomes vectors.

    Attributes:
        model: the ONNX file.
        tokenizer: the file of its tokenizer.
        most_tokens: of a text; what comes after them does not count.
        pooling: what of the vectors of the tokens is the vector of the text, where the model itself does not pool.
        query_prompt: stands before a text that asks.
        document_prompt: stands before a text that is to be found.
        revision: changes with any file that has a say in the vectors.
    """

    model: Path
    tokenizer: Path
    most_tokens: int
    pooling: Pooling
    query_prompt: str
    document_prompt: str
    revision: str


def read_sentence_model(folder: Path) -> SentenceModel:
    """Read a folder; the model itself is only read for its digest.

    Args:
        folder: with `tokenizer.json` and `model.onnx`, `onnx/model.onnx`, or one other `model*.onnx` in either place.

    Raises:
        EmbedderUnavailable: a file is missing or damaged, or the folder asks for a step that is not supported.
    """
    model = _model_file(folder)
    tokenizer = folder / "tokenizer.json"
    if not tokenizer.is_file():
        raise EmbedderUnavailable(f"{folder} has no tokenizer.json; put the one of the model there")
    _refuse_other_modules(folder)
    query_prompt, document_prompt = _prompts(folder)
    return SentenceModel(
        model,
        tokenizer,
        _most_tokens(folder),
        _pooling(folder, prompted=bool(query_prompt or document_prompt)),
        query_prompt,
        document_prompt,
        _revision(folder, model),
    )


def _model_file(folder: Path) -> Path:
    if not folder.is_dir():
        raise EmbedderUnavailable(f"{folder} is no folder; name one with a sentence-transformers model in ONNX format")
    for place in (folder, folder / "onnx"):
        if (place / "model.onnx").is_file():
            return place / "model.onnx"
        models = sorted(place.glob("model*.onnx"))
        if len(models) > 1:
            names = ", ".join(model.name for model in models)
            raise EmbedderUnavailable(f"{place} has several models: {names}; rename the one to use to model.onnx")
        if models:
            return models[0]
    raise EmbedderUnavailable(f"{folder} has neither model.onnx nor onnx/model*.onnx; export the model to ONNX")


def _refuse_other_modules(folder: Path) -> None:
    modules = _json(folder / "modules.json", [])
    for module in modules if isinstance(modules, list) else [modules]:
        kind = str(module.get("type") if isinstance(module, dict) else module).rpartition(".")[2]
        if kind not in _UNDERSTOOD_MODULES:
            raise EmbedderUnavailable(
                f"{folder / 'modules.json'} asks for a step {kind!r} after the model, which is not supported; choose a "
                "model of Transformer, Pooling and Normalize alone"
            )


def _pooling(folder: Path, *, prompted: bool) -> Pooling:
    file = folder / _POOLING
    settings = _object(file)
    modes = {
        key.removeprefix("pooling_mode_") for key, on in settings.items() if key.startswith("pooling_mode_") and on
    }
    modes = {mode.removesuffix("_tokens").removesuffix("_token") for mode in modes}
    named = settings.get("pooling_mode")
    if named:
        modes |= {named} if isinstance(named, str) else set(map(str, named))
    if prompted and settings.get("include_prompt") is False:
        raise EmbedderUnavailable(
            f"{file} leaves the prompt out of the mean, which is not supported; choose another model"
        )
    if modes <= {"mean"}:
        return "mean"
    if modes == {"cls"}:
        return "cls"
    raise EmbedderUnavailable(
        f"{file} asks for pooling by {' and '.join(sorted(modes))}; only mean or cls is supported"
    )


def _prompts(folder: Path) -> tuple[str, str]:
    file = folder / "config_sentence_transformers.json"
    settings = _object(file)
    prompts = settings.get("prompts") or {}
    if not isinstance(prompts, dict) or not all(isinstance(prompt, str) for prompt in prompts.values()):
        raise EmbedderUnavailable(f"{file}: prompts is {prompts!r}; it must be an object of texts")
    default = prompts.get(settings.get("default_prompt_name"), "")
    document = next((prompts[name] for name in _DOCUMENT_PROMPTS if prompts.get(name)), default)
    return prompts.get("query") or default, document


def _most_tokens(folder: Path) -> int:
    """What sentence-transformers says, else the tokenizer, never more than the model has positions."""
    said = (
        _object(folder / "sentence_bert_config.json").get("max_seq_length"),
        _object(folder / "tokenizer_config.json").get("model_max_length"),
    )
    limit = next((limit for limit in said if _is_limit(limit)), DEFAULT_TOKENS)
    positions = _object(folder / "config.json").get("max_position_embeddings")
    return min(limit, positions) if _is_limit(positions) else limit


def _is_limit(value: object) -> TypeGuard[int]:
    """Whether it limits anything: transformers writes 10**30 where a tokenizer has no limit."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < _NO_LIMIT


def _revision(folder: Path, model: Path) -> str:
    """A digest of the weights, which beyond 2 GB lie in files beside the model, and of all settings."""
    weights = model.parent.glob(f"{model.name}*")
    settings = (*folder.glob("*.json"), *folder.glob(_POOLING))
    digest = blake2b(digest_size=6)
    for file in sorted({file for file in (*weights, *settings) if file.is_file()}):
        digest.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as content:
            while block := content.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _object(file: Path) -> dict[str, Any]:
    value = _json(file, {})
    if not isinstance(value, dict):
        raise EmbedderUnavailable(f"{file} is no JSON object; take the file of the model again")
    return value


def _json(file: Path, absent: object) -> object:
    try:
        return json.loads(file.read_bytes()) if file.is_file() else absent
    except (OSError, ValueError) as error:
        raise EmbedderUnavailable(
            f"{file} cannot be read as JSON: {error}; take the file of the model again"
        ) from error
