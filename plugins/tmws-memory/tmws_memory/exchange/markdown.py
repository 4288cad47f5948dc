"""Memories as a folder of Markdown: one file for each, its fields as front matter, then its text unchanged.

    ---
    tmws_memory: 1
    id: 0198c0de-…
    tags:
    - build
    created_at: 2026-01-31T12:00:00Z
    ---
    the build needs Node 22

A field with its default is left out. A file is named for the day, the first line and the end of the identifier of the
memory, in the folder of its namespace; the names are for people, and a reader takes nothing from them.
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path

from tmws_memory.exchange.folder import LARGEST_FILE, File, markdown_files, text_of
from tmws_memory.exchange.front_matter import Malformed, compose, parse
from tmws_memory.exchange.progress import Advance, ignore
from tmws_memory.exchange.record import Fault, Reading, Record, build, dump, shown
from tmws_memory.exchange.replacement import replacing
from tmws_memory.exchange.sample import first_documents
from tmws_memory.exchange.slug import slug

NAME = "tmws_memory"
VERSION = 1
_LONGEST_TITLE = 40
_SHORT = 12
# names that Windows keeps for devices, whatever follows after a dot
_SAFE_FOLDER = re.compile(r"(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z))[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9_-])?")


def text(record: Record) -> str:
    """The file of one memory.

    Raises:
        ValueError: its fields besides the text are too long for front matter.
    """
    fields = dump(record)
    content = fields.pop("content")
    return compose({NAME: VERSION, **fields}, content)


def write(folder: Path, record: Record) -> Path:
    """Write the file of one memory; the file of the same memory is replaced, and any other is left alone.

    Args:
        folder: where the memories go; it is made when it is not there.
        record: the memory.

    Returns:
        Where its file is.

    Raises:
        OSError: the file cannot be written.
        ValueError: its fields besides the text are too long for front matter; or the folder of its namespace is a link.
    """
    written = text(record).encode()
    place = folder / _folder_name(record.namespace) if record.namespace else folder
    if place != folder and place.is_symlink():
        raise ValueError(f"{place} is a link, and nothing is written through it; remove it")
    place.mkdir(parents=True, exist_ok=True)
    path = next(path for path in _paths(place, record) if _is_free(path, written, record))
    with replacing(path) as stream:
        stream.write(written)
    return path


def read(path: Path, *, largest: int = LARGEST_FILE, advance: Advance = ignore) -> Reading:
    """Read the memories of a folder, or of one file.

    Args:
        path: the folder or the file.
        largest: how many bytes a file may have.
        advance: told how many bytes were dealt with.

    Raises:
        OSError: there is nothing at the path.
    """
    for file in markdown_files(path):
        if isinstance(file, Fault):
            yield file
        else:
            yield _record(file, largest)
            advance(file.size)


def recognises(path: Path) -> bool:
    """Whether one of the first files of a folder, or the file, is an exported memory."""
    return any(document.front is not None and NAME in document.front for document in first_documents(path))


def _record(file: File, largest: int) -> Record | Fault:
    found = text_of(file, largest)
    if isinstance(found, Fault):
        return found
    try:
        document = parse(found)
    except Malformed as error:
        return Fault(file.name, error.line, str(error))
    if document.front is None or NAME not in document.front:
        return Fault(file.name, 1, f"it is no exported memory: it has no front matter with {NAME}; import it as notes")
    fields = dict(document.front)
    if (version := fields.pop(NAME)) != VERSION:
        return Fault(
            file.name, 1, f"it is of version {shown(version)}, and only {VERSION} can be read; update tmws-memory"
        )
    if "content" in fields:
        return Fault(file.name, 1, "its front matter has a field content; the text of a memory stands below it")
    return build({**fields, "content": document.body}, file.name, None)


def _folder_name(namespace: str) -> str:
    if _SAFE_FOLDER.fullmatch(namespace):
        return namespace
    return f"{slug(namespace, _LONGEST_TITLE) or 'namespace'}-{_digest(namespace)}_"


def _paths(place: Path, record: Record) -> Iterator[Path]:
    day = record.created_at.date().isoformat() if record.created_at else "undated"
    title = slug(record.content.strip().partition("\n")[0], _LONGEST_TITLE) or "memory"
    short = record.id.replace("-", "")[-_SHORT:] if record.id else _digest(record.content)
    yield place / f"{day}-{title}-{short or 'memory'}.md"
    yield from (place / f"{day}-{title}-{short or 'memory'}-{number}.md" for number in count(2))


def _is_free(path: Path, written: bytes, record: Record) -> bool:
    if not path.exists() and not path.is_symlink():
        return True
    if path.is_symlink() or not path.is_file():
        return False
    if path.read_bytes() == written:
        return True
    there = _record(next(file for file in markdown_files(path) if isinstance(file, File)), LARGEST_FILE)
    return isinstance(there, Record) and record.id is not None and there.id == record.id


def _digest(content: str) -> str:
    return sha256(content.encode()).hexdigest()[:_SHORT]
