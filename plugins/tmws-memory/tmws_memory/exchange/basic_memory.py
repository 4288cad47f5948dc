"""Memories from the Markdown of basic-memory.

A file has front matter with `title`, `type`, `permalink` and `tags`, and some list items of its text have a meaning:

    - [method] Pour over brings out the flavours #brewing (a matter of taste)
    - pairs_with [[Chocolate]] (dark)

- an observation, `- [category] text #tag (context)`, or a list item with a tag, becomes one memory: `Title: text …`, of
  the type of its category, with the tags of the note and its own
- a relation, `- relation_type [[Target]] (context)`, becomes one memory, `Title pairs with Target (dark)`, of the type
  `relation`, tagged with its target; a relation type of several words is in quotes
- what remains of the text becomes one memory of the type of the note, or several parts when it is long, as in `notes`
- all memories of a note have its permalink as their session, or its path when it has none

As in basic-memory, `[ ]`, `[x]` and other marks of tasks, and times such as `[00:12]`, are no categories; an item with
text after its target, or with `#bm:links_to` at its end, is prose; code and quotations have no items; and with
`bm_parse_semantics: false` the whole text is prose. The heading above an item is in its context as `section`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from tmws_memory.exchange.folder import LARGEST_FILE, markdown_files
from tmws_memory.exchange.note import Note, inline_tags, read_note
from tmws_memory.exchange.notes import LONGEST_PART, records
from tmws_memory.exchange.progress import Advance, ignore
from tmws_memory.exchange.record import Fault, Reading, Record
from tmws_memory.exchange.sample import first_documents
from tmws_memory.exchange.sections import Heading, MarkedLine, marked_lines
from tmws_memory.exchange.slug import slug, tag

_ITEM = re.compile(r"(?P<indent>[ \t]*)[-*+][ \t]+(?P<text>\S.*)", re.DOTALL)
_CATEGORY = re.compile(r"\[(?P<category>[^\[\]()]+)\]\s+(?P<text>\S.*)", re.DOTALL)
_TASK = re.compile(r"[xX\W_]")
_CLOCK = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_TIMES = re.compile(rf"{_CLOCK}(?:\s+-\s+{_CLOCK})?")
_RELATION = re.compile(
    r"""(?:"(?P<double>[^"\[]+)"|'(?P<single>[^'\[]+)'|(?P<word>[^\s"'\[]+))\s*"""
    r"""\[\[(?P<target>[^\[\]]+)\]\]\s*(?:\((?P<context>(?:[^()]|\([^()]*\))*)\))?"""
)
_LONGEST_NAME = 500
_MERE_LINK = "#bm:links_to"
_CONTEXT = re.compile(r"\(([^()]*)\)\Z")


@dataclass(slots=True)
class _Item:
    """A list item that may have a meaning.

    Attributes:
        line: the line of the file.
        indent: how far it is indented; what is indented further belongs to it.
        mark: what stands before its text, with the mark of the list.
        lines: its text, and the lines that belong to it.
    """

    line: int
    indent: int
    mark: str
    lines: list[str]

    @property
    def text(self) -> str:
        """Its text without the last line end."""
        return "".join(self.lines).rstrip()


@dataclass(slots=True)
class _Section:
    """A heading, its line, and what follows until the next one: prose, and items with a meaning."""

    heading: Heading | None = None
    line: str = ""
    prose: list[str] = field(default_factory=list)
    items: list[_Item] = field(default_factory=list)


