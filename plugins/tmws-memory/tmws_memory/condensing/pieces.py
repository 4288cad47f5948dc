"""Cuts a text into its pieces: sentences, items of lists, headings, tables and blocks of code."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from tmws_memory.condensing.sentence_ends import sentence_ends

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# CommonMark 4.5: a fence is closed by one of its own character that is at least as long
_FENCE = re.compile(r" {0,3}(?:[-*+]\s+)?(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}\s")
_ENTRY = re.compile(r"\s*(?:[-*+•・]|\d{1,9}[.)])\s+\S")
_ROW = re.compile(r"\s*\|")
_INDENTED = re.compile(r"(?: {4}|\t)\s*\S")
_WRAPPED_FROM = 60
_ENDED = re.compile(r"[.!?…:;。！？：][\"'”’»)\]」』）]*\s*$")
_LEANING = re.compile(
    r"(?:it|its|this|that|these|those|they|their|them|he|she|his|her|him|then|there|so|but|however|otherwise|therefore|"
    r"er|sie|es|dies|diese|dieser|dieses|dadurch|deshalb|dann)\b|これ|それ|あれ|この|その|あの|しかし|そして|また",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """What a piece is."""

    SENTENCE = "sentence"
    ENTRY = "entry"
    HEADING = "heading"
    TABLE = "table"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that is kept or dropped as a whole.

    Attributes:
        kind: what it is.
        text: the part, as it stands in the text.
        lead: the white space before it.
        leans_on: which earlier piece of the text says what it is about: the heading above it, the line that announces
            its list, the sentence whose "it" it takes up.
    """

    kind: Kind
    text: str
    lead: str
    leans_on: int | None

    @property
    def announces(self) -> bool:
        """Whether it says what the pieces after it are about."""
        return self.kind is Kind.HEADING or self.text.endswith((":", "："))


def pieces_of(text: str) -> list[Piece]:
    """Cut a text into pieces, which are the whole text but for the white space at its end.

    Args:
        text: plain text or Markdown.

    Returns:
        The pieces in their order; a block of code or a table is one piece, and a sentence is never cut in the middle
        of an abbreviation, a number, an address or inline code.
    """
    pieces: list[Piece] = []
    end = 0
    heading: int | None = None
    for kind, start, stop, is_rest in _spans(text):
        leans_on = len(pieces) - 1 if is_rest else _support(kind, text[start:stop], pieces, heading)
        pieces.append(Piece(kind, text[start:stop], text[end:start], leans_on))
        end = stop
        if kind is Kind.HEADING:
            heading = len(pieces) - 1
    return pieces


def joined(pieces: Sequence[Piece], kept: Iterable[int]) -> str:
    """The text of some of the pieces, set as they were: on one line where they stood on one line.

    Args:
        pieces: all pieces of a text.
        kept: the numbers of those that are wanted, rising.
    """
    parts: list[str] = []
    following = 0
    for number in kept:
        leads = [piece.lead for piece in pieces[following : number + 1]]
        parts += [_gap(leads) if parts else "", pieces[number].text]
        following = number + 1
    return "".join(parts)


def _gap(leads: list[str]) -> str:
    """The white space before a kept piece, when those before it are dropped: their line breaks, its indentation."""
    breaks = max(lead.count("\n") for lead in leads)
    if breaks == 0:
        return max(leads, key=len)
    return "\n" * min(breaks, 2) + (leads[-1].rpartition("\n")[2] if "\n" in leads[-1] else "")


def _spans(text: str) -> Iterator[tuple[Kind, int, int, bool]]:
    """What each piece is, where it begins and ends, and whether it is the rest of an entry of a list."""
    for kind, start, end in _blocks(text):
        ends = sentence_ends(text[start:end]) if kind in (Kind.SENTENCE, Kind.ENTRY) else []
        for first, last in pairwise([0, *ends, end - start]):
            part = text[start + first : start + last]
            if part.strip():
                skipped = 0 if kind is Kind.CODE else len(part) - len(part.lstrip())
                is_rest = kind is Kind.ENTRY and first > 0
                found = Kind.SENTENCE if is_rest else kind
                yield found, start + first + skipped, start + first + len(part.rstrip()), is_rest


def _blocks(text: str) -> Iterator[tuple[Kind, int, int]]:
    """The runs of lines that belong together, without the empty lines between them."""
    lines = [match.span() for match in _LINE.finditer(text)]
    number = 0
    while number < len(lines):
        kind, following = _block_at(text, lines, number)
        if kind is not None:
            yield kind, lines[number][0], lines[following - 1][1]
        number = following


def _block_at(text: str, lines: list[tuple[int, int]], number: int) -> tuple[Kind | None, int]:
    """What begins at a line, and the number of the first line that no longer belongs to it."""
    line = text[slice(*lines[number])]
    if not line.strip():
        return None, number + 1
    if fence := _FENCE.match(line):
        return Kind.CODE, _after_fence(text, lines, number + 1, fence[1])
    if _HEADING.match(line):
        return Kind.HEADING, number + 1
    if _ROW.match(line):
        return Kind.TABLE, _after(text, lines, number, _ROW)
    if _ENTRY.match(line):
        return Kind.ENTRY, _after_paragraph(text, lines, number)
    if _INDENTED.match(line) and (number == 0 or not text[slice(*lines[number - 1])].strip()):
        return Kind.CODE, _after(text, lines, number, _INDENTED)
    return Kind.SENTENCE, _after_paragraph(text, lines, number)


def _after_fence(text: str, lines: list[tuple[int, int]], number: int, fence: str) -> int:
    closing = re.compile(rf"\s*{re.escape(fence[0])}{{{len(fence)},}}\s*$")
    while number < len(lines):
        number += 1
        if closing.match(text[slice(*lines[number - 1])]):
            break
    return number


def _after(text: str, lines: list[tuple[int, int]], number: int, belongs: re.Pattern[str]) -> int:
    while number < len(lines) and belongs.match(text[slice(*lines[number])]):
        number += 1
    return number


def _after_paragraph(text: str, lines: list[tuple[int, int]], number: int) -> int:
    number += 1
    while number < len(lines):
        before, line = (text[slice(*lines[at])] for at in (number - 1, number))
        if not line.strip() or any(begins.match(line) for begins in (_FENCE, _HEADING, _ROW, _ENTRY)):
            break
        if not _runs_on(before, line):
            break
        number += 1
    return number


def _runs_on(before: str, line: str) -> bool:
    """Whether a line goes on with the sentence before it: notes end their lines, wrapped text does not."""
    if _ENDED.search(before):
        return False
    return line.lstrip()[0].islower() or len(before.strip()) >= _WRAPPED_FROM


def _support(kind: Kind, text: str, before: list[Piece], heading: int | None) -> int | None:
    if kind is Kind.HEADING or not before:
        return None
    previous = len(before) - 1
    if before[previous].announces or (kind is Kind.SENTENCE and _LEANING.match(text)):
        return previous
    return _support_of_entry(before) if kind is Kind.ENTRY else heading


def _support_of_entry(before: list[Piece]) -> int | None:
    """What the first entry of the list leans on; for that one, the piece before the list."""
    at: int | None = len(before) - 1
    while at is not None and before[at].kind is Kind.SENTENCE:
        at = before[at].leans_on
    return before[at].leans_on if at is not None and before[at].kind is Kind.ENTRY else len(before) - 1
