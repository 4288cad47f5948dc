"""Which format a file or folder is in, by what it holds."""

from enum import Enum
from pathlib import Path
from typing import Protocol, Self

from tmws_memory.exchange import basic_memory, jsonl, markdown, notes, server_memory
from tmws_memory.exchange.progress import Advance, ignore
from tmws_memory.exchange.record import Reading


class UnknownFormat(ValueError):
    """A file or folder is in no format that can be read."""


class Reader(Protocol):
    """What a module gives that reads a format."""

    def read(self, path: Path, *, advance: Advance = ...) -> Reading:
        """Read the memories at a path."""

    def recognises(self, path: Path) -> bool:
        """Whether what is at a path is of this format."""


class Format(Enum):
    """A format that can be read; one that takes more for its own comes later.

    Attributes:
        label: the name by which a person chooses it.
        reader: the module that reads it.
    """

    JSONL = ("jsonl", jsonl)
    SERVER_MEMORY = ("server-memory", server_memory)
    MARKDOWN = ("markdown", markdown)
    BASIC_MEMORY = ("basic-memory", basic_memory)
    NOTES = ("notes", notes)

    def __init__(self, label: str, reader: Reader) -> None:
        self.label = label
        self.reader = reader

    @classmethod
    def named(cls, label: str) -> Self:
        """The format of a name.

        Raises:
            UnknownFormat: there is none of that name.
        """
        for known in cls:
            if known.label == label:
                return known
        raise UnknownFormat(f"there is no format {label!r}; it is one of {labels()}")

    def read(self, path: Path, advance: Advance = ignore) -> Reading:
        """Read the memories at a path.

        Args:
            path: the file or folder.
            advance: told how many bytes were dealt with, of those that `progress.size` counts.

        Raises:
            OSError: there is nothing at the path, or it cannot be opened.
        """
        return self.reader.read(path, advance=advance)


def detect(path: Path) -> Format:
    """Tell which format a file or folder is in by its first lines or files; of a name, only Markdown's ending counts.

    Raises:
        OSError: there is nothing at the path, or it cannot be opened.
        UnknownFormat: it is in none of them.
    """
    path.stat()
    for known in Format:
        if known.reader.recognises(path):
            return known
    what = "a folder without Markdown files that can be read" if path.is_dir() else "in no format that can be imported"
    raise UnknownFormat(f"{path} is {what}; name its format, which is one of {labels()}")


def labels() -> str:
    """The names of all formats."""
    return ", ".join(known.label for known in Format)
