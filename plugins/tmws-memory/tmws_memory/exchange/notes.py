"""Memories from a folder of Markdown notes, such as a vault of Obsidian.

A note becomes one memory of the type `note`, or several when it is long:

- its text is that of the note, with links such as `[[Target]]`, from its first line that is not blank. Where that is no
  heading of the first level, the title stands above it as one, because notes are called by their titles
- a note that is longer than a limit is divided at its headings; every part has the title above it, and all parts have
  the path of the note as their session
- its tags are those of the front matter and those in the text; what else the front matter says is in the context of
  its first memory, and the title and the path are in that of every one
- it is as old as its front matter says (`created`, `date`), or as the file

Hidden files and folders, links and what is not Markdown are passed over.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import JsonValue

from tmws_memory.exchange.folder import LARGEST_FILE, is_markdown, markdown_files
from tmws_memory.exchange.note import Note, inline_tags, read_note
from tmws_memory.exchange.progress import Advance, ignore
from tmws_memory.exchange.record import Fault, Reading, Record
from tmws_memory.exchange.sample import first_documents
from tmws_memory.exchange.sections import marked_lines, split

LONGEST_PART = 8000
_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*(?:\n|\Z))+")


def read(path: Path, *, longest: int = LONGEST_PART, largest: int = LARGEST_FILE, advance: Advance = ignore) -> Reading:
    """Read the notes of a folder, or one note.

    Args:
        path: the folder or the file.
        longest: how many characters of a note one memory may have.
        largest: how many bytes a file may have.
        advance: told how many bytes were dealt with.

    Raises:
        OSError: there is nothing at the path.
    """
    for file in markdown_files(path):
        if isinstance(file, Fault):
            yield file
            continue
        note = read_note(file, largest)
        if isinstance(note, Fault):
            yield note
        else:
            yield from records(note, note.body, "note", None, longest)
        advance(file.size)


def recognises(path: Path) -> bool:
    """Whether there is a Markdown file that can be read."""
    return (path.is_dir() or is_markdown(path.name)) and any(True for _ in first_documents(path))


def records(note: Note, text: str, memory_type: str, session: str | None, longest: int) -> Iterator[Record | Fault]:
    """The memories of a text of a note.

    Args:
        note: the note.
        text: the text, or as much of it as becomes memories in this way.
        memory_type: their type.
        session: their session; without it, the path of the note when it is divided.
        longest: how many characters of the text one memory may have.
    """
    text = _BLANK_LINES.sub("", text)
    if not text:
        yield Fault(note.name, None, "the note has no text; there is nothing to remember")
        return
    parts = [part for part in split(text, longest) if part.strip()]
    tags = inline_tags(text)
    for number, part in enumerate(parts, 1):
        content = part if number == 1 and _has_title(part) else f"# {note.title}\n\n{part}"
        facts: dict[str, JsonValue] = {"part": number, "parts": len(parts)} if len(parts) > 1 else {}
        yield note.memory(content, memory_type, tags, session or (note.name if facts else None), facts, number == 1)


def _has_title(text: str) -> bool:
    first = next((line for line in marked_lines(text) if line.text.strip()), None)
    return first is not None and first.heading is not None and first.heading.level == 1
