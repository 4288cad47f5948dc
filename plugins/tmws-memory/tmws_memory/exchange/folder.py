"""The Markdown files of a folder: in a fixed order, without following links, each read up to a limit."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tmws_memory.exchange.record import Fault

LARGEST_FILE = 16 * 1024 * 1024
_SUFFIXES = (".md", ".markdown")
# a pipe that was put in the place of a file would otherwise make opening it wait for ever
_READ_ONLY = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class File:
    """A Markdown file.

    Attributes:
        path: where it is.
        name: its path below the folder, with `/`, as it is shown to people.
        size: how many bytes it has.
        modified: when it was last changed; None when the file system tells no possible moment.
    """

    path: Path
    name: str
    size: int
    modified: datetime | None


def markdown_files(root: Path) -> Iterator[File | Fault]:
    """Every Markdown file below a folder, by name, or the one file that the path is.

    Hidden files and folders, links, and whatever is no ordinary file are passed over. A folder that cannot be opened
    is a fault, and the others follow.

    Raises:
        OSError: there is nothing at the path, or the folder itself cannot be opened.
    """
    if not root.is_dir():
        yield _file(root, _name(Path(root.name)), root.stat())
        return
    waiting = list(reversed(_entries(root)))
    while waiting:
        entry = waiting.pop()
        name = _name(Path(entry.path).relative_to(root))
        try:
            if entry.is_dir(follow_symlinks=False):
                waiting.extend(reversed(_entries(Path(entry.path))))
            elif entry.is_file(follow_symlinks=False) and is_markdown(entry.name):
                yield _file(Path(entry.path), name, entry.stat(follow_symlinks=False))
        except OSError as error:
            yield Fault(name, None, f"it cannot be opened: {error.strerror}")


def is_markdown(name: str) -> bool:
    """Whether a file of this name is Markdown."""
    return name.lower().endswith(_SUFFIXES)


def text_of(file: File, largest: int = LARGEST_FILE) -> str | Fault:
    """The text of a file without the byte order mark, or the reason why it has none.

    Args:
        file: the file.
        largest: how many bytes it may have.
    """
    try:
        data = _bytes(file.path, largest + 1)
    except OSError as error:
        return Fault(file.name, None, f"it cannot be read: {error.strerror}")
    if len(data) > largest:
        return Fault(file.name, None, f"it has more than {largest} bytes; divide it")
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Fault(file.name, line, "it is not UTF-8; save it again in that encoding")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        visible = [entry for entry in entries if not entry.name.startswith(".") and not entry.is_symlink()]
    return sorted(visible, key=lambda entry: entry.name)


def _name(path: Path) -> str:
    """A path that can be stored and shown, whatever bytes and control characters it is made of."""
    text = os.fsencode(path.as_posix()).decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _file(path: Path, name: str, status: os.stat_result) -> File:
    try:
        modified = datetime.fromtimestamp(status.st_mtime, UTC)
    except (OverflowError, ValueError, OSError):
        modified = None
    return File(path, name, status.st_size, modified)


def _bytes(path: Path, most: int) -> bytes:
    with open(os.open(path, _READ_ONLY), "rb") as stream:  # noqa: PTH123 -- a descriptor, which Path does not open
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(0, "it is no ordinary file")
        return stream.read(most)
