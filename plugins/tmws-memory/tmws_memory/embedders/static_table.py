"""The default embedder: a table with one vector a token, of which a text gets the mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tmws_memory.embedders.embedder import EmbedderUnavailable
from tmws_memory.vectors.normalisation import normalised

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MOST_CHARACTERS = 32_768
"""So much of a text is read: a mean over more says little of any part, and takes a second for each megabyte or two."""
MOST_TOKENS = 8_192
"""So many tokens of it count."""

_TEXTS_AT_ONCE = 512
_DISTRIBUTION = "wordllama"
_MODEL = "l2_supercat_256"
_TENSOR = "embedding.weight"
_REPAIR = f"run `pip install --force-reinstall {_DISTRIBUTION}`; until then a search has words alone"


@dataclass(frozen=True)
class _Model:
    tokenizer: "Tokenizer"
    table: NDArray[np.float32]


class StaticTable:
    """An embedder that looks up a vector for each token; it never opens a connection.

    The first embedding loads the table, some tenths of a second for 32,000 tokens; if that fails, the next one tries
    again. All methods may be called from any thread. A text has no neighbours: the order of its words is lost.
    """

    immediate = True

    def __init__(self, name: str, table: Path, tokenizer: Path) -> None:
        """Take the files; neither is read yet.

        Args:
            name: names the model and its revision.
            table: a safetensors file with the tensor `embedding.weight`, one row a token.
            tokenizer: the tokenizer of the same model, as the package `tokenizers` saves one.
        """
        self.name = name
        self._files = (table, tokenizer)
        self._lock = Lock()
        self._loaded: _Model | None = None

    @property
    def dimension(self) -> int:
        """How many numbers a vector has.

        Raises:
            EmbedderUnavailable: a file is missing or damaged.
        """
        return int(self._model().table.shape[1])

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of texts, in one array of shape (number of texts, dimension).

        Args:
            texts: any text; of a long one only the beginning counts, see `MOST_CHARACTERS` and `MOST_TOKENS`.

        Returns:
            Rows of length 1; all zero where a text is blank.

        Raises:
            EmbedderUnavailable: a file is missing or damaged.
        """
        model = self._model()
        sums = np.zeros((len(texts), model.table.shape[1]), np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            batch = [_readable(text) for text in texts[start : start + _TEXTS_AT_ONCE]]
            encodings = model.tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            for place, encoding in enumerate(encodings, start):
                tokens = np.array(encoding.ids[:MOST_TOKENS], np.intp)
                # the direction of the sum is that of the mean
                sums[place] = model.table[tokens[tokens < len(model.table)]].sum(axis=0)
        return normalised(sums)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The vector of a text, the same as it has as a document.

        Raises:
            EmbedderUnavailable: a file is missing or damaged.
        """
        return self.embed_documents([text]).reshape(-1)

    def _model(self) -> _Model:
        with self._lock:
            if self._loaded is None:
                table, tokenizer = self._files
                self._loaded = _Model(_read_tokenizer(tokenizer), _read_table(table))
            return self._loaded


def wordllama_table() -> StaticTable:
    """The table of 256 dimensions inside the installed package `wordllama`, which itself is not imported.

    Its own loader looks for the tokenizer in a folder that the wheel does not have, and asks a hub for it instead.

    Raises:
        EmbedderUnavailable: the package is not installed, or without these files.
    """
    spec = find_spec(_DISTRIBUTION)
    if spec is None or not spec.submodule_search_locations:
        raise EmbedderUnavailable(
            f"the package {_DISTRIBUTION} with the default table of vectors is not installed; install it where it has "
            "a wheel (CPython up to 3.13 on Linux x86_64, macOS, Windows), or set up an embedder of your own; until "
            "then a search has words alone"
        )
    try:
        revision = version(_DISTRIBUTION)
    except PackageNotFoundError as error:
        raise EmbedderUnavailable(f"the package {_DISTRIBUTION} does not say its version; {_REPAIR}") from error
    folder = Path(spec.submodule_search_locations[0])
    table = folder / "weights" / f"{_MODEL}.safetensors"
    tokenizer = folder / "tokenizers" / "l2_supercat_tokenizer_config.json"
    for file in (table, tokenizer):
        if not file.is_file():
            raise EmbedderUnavailable(f"{_DISTRIBUTION} {revision} has no file {file}; {_REPAIR}")
    return StaticTable(f"{_DISTRIBUTION} {revision} {_MODEL}", table, tokenizer)


def _readable(text: str) -> str:
    """The part that counts, without halves of surrogate pairs, which are no text that a tokenizer takes."""
    return text[:MOST_CHARACTERS].strip().encode(errors="replace").decode()


def _read_tokenizer(file: Path) -> "Tokenizer":
    from tokenizers import Tokenizer  # the first embedding pays for the import, not the start

    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the package raises nothing narrower
        raise EmbedderUnavailable(f"the tokenizer {file} cannot be read: {error}; {_REPAIR}") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _read_table(file: Path) -> NDArray[np.float32]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(file), framework="numpy") as tensors:
            table: NDArray[np.floating] = tensors.get_tensor(_TENSOR)
    except (OSError, SafetensorError) as error:
        raise EmbedderUnavailable(f"the table {file} cannot be read: {error}; {_REPAIR}") from error
    if table.ndim != 2 or not table.size or not np.isfinite(table).all():
        raise EmbedderUnavailable(f"the table {file} of shape {table.shape} is no table of finite numbers; {_REPAIR}")
    # a row in single precision is summed five times as fast as one in half, which the file has
    return table.astype(np.float32)
