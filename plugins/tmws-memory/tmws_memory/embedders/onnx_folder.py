"""An embedder from a folder that the operator supplies: a sentence-transformers model in ONNX format."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tmws_memory.embedders.embedder import EmbedderUnavailable
from tmws_memory.embedders.sentence_model import Pooling, SentenceModel, read_sentence_model
from tmws_memory.vectors.normalisation import normalised

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_TOKENS_AT_ONCE = 8_192
# a word of more characters than this for each token does not occur in text; what comes after is not even split
_CHARACTERS_A_TOKEN = 64
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_POOLED_OUTPUT = "sentence_embedding"
_TOKEN_OUTPUTS = ("last_hidden_state", "token_embeddings")
_INTEGERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
_ERRORS_ONLY = 3

_Numbers = NDArray[np.floating[Any]]
_Integers = NDArray[np.integer[Any]]


class OnnxFolder:
    """An embedder that runs an ONNX model on the processor; it never opens a connection.

    The folder's settings are read at once, the model at the first use of `dimension` or of a text; if that fails, the
    next use tries again. All methods may be called from any thread.
    """

    def __init__(self, folder: Path) -> None:
        """Read the settings, and all files once for the digest in the name.

        Args:
            folder: what sentence-transformers saves with `backend="onnx"`, or Optimum exports.

        Raises:
            EmbedderUnavailable: a file is missing or damaged, or the folder asks for a step that is not supported.
        """
        self._settings = read_sentence_model(folder)
        self.name = f"onnx {folder.resolve().name} {self._settings.revision}"
        self._lock = Lock()
        self._loaded: _Model | None = None

    @property
    def dimension(self) -> int:
        """How many numbers a vector has.

        Raises:
            EmbedderUnavailable: onnxruntime is not installed, or the model cannot be run.
        """
        return self._model().dimension

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of texts, in one array of shape (number of texts, dimension).

        Args:
            texts: any text; of a long one as many tokens count as the model takes.

        Returns:
            Rows of length 1; all zero where a text is blank.

        Raises:
            EmbedderUnavailable: onnxruntime is not installed, or the model cannot be run.
        """
        return self._model().embed(texts, self._settings.document_prompt)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The vector of a text that asks, with the prompt that the model wants before one.

        Raises:
            EmbedderUnavailable: onnxruntime is not installed, or the model cannot be run.
        """
        return self._model().embed([text], self._settings.query_prompt).reshape(-1)

    def _model(self) -> "_Model":
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._settings)
            return self._loaded


class _Argument(Protocol):
    """What onnxruntime says of an input or output."""

    name: str
    type: str


class _Session(Protocol):
    """The part of onnxruntime's InferenceSession that is used; the package has no types."""

    def get_inputs(self) -> list[_Argument]: ...

    def get_outputs(self) -> list[_Argument]: ...

    def run(self, outputs: list[str], inputs: Mapping[str, _Integers], /) -> list[_Numbers]: ...


