"""Memories as JSON Lines: a header, then one memory on each line, which comes back exactly as it was written.

    {"tmws_memories": 1}
    {"content": "the build needs Node 22", "id": "…", "tags": ["build"], "created_at": "2026-01-31T12:00:00Z"}

A field with its default is left out. Every line is JSON after RFC 8259 in UTF-8; U+0085, U+2028 and U+2029 are
escaped, because some programs take them for the end of a line. A reader takes a file whose header was lost, and several
files that were joined.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tmws_memory.exchange.lines import LONGEST_LINE, objects
from tmws_memory.exchange.progress import Advance, ignore
from tmws_memory.exchange.record import Fault, Reading, Record, build, dump, shown
from tmws_memory.exchange.replacement import replacing
from tmws_memory.exchange.sample import first_lines

NAME = "tmws_memories"
VERSION = 1
_ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "\x85\u2028\u2029"}


def header() -> bytes:
    """The first line of a file."""
    return _line({NAME: VERSION})


def line(record: Record) -> bytes:
    """The line of one memory."""
    return _line(dump(record))


@contextmanager
def writing(path: Path) -> Iterator[Callable[[Record], None]]:
    """Write a file, memory by memory; it is there once the block ends, and not when the block raises.

    Args:
        path: where the file goes; what is there is replaced.

    Yields:
        What writes one memory.

    Raises:
        OSError: the file cannot be written.
    """
    with replacing(path) as stream:
        stream.write(header())

        def write(record: Record) -> None:
            stream.write(line(record))

        yield write


def read(path: Path, *, longest: int = LONGEST_LINE, advance: Advance = ignore) -> Reading:
    """Read a file, line by line.

    Args:
        path: the file.
        longest: how many bytes a line may have.
        advance: told how many bytes were dealt with.

    Raises:
        OSError: the file cannot be opened or read.
    """
    source = shown(path.name)
    for found in objects(path, longest, advance):
        if isinstance(found, Fault):
            yield found
        elif NAME not in found.value:
            yield build(found.value, source, found.number)
        elif found.value != {NAME: VERSION}:
            yield Fault(source, found.number, _other_version(found.value))
            return


def recognises(path: Path) -> bool:
    """Whether one of the first lines of a file is a header, or a memory that can be read."""
    return any(
        NAME in found.value or isinstance(build(found.value, "", found.number), Record) for found in first_lines(path)
    )


def _other_version(head: dict[str, object]) -> str:
    return f"the header says version {shown(head[NAME])}, and only {VERSION} can be read; update tmws-memory"


def _line(value: dict[str, object]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))
    return f"{text.translate(_ESCAPED)}\n".encode()
