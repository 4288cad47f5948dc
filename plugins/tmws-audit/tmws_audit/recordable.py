"""Makes any value fit for a log: secrets taken out, control characters written out, sizes limited.

What comes out is JSON that SQLite and PostgreSQL give back as it was: no NUL and no half of a surrogate pair, which
PostgreSQL refuses, and no number whose spelling JSONB changes.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from tmws_audit.redaction import REDACTED, is_secret, without_secrets

MOST_CHARACTERS: Final = 1_000
"""How long one text of the details may be."""
MOST_PARTS: Final = 50
"""How many members of an object or array are kept."""
MOST_DEPTH: Final = 6
_LONGEST_NAME: Final = 100
MOST_BYTES: Final = 8_192
"""How large the details of one row may be."""

# control characters (C0, DEL, C1), line ends of Unicode, what turns the direction of text or has no width, halves of
# surrogate pairs: nothing of this can end a line, steer a terminal or hide a part of an entry
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


@lru_cache(1024)
def recordable_name(name: str, most: int) -> str:
    """The same as `recordable_text` for what is recorded again and again: names of tools, agents, namespaces."""
    return recordable_text(name, most)


def recordable_text(text: str, most: int = MOST_CHARACTERS) -> str:
    """A text without secrets, on one line, of at most so many characters."""
    if len(text) > 4 * most:  # what is cut off need not be searched; a word that was cut may be a secret no longer seen
        text = text[: 4 * most].rpartition(" ")[0]
    escaped = _OBEYED.sub(_written_out, without_secrets(text))
    return escaped if len(escaped) <= most else f"{escaped[: most - 1]}…"


def recordable_details(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details of a row: an object of JSON within all limits."""
    made: dict[str, Any] = _recordable(details, MOST_DEPTH)
    size = len(json.dumps(made, ensure_ascii=False).encode())
    if size <= MOST_BYTES:
        return made
    small = {name: part for name, part in made.items() if not isinstance(part, str | dict | list)}
    return {**small, "left_out": f"{size} bytes"}


def _recordable(value: Any, depth: int) -> Any:  # noqa: ANN401 -- any value
    match value:
        case None | bool():
            return value
        case str():
            return recordable_text(value)
        case int():
            return value if -(2**63) <= value < 2**63 else f"an integer of {value.bit_length()} bits"
        case float():
            return _number(value)
        case Mapping() | list() | tuple() | set() | frozenset() if depth == 0:
            return f"{len(value)} parts"
        case Mapping():
            return _object(value, depth - 1)
        case Sequence() | set() | frozenset() if not isinstance(value, bytes | bytearray | memoryview):
            kept = [_recordable(part, depth - 1) for part in list(value)[:MOST_PARTS]]
            return kept if len(value) <= MOST_PARTS else [*kept, f"{len(value) - MOST_PARTS} more"]
        case datetime():
            return value.isoformat()
    return f"a value of type {type(value).__name__}"


def _object(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, part in list(value.items())[:MOST_PARTS]:
        known, secret = _member_name(name) if isinstance(name, str) and len(name) <= _LONGEST_NAME else _looked_at(name)
        hidden = secret and not (part is None or isinstance(part, bool))
        made[known] = REDACTED if hidden else _recordable(part, depth)
    if len(value) > MOST_PARTS:
        made["…"] = f"{len(value) - MOST_PARTS} more"
    return made


@lru_cache(1024)
def _member_name(name: str) -> tuple[str, bool]:
    """The same as `_looked_at` for the names that events have again and again."""
    return _looked_at(name)


def _looked_at(name: object) -> tuple[str, bool]:
    """How the name of a member is recorded, and whether what stands under it is a secret."""
    return recordable_text(str(name), _LONGEST_NAME), isinstance(name, str) and is_secret(name)


def _number(value: float) -> int | float | str:
    """A number that JSON can hold, and that keeps its spelling: JSONB writes 1e22 with all its zeros."""
    if not math.isfinite(value) or abs(value) >= 2**53:
        return repr(value)
    return int(value) if value.is_integer() else value


def _written_out(found: re.Match[str]) -> str:
    character = found[0]
    return _NAMED.get(character) or f"\\u{ord(character):04x}"
