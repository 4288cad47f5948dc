"""Markdown text in parts: lines outside and inside code, and parts of a given size that begin at headings."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?=\s|\Z)")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in the style `## Title`: its level, from 1 to 6, and its text."""

    level: int
    title: str


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line with its line end.

    Attributes:
        text: the line.
        code: whether it belongs to a fenced block of code.
        heading: the heading that it is.
    """

    text: str
    code: bool
    heading: Heading | None


def marked_lines(text: str) -> Iterator[MarkedLine]:
    """The lines of a text, told apart by the rules of CommonMark 0.31, sections 4.2 and 4.5."""
    fence = ""
    for match in _LINE.finditer(text):
        line = match[0]
        run = _FENCE.match(line)
        if fence:
            yield MarkedLine(line, True, None)
            if run and run[1].startswith(fence) and not line[run.end() :].strip():
                fence = ""
        elif run:
            fence = run[1]
            yield MarkedLine(line, True, None)
        else:
            yield MarkedLine(line, False, _heading(line))


def split(text: str, largest: int) -> list[str]:
    """Divide a text into parts that make up the text again when they are joined.

    A part begins at a heading where it can; a section that is too large is divided between paragraphs, a paragraph
    between lines, and a line anywhere.

    Args:
        text: the text.
        largest: how many characters a part may have, at least 1.
    """
    return _split(text, largest, [_sections, _paragraphs, _lines, lambda line: _cut(line, largest)])


def _split(text: str, largest: int, ways: Sequence[Callable[[str], Iterator[str]]]) -> list[str]:
    if len(text) <= largest:
        return [text] if text else []
    parts: list[str] = []
    small: list[str] = []
    length = 0
    for piece in ways[0](text):
        if small and length + len(piece) > largest:
            parts.append("".join(small))
            small, length = [], 0
        if len(piece) > largest:
            parts += _split(piece, largest, ways[1:])
        else:
            small.append(piece)
            length += len(piece)
    return [*parts, "".join(small)] if small else parts


def _heading(line: str) -> Heading | None:
    match = _HEADING.match(line)
    if match is None:
        return None
    title = line[match.end() :].strip()
    # a run of number signs closes a heading where a space stands before it
    opened = title.rstrip("#")
    return Heading(len(match[1]), title if opened and opened == opened.rstrip() else opened.rstrip())


def _sections(text: str) -> Iterator[str]:
    section: list[str] = []
    for line in marked_lines(text):
        if line.heading and section:
            yield "".join(section)
            section = []
        section.append(line.text)
    yield "".join(section)


def _paragraphs(text: str) -> Iterator[str]:
    paragraph: list[str] = []
    ended = False
    for line in _lines(text):
        blank = not line.strip()
        if ended and not blank:
            yield "".join(paragraph)
            paragraph = []
        ended = blank
        paragraph.append(line)
    yield "".join(paragraph)


def _lines(text: str) -> Iterator[str]:
    return (match[0] for match in _LINE.finditer(text))


def _cut(text: str, largest: int) -> Iterator[str]:
    return (text[start : start + largest] for start in range(0, len(text), largest))
