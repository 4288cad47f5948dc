"""How far a reader is: every reader tells the bytes that it has dealt with, and `size` tells how many there will be."""

from collections.abc import Callable
from pathlib import Path

from tmws_memory.exchange.folder import File, markdown_files

Advance = Callable[[int], object]
"""Called by a reader with the number of bytes that it has dealt with since the last call."""


def ignore(_bytes: int) -> None:
    """Tell nobody how far the reader is."""


def size(path: Path) -> int:
    """How many bytes a reader of this file, or of the Markdown in this folder, will have told when it is done.

    It only asks the file system, and opens nothing.

    Raises:
        OSError: there is nothing at the path.
    """
    if not path.is_dir():
        return path.stat().st_size
    return sum(file.size for file in markdown_files(path) if isinstance(file, File))
