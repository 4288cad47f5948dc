"""Vectors of texts from the static table inside the wheel of `wordllama`: the mean of the vectors of a text's tokens.

The package itself is not imported, its own loader looks for files on the network. The format of the table is
safetensors: eight bytes with the length of a JSON header, the header, the numbers.
"""

import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Vectors = NDArray[np.float32]

_TABLE = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
_NAME = "embedding.weight"


class StaticVectors:
    """The table, in memory."""

    def __init__(self) -> None:
        folder = _folder()
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._table = _read(folder / _TABLE)

    def of(self, texts: Sequence[str]) -> Vectors:
        """A row for each text, of length one; zeros for a text without tokens."""
        encoded = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        vectors = np.zeros((len(texts), self._table.shape[1]), np.float32)
        for vector, tokens in zip(vectors, encoded, strict=True):
            if tokens.ids:
                vector[:] = self._table[np.minimum(tokens.ids, len(self._table) - 1)].mean(axis=0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, lengths, out=vectors, where=lengths > 0)
        return vectors


def installed() -> bool:
    """Whether the wheel is there; for some systems and versions of Python there is none."""
    return find_spec("wordllama") is not None


def _folder() -> Path:
    found = find_spec("wordllama")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("wordllama is not installed; there are wheels of it for some systems alone")
    return Path(found.submodule_search_locations[0])


def _read(file: Path) -> Vectors:
    content = file.read_bytes()
    begin = 8 + int.from_bytes(content[:8], "little")
    described = json.loads(content[8:begin])[_NAME]
    if described["dtype"] != "F16":
        raise RuntimeError(
            f"{file}: {_NAME} is of type {described['dtype']}, and F16 was expected; install wordllama 0.4"
        )
    first, last = described["data_offsets"]
    numbers = np.frombuffer(content, "<f2", offset=begin + first, count=(last - first) // 2)
    return numbers.reshape(described["shape"]).astype(np.float32)
