"""The first lines or files of what is to be read, by which a format can be recognised."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tmws_memory.exchange.folder import File, markdown_files, text_of
from tmws_memory.exchange.front_matter import Document, Malformed, parse
from tmws_memory.exchange.lines import Line, objects

_MOST = 100


def first_lines(path: Path) -> Iterator[Line]:
    """The objects on the first lines of a file; none of a folder."""
    if path.is_file():
        yield from (found for found in islice(objects(path), _MOST) if isinstance(found, Line))


def first_documents(path: Path) -> Iterator[Document]:
    """The first Markdown files of a folder that can be read, or the one file."""
    for file in islice(markdown_files(path), _MOST):
        text = text_of(file) if isinstance(file, File) else file
        if isinstance(text, str):
            try:
                yield parse(text)
            except Malformed:
                continue
