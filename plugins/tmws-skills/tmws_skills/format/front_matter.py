"""Front matter: the YAML at the start of SKILL.md, read as the JSON that it means.

Values are those of YAML 1.2's core schema (section 10.3), which is what the hosts of SEP-2640 read with; what JSON
cannot hold, such as infinity, stays text, and so does a date. Anchors, aliases, tags and names that stand twice are
refused: a few lines of them make gigabytes, or mean one thing to this server and another to a host.

PyYAML is read event by event, so that nothing is built before it was looked at. It is the parser that this project has
already; ruamel.yaml resolves aliases itself, and strictyaml knows no numbers and is no longer kept up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from pydantic import JsonValue

LONGEST = 64 * 1024
"""How many characters front matter may have: sixty times what all fields of the format may."""
_DEEPEST = 32
_CONSTANTS: dict[str, JsonValue] = {"": None, "~": None}
for _word, _meaning in {"null": None, "true": True, "false": False}.items():
    _CONSTANTS.update(dict.fromkeys((_word, _word.capitalize(), _word.upper()), _meaning))
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


class Malformed(ValueError):
    """Front matter that cannot be read.

    Attributes:
        code: a short word that programs compare.
        line: the line within the front matter, counted from 1.
        repairable: whether the YAML as such is broken, so that quotes may mend it.
    """

    def __init__(self, code: str, reason: str, line: int, *, repairable: bool = False) -> None:
        super().__init__(reason)
        self.code = code
        self.line = line
        self.repairable = repairable


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it stands in the YAML.

    Attributes:
        value: what it means as JSON.
        written: of a scalar, its text without quotes; of others None.
        start: the index of its first character.
        end: the index after its last.
        flow: whether it is a mapping in braces.
        members: of a mapping, the nodes of its values by name.
    """

    value: JsonValue
    written: str | None
    start: int
    end: int
    flow: bool
    members: "dict[str, Node]"


def load(text: str) -> Node:
    """Read the YAML between the two lines `---`.

    Returns:
        A mapping; empty when there is nothing but comments.

    Raises:
        Malformed: it is no YAML, no mapping, too large, or has what is refused.
    """
    if len(text) > LONGEST:
        reason = f"the front matter has {len(text)} characters, and may have {LONGEST}; move text into the body"
        raise Malformed("front_matter_too_large", reason, 1)
    try:
        return _document(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _broken(str(error.problem), mark.line + 1 if mark else 1) from error
    except yaml.reader.ReaderError as error:
        raise _broken(
            f"it has the character U+{_number(error):04X}", text.count("\n", 0, error.position) + 1
        ) from error
    except yaml.YAMLError as error:
        raise _broken(str(error), 1) from error
    except (ValueError, OverflowError) as error:
        # PyYAML lets through what Python says of an escape beyond Unicode
        if isinstance(error, Malformed):
            raise
        raise _broken(str(error), 1) from error


def _broken(reason: str, line: int) -> Malformed:
    return Malformed("front_matter_broken", f"the front matter is no YAML: {reason}", line, repairable=True)


def _number(error: yaml.reader.ReaderError) -> int:
    return error.character if isinstance(error.character, int) else ord(error.character)


def _document(events: Iterator[yaml.Event]) -> Node:
    found: Node | None = None
    for event in events:
        if isinstance(event, yaml.MappingStartEvent) and found is None:
            found = _value(events, event, _DEEPEST)
        elif isinstance(event, yaml.NodeEvent) and not _is_nothing(event):
            reason = "the front matter is no mapping; write `name: value` on each line"
            raise Malformed("front_matter_no_mapping", reason, _line(event), repairable=True)
    return found or Node({}, None, 0, 0, False, {})


def _is_nothing(event: yaml.Event) -> bool:
    return isinstance(event, yaml.ScalarEvent) and event.value == "" and event.implicit[0]


def _value(events: Iterator[yaml.Event], event: yaml.Event, levels: int) -> Node:
    _refuse_extras(event)
    if isinstance(event, yaml.ScalarEvent):
        return Node(_scalar(event), event.value, *_span(event, event), False, {})
    if not levels:
        reason = f"the front matter is nested more than {_DEEPEST} levels deep; make it flatter"
        raise Malformed("front_matter_too_deep", reason, _line(event))
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, event, levels - 1)
    items: list[JsonValue] = []
    while not isinstance(item := next(events), yaml.SequenceEndEvent):
        items.append(_value(events, item, levels - 1).value)
    return Node(items, None, *_span(event, item), False, {})


def _mapping(events: Iterator[yaml.Event], start: yaml.MappingStartEvent, levels: int) -> Node:
    members: dict[str, Node] = {}
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        _refuse_extras(key)
        if not isinstance(key, yaml.ScalarEvent):
            raise Malformed("front_matter_key", "a name is a list or a mapping; put it in quotes", _line(key))
        if key.value in members:
            reason = f"the name {key.value[:64]!r} stands twice; remove one"
            raise Malformed("front_matter_duplicate", reason, _line(key))
        members[key.value] = _value(events, next(events), levels)
    value: dict[str, JsonValue] = {name: node.value for name, node in members.items()}
    return Node(value, None, *_span(start, key), bool(start.flow_style), members)


def _scalar(event: yaml.ScalarEvent) -> JsonValue:
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    try:
        return _number_or_text(text)
    except ValueError as error:
        raise Malformed(
            "front_matter_number", "a number has too many digits; put it in quotes", _line(event)
        ) from error


def _number_or_text(text: str) -> JsonValue:
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text) or _HEXADECIMAL.fullmatch(text):
        return int(text, 0)
    number = float(text) if _FLOAT.fullmatch(text) else float("inf")
    return text if number in {float("inf"), float("-inf")} else number


def _refuse_extras(event: yaml.Event) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        reason = "anchors and aliases (`&name`, `*name`) are refused; put the text in quotes"
        raise Malformed("front_matter_alias", reason, _line(event))
    if getattr(event, "tag", None) is not None:
        raise Malformed("front_matter_tag", "tags (`!name`) are refused; put the text in quotes", _line(event))


def _span(first: yaml.Event, last: yaml.Event) -> tuple[int, int]:
    start, end = first.start_mark, last.end_mark
    return start.index if start else 0, end.index if end else 0


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