def read(path: Path, *, longest: int = LONGEST_PART, largest: int = LARGEST_FILE, advance: Advance = ignore) -> Reading:
    """Read the notes of a folder, or one note.

    Args:
        path: the folder or the file.
        longest: how many characters of prose one memory may have.
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
            yield from _records(note, longest)
        advance(file.size)


def recognises(path: Path) -> bool:
    """Whether one of the first files of a folder, or the file, has the three names that basic-memory writes."""
    return any(
        document.front is not None and {"title", "type", "permalink"} <= document.front.keys()
        for document in first_documents(path)
    )


def _records(note: Note, longest: int) -> Iterator[Record | Fault]:
    permalink = note.front.get("permalink")
    session = permalink if isinstance(permalink, str) and 0 < len(permalink) <= _LONGEST_NAME else note.name
    kind = note.front.get("type")
    memory_type = (slug(kind) if isinstance(kind, str) else "") or "note"
    if str(note.front.get("bm_parse_semantics")).lower() == "false":
        yield from records(note, note.body, memory_type, session, longest)
        return
    sections = _sections(note)
    prose = _prose(sections)
    if prose or not any(section.items for section in sections):
        yield from records(note, prose, memory_type, session, longest)
    first = not prose
    for section in sections:
        for item in section.items:
            yield _memory(note, section, item, session, first)
            first = False


def _sections(note: Note) -> list[_Section]:
    sections = [_Section()]
    item: _Item | None = None
    for number, line in enumerate(marked_lines(note.body), note.first_line):
        begun = None if line.code else _ITEM.match(line.text)
        if item and not begun and _continues(item, line):
            item.lines.append(line.text)
            continue
        _put(sections[-1], item)
        item = None
        if begun:
            item = _Item(number, _width(begun["indent"]), line.text[: begun.start("text")], [begun["text"]])
        elif line.heading:
            sections.append(_Section(line.heading, line.text))
        else:
            sections[-1].prose.append(line.text)
    _put(sections[-1], item)
    return sections


def _continues(item: _Item, line: MarkedLine) -> bool:
    indent = line.text[: len(line.text) - len(line.text.lstrip())]
    return not line.code and line.heading is None and bool(line.text.strip()) and _width(indent) > item.indent


def _width(indent: str) -> int:
    return len(indent.expandtabs(4))


def _put(section: _Section, item: _Item | None) -> None:
    if item is None:
        return
    text = item.text
    if not text.endswith(_MERE_LINK) and (_relation(text) or _observation(text)):
        section.items.append(item)
    else:
        section.prose += [item.mark, *item.lines]


def _relation(text: str) -> re.Match[str] | None:
    return _RELATION.fullmatch(text)


def _observation(text: str) -> tuple[str, str] | None:
    """The category of an observation, which may be empty, and its text."""
    marked = _CATEGORY.match(text)
    category = marked["category"].strip() if marked else ""
    if marked and _TASK.fullmatch(category or " "):
        return None
    if marked and not _TIMES.fullmatch(category):
        return category, marked["text"]
    return ("", text) if inline_tags(text) else None


def _prose(sections: list[_Section]) -> str:
    """What remains without the items, and without the headings that only items stood under."""
    kept: list[_Section] = []
    for section in reversed(sections):
        if "".join(section.prose).strip() or not section.items or _holds(section, kept):
            kept.append(section)
    if any(section.items for section in sections) and not any("".join(each.prose).strip() for each in kept):
        return ""
    return "".join(section.line + "".join(section.prose) for section in reversed(kept))


def _holds(section: _Section, following: list[_Section]) -> bool:
    below = following[-1].heading if following else None
    return below is not None and section.heading is not None and below.level > section.heading.level


def _memory(note: Note, section: _Section, item: _Item, session: str, first: bool) -> Record | Fault:
    text = item.text
    facts: dict[str, JsonValue] = {"section": section.heading.title[:_LONGEST_NAME]} if section.heading else {}
    if relation := _relation(text):
        return _of_relation(note, item, relation, session, facts, first)
    category, said = _observation(text) or ("", text)
    facts |= {"category": category} if category else {}
    facts |= {"context": aside[1].strip()} if (aside := _CONTEXT.search(said)) else {}
    memory_type = slug(category) or "observation"
    return note.memory(f"{note.title}: {said}", memory_type, inline_tags(said), session, facts, first, item.line)


def _of_relation(
    note: Note, item: _Item, found: re.Match[str], session: str, facts: dict[str, JsonValue], first: bool
) -> Record | Fault:
    kind = found["double"] or found["single"] or found["word"]
    target, aside = found["target"].strip(), found["context"]
    facts = {**facts, "relation_type": kind, "to": target, **({"context": aside.strip()} if aside else {})}
    content = f"{note.title} {kind.replace('_', ' ')} {target}{f' ({aside})' if aside else ''}"
    return note.memory(content, "relation", [word] if (word := tag(target)) else [], session, facts, first, item.line)
