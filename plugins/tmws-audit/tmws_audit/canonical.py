"""Canonical JSON: one spelling of a value, over which its hash or signature is made.

After RFC 8785: no spaces, keys in order, shortest numbers, text as it is and only its control characters escaped. It
differs where the RFC follows JavaScript: an integer keeps all its digits, and keys stand in the order of code points.
Text is not normalised to NFC: two spellings are two texts. What is recorded holds no number for which the two spellings
of a float would matter, see `tmws_audit.recordable`.
"""

import json
from hashlib import sha256
from typing import Any

_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
).encode


def canonical_json(value: Any) -> bytes:  # noqa: ANN401 -- any JSON
    """The canonical JSON of a value, in UTF-8.

    Raises:
        ValueError: it holds a number that is not finite, or half of a surrogate pair.
        TypeError: it is no JSON.
    """
    return _encode(value).encode()


def digest(previous: str, value: Any) -> str:  # noqa: ANN401 -- any JSON
    """The SHA-256, in hexadecimal, of a hash and the canonical JSON of what follows it."""
    return sha256(previous.encode() + canonical_json(value)).hexdigest()


def strict_json(text: str | bytes) -> Any:  # noqa: ANN401 -- any JSON
    """Read JSON of which no two readers can have different views.

    Raises:
        ValueError: it is no JSON, a key stands twice in an object, or a number is not finite.
    """
    return _decode(text if isinstance(text, str) else text.decode())


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _not_finite(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


_decode = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_not_finite).decode
