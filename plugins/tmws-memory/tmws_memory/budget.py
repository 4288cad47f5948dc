"""How large an answer may be: clients take up to 25,000 tokens of one, and a token has 2 bytes of JSON at the least."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

MOST_BYTES = 50_000
"""What one answer carries, in bytes of JSON."""
LEAST_BYTES_OF_TEXT = 4_000
"""What a text gets of that at the least, whatever else stands beside it."""
MOST_BYTES_OF_TAGS = 8_000
"""What the tags of a memory may take together, in bytes of JSON."""
MOST_BYTES_OF_FACTS = 32_768
"""What the facts about a memory may take, in bytes of JSON: they are told whole or not at all."""

Answer = TypeVar("Answer", bound=BaseModel)


def size(value: Any) -> int:  # noqa: ANN401 -- any JSON
    """How many bytes a value takes as JSON; a control character, which is one byte of text, takes six (RFC 8259)."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def part(text: str, offset: int, most_bytes: int = MOST_BYTES) -> tuple[str, int | None]:
    """The part of a text that fits, and where the next part begins; None when it is the last.

    Args:
        text: the whole text.
        offset: where the part begins, in characters.
        most_bytes: how many bytes of JSON the part may take.
    """
    taken = text[offset : offset + most_bytes]
    if size(taken) > most_bytes:
        taken = taken[: _most_characters(taken, most_bytes)]
    end = offset + len(taken)
    return taken, end if end < len(text) else None


def while_they_fit(answers: Iterable[Answer], most_bytes: int = MOST_BYTES) -> Iterator[Answer]:
    """As many answers, in their order, as fit into one; the first in any case."""
    left = most_bytes
    for number, one in enumerate(answers):
        left -= len(one.model_dump_json().encode())
        if number and left < 0:
            return
        yield one


def names_that_fit(names: Iterable[str], most_bytes: int) -> list[str]:
    """As many names, in their order, as fit."""
    shown: list[str] = []
    left = most_bytes
    for name in names:
        left -= size(name) + 1
        if left < 0:
            break
        shown.append(name)
    return shown


def counts_that_fit(counts: Mapping[str, int], most_bytes: int) -> dict[str, int]:
    """As many counts, in their order, as fit."""
    widest = len(str(max(counts.values(), default=0))) + 1
    shown = names_that_fit(counts, most_bytes - widest * len(counts))
    return {name: counts[name] for name in shown}


def _most_characters(text: str, most_bytes: int) -> int:
    """How many characters of a text fit; at least one, so that whoever reads on comes to the end."""
    fits, too_many = 1, len(text)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if size(text[:middle]) <= most_bytes:
            fits = middle
        else:
            too_many = middle
    return fits
