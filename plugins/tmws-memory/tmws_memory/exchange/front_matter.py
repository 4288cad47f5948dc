"""Front matter: the YAML between two lines `---` at the start of a Markdown file.

It is YAML as JSON has values: text, numbers, true, false, null, lists and mappings with text as keys (the JSON schema
of YAML 1.2, section 10.2, but that whatever is none of these is text). So a date, a time or `no` is text and stays as
it was written. Anchors, aliases and tags are refused: they are no part of a note, and a few lines of them make
gigabytes.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import JsonValue

from tmws_memory.exchange.record import shown

LONGEST = 256 * 1024
_DEEPEST = 110
_OPENING = re.compile(r"---[ \t]*\r?\n")
_CLOSING = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_TAG = "tag:yaml.org,2002:"
_CONSTANTS: dict[str, JsonValue] = {"": None, "~": None, "null": None, "true": True, "false": False}
_INT = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?=[.eE])(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z")


class Malformed(ValueError):
    """Front matter that cannot be read.

    Attributes:
        line: the line of the file, counted from 1.
    """

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class Document:
    """A Markdown file in its two parts.

    Attributes:
        front: what its front matter says; None when it has none.
        body: the text after it, unchanged.
        first_line: the line of the file on which the body begins, counted from 1.
    """

    front: dict[str, JsonValue] | None
    body: str
    first_line: int


def parse(text: str) -> Document:
    """Divide a Markdown file, and read its front matter.

    Raises:
        Malformed: there is front matter, and it cannot be read.
    """
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        return Document(None, text, 1)
    front = _load(text[opening.end() : closing.start()])
    return Document(front, text[closing.end() :], text.count("\n", 0, closing.end()) + 1)


def compose(front: Mapping[str, Any], body: str) -> str:
    """A Markdown file that `parse` divides into these two parts.

    Raises:
        ValueError: the front matter is longer than `parse` would take.
    """
    written = yaml.dump(
        dict(front), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=sys.maxsize, default_flow_style=False
    )
    if len(written) > LONGEST:
        raise ValueError(f"the front matter would have {len(written)} characters, and may have {LONGEST}; use JSONL")
    return f"---\n{written}---\n{body}"


def _load(text: str) -> dict[str, JsonValue]:
    if len(text) > LONGEST:
        raise Malformed(f"the front matter has {len(text)} characters, and may have {LONGEST}; shorten it", 1)
    try:
        return _document(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Malformed(f"the front matter is no YAML: {error.problem}", mark.line + 2 if mark else 1) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # PyYAML lets through what Python says of an escape beyond Unicode
        if isinstance(error, Malformed):
            raise
        raise Malformed(f"the front matter is no YAML: {shown(error)}", 1) from error


def _document(events: Iterator[yaml.Event]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for event in events:
        if isinstance(event, yaml.MappingStartEvent) and not found:
            _check(event)
            found = _mapping(events, _DEEPEST)
        elif isinstance(event, yaml.NodeEvent) and not _is_nothing(event):
            raise Malformed("the front matter is no mapping; write `name: value` on each line", _line(event))
    return found


def _is_nothing(event: yaml.Event) -> bool:
    return isinstance(event, yaml.ScalarEvent) and event.value == ""


def _value(events: Iterator[yaml.Event], event: yaml.Event, levels: int) -> JsonValue:
    _check(event)
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event)
    if not levels:
        raise Malformed(f"it is nested more than {_DEEPEST} levels deep; make it flatter", _line(event))
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, levels - 1)
    items: list[JsonValue] = []
    while not isinstance(item := next(events), yaml.SequenceEndEvent):
        items.append(_value(events, item, levels - 1))
    return items


def _mapping(events: Iterator[yaml.Event], levels: int) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        _check(key)
        if not isinstance(key, yaml.ScalarEvent):
            raise Malformed("a name is a list or a mapping; put it in quotes, such as `{{…}}`", _line(key))
        if key.value in found:
            raise Malformed(f"the name {shown(key.value)!r} stands twice; remove one", _line(key))
        found[key.value] = _value(events, next(events), levels)
    return found


def _scalar(event: yaml.ScalarEvent) -> JsonValue:
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    try:
        return int(text) if _INT.fullmatch(text) else float(text) if _FLOAT.fullmatch(text) else text
    except ValueError as error:
        raise Malformed("a number has too many digits; put it in quotes", _line(event)) from error


def _check(event: yaml.Event) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        raise Malformed("anchors and aliases (`&name`, `*name`) are refused; put the text in quotes", _line(event))
    if getattr(event, "tag", None) not in {None, "!"}:
        raise Malformed("tags (`!name`) are refused; put the text in quotes", _line(event))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 2 if event.start_mark else 1


class _Dumper(yaml.SafeDumper):
    """Writes YAML that readers of YAML 1.1 and of 1.2 take alike, but for dates, which are text to both of ours."""

    yaml_implicit_resolvers = {  # noqa: RUF012 -- PyYAML's own name
        first: [(tag, pattern) for tag, pattern in resolvers if tag != f"{_TAG}timestamp"]
        for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # text in several lines is escaped into one: no way of folding it keeps every sort of line end
    return dumper.represent_scalar(f"{_TAG}str", text, style=None if text.isprintable() else '"')


_Dumper.add_representer(str, _text)
# text such as 1e5, which YAML 1.1 takes for text without quotes, and JSON for a number
_Dumper.add_implicit_resolver(f"{_TAG}float", _FLOAT, list("-0123456789"))
