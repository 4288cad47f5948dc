"""SKILL.md: front matter and instructions. What is wrong with it is told, and never raised."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from pydantic import JsonValue

from tmws_skills.format.diagnostic import Diagnostic, error, warning
from tmws_skills.format.front_matter import Malformed, Node, load
from tmws_skills.format.package import SKILL_MD
from tmws_skills.format.unquoted_colons import quoted

_BOM = "\ufeff"
_OPENING = re.compile(r"---[ \t]*\r?\n")
_CLOSING = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """A SKILL.md that was read leniently.

    Attributes:
        text: the whole, unchanged.
        front_matter: what its front matter says, with the names that nobody knows; empty when it cannot be read.
        body: the instructions after it, unchanged.
        diagnostics: what was wrong with it; what its fields say is not looked at, see `validation`.
        node: the front matter with the places of its values, counted from its start; None when it cannot be read.
        front_matter_start: the index of the first character after the opening line.
        front_matter_end: the index of the first character of the closing line.
    """

    text: str
    front_matter: dict[str, JsonValue]
    body: str
    diagnostics: tuple[Diagnostic, ...] = ()
    node: Node | None = None
    front_matter_start: int = 0
    front_matter_end: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Divide a SKILL.md and read its front matter.

        A byte order mark and unquoted colons are warnings. Front matter that is missing, broken, too large, or has an
        anchor, a tag or a name twice is an error; the document has none then.
        """
        found: list[Diagnostic] = []
        if "\0" in text:
            found.append(error("nul", "it has the character NUL, which no text has; remove it", SKILL_MD))
        if text.startswith(_BOM):
            found.append(warning("byte_order_mark", "it begins with a byte order mark; remove it", SKILL_MD))
        parts = _Parts.of(text)
        if isinstance(parts, Diagnostic):
            return cls(text, {}, text.removeprefix(_BOM), (*found, parts))
        node, faults = _read(text[parts.start : parts.end])
        value = node.value if node else {}
        front_matter = value if isinstance(value, dict) else {}
        return cls(text, front_matter, text[parts.body :], (*found, *faults), node, parts.start, parts.end)

    @property
    def name(self) -> str | None:
        """The name in the front matter, when it is text."""
        return self._text("name")

    @property
    def description(self) -> str | None:
        """The description in the front matter, when it is text."""
        return self._text("description")

    @property
    def version(self) -> str | None:
        """`metadata.version` as it is written: 1.10 is not 1.1."""
        metadata = self.node.members.get("metadata") if self.node else None
        version = metadata.members.get("version") if metadata else None
        return version.written if version and version.value is not None else None

    @cached_property
    def front_matter_json(self) -> str:
        """The front matter as JSON, in the order in which it is written."""
        return json.dumps(self.front_matter, ensure_ascii=False, separators=(",", ":"))

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that are errors."""
        return tuple(one for one in self.diagnostics if one.severity == "error")

    def _text(self, name: str) -> str | None:
        value = self.front_matter.get(name)
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class _Parts:
    """Where the front matter starts and ends, and where the body starts."""

    start: int
    end: int
    body: int

    @classmethod
    def of(cls, text: str) -> "_Parts | Diagnostic":
        opening = _OPENING.match(text, len(_BOM) if text.startswith(_BOM) else 0)
        if opening is None:
            reason = "it has no front matter; begin it with a line `---`, name, description, and a line `---`"
            return error("no_front_matter", reason, SKILL_MD)
        closing = _CLOSING.search(text, opening.end())
        if closing is None:
            return error("front_matter_unclosed", "its front matter does not end; add a line `---`", SKILL_MD)
        return cls(opening.end(), closing.start(), closing.end())


def _read(text: str) -> tuple[Node | None, list[Diagnostic]]:
    try:
        return load(text), []
    except Malformed as fault:
        where = f"{SKILL_MD}, line {fault.line + 1}"
        if fault.repairable:
            try:
                mended = load(quoted(text))
            except Malformed:
                pass
            else:
                reason = "a text with a colon is not in quotes, and was read as if it were; put it in quotes"
                return mended, [warning("unquoted_colon", reason, where)]
        return None, [error(fault.code, str(fault), where)]