@dataclass(frozen=True)
class _Model:
    file: Path
    session: _Session
    tokenizer: "Tokenizer"
    padding: int
    output: str
    pooling: Pooling
    most_characters: int

    @cached_property
    def dimension(self) -> int:
        token = np.array([[self.padding]])
        return int(self._run(token, np.ones_like(token), np.zeros_like(token)).shape[1])

    def embed(self, texts: Sequence[str], prompt: str) -> NDArray[np.float32]:
        readable = [text[: self.most_characters].strip().encode(errors="replace").decode() for text in texts]
        said = [place for place, text in enumerate(readable) if text]
        split = self.tokenizer.encode_batch_fast([prompt + readable[place] for place in said])
        encodings = dict(zip(said, split, strict=True))
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for places in _batches({place: len(encoding) for place, encoding in encodings.items() if len(encoding)}):
            batch = [encodings[place] for place in places]
            vectors[places] = self._run(
                _padded([encoding.ids for encoding in batch], self.padding),
                _padded([encoding.attention_mask for encoding in batch], 0),
                _padded([encoding.type_ids for encoding in batch], 0),
            )
        return normalised(vectors)

    def _run(self, *columns: _Integers) -> _Numbers:
        given = dict(zip(_INPUTS, columns, strict=True))
        inputs = {each.name: given[each.name].astype(_INTEGERS[each.type]) for each in self.session.get_inputs()}
        try:
            (output,) = self.session.run([self.output], inputs)
        except Exception as error:  # onnxruntime raises nothing narrower
            raise EmbedderUnavailable(f"the model {self.file} cannot be run: {error}; export it again") from error
        return self._pooled(output, given["attention_mask"])

    def _pooled(self, output: _Numbers, mask: _Integers) -> _Numbers:
        if output.ndim == 2:
            return output
        if output.ndim != 3:
            raise EmbedderUnavailable(
                f"the model {self.file} gives {self.output} in {output.ndim} dimensions; it must give one vector a "
                "text, or one a token"
            )
        if self.pooling == "cls":
            return output[:, 0]
        weights = mask.astype(np.float32)
        sums: _Numbers = np.matmul(weights[:, np.newaxis], output)[:, 0]
        mean: _Numbers = sums / weights.sum(axis=1, keepdims=True)
        return mean


def _batches(lengths: Mapping[int, int]) -> Iterator[list[int]]:
    """The places of texts of about equal lengths together, so that little is padded."""
    batch: list[int] = []
    for place in sorted(lengths, key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[place] > _TOKENS_AT_ONCE:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _padded(rows: Sequence[Sequence[int]], filler: int) -> NDArray[np.int64]:
    padded = np.full((len(rows), max(map(len, rows))), filler, np.int64)
    for place, row in enumerate(rows):
        padded[place, : len(row)] = row
    return padded


def _load(settings: SentenceModel) -> _Model:
    session = _session(settings.model)
    tokenizer = _tokenizer(settings)
    padding = tokenizer.padding
    tokenizer.no_padding()
    return _Model(
        settings.model,
        session,
        tokenizer,
        padding["pad_id"] if padding else 0,
        _output(session, settings.model),
        settings.pooling,
        settings.most_tokens * _CHARACTERS_A_TOKEN,
    )


def _session(file: Path) -> _Session:
    try:
        onnxruntime = import_module("onnxruntime")
    except ImportError as error:
        raise EmbedderUnavailable(
            f"the model {file} needs the package onnxruntime ({error}); run `pip install 'tmws-memory[onnx]'`"
        ) from error
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    try:
        session: _Session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises nothing narrower
        raise EmbedderUnavailable(f"the model {file} cannot be loaded: {error}; export it again") from error
    for each in session.get_inputs():
        if each.name not in _INPUTS or each.type not in _INTEGERS:
            raise EmbedderUnavailable(
                f"the model {file} takes {each.name} as {each.type}; only whole numbers "
                f"{', '.join(_INPUTS)} can be given: export it for the task feature-extraction"
            )
    return session


def _output(session: _Session, file: Path) -> str:
    names = [each.name for each in session.get_outputs()]
    known = [name for name in (_POOLED_OUTPUT, *_TOKEN_OUTPUTS) if name in names]
    if not known and len(names) != 1:
        raise EmbedderUnavailable(
            f"the model {file} gives {', '.join(names)}; name the one of the text {_POOLED_OUTPUT}, or the one of its "
            f"tokens {_TOKEN_OUTPUTS[0]}"
        )
    return (known or names)[0]


def _tokenizer(settings: SentenceModel) -> "Tokenizer":
    from tokenizers import Tokenizer  # the first embedding pays for the import, not the start

    try:
        tokenizer = Tokenizer.from_file(str(settings.tokenizer))
    except Exception as error:  # the package raises nothing narrower
        raise EmbedderUnavailable(
            f"the tokenizer {settings.tokenizer} cannot be read: {error}; take the file of the model again"
        ) from error
    tokenizer.enable_truncation(settings.most_tokens)
    return tokenizer
