"""How much an answer may carry: a client takes up to 25,000 tokens of one, and pays for each."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel

MOST_BYTES = 50_000
"""What one answer carries, in bytes of JSON: a token has 2 of them at the least."""
MOST_TOKENS = 12_000
"""The largest budget of a list, in estimated tokens."""
BYTES_PER_TOKEN = 4

Answer = TypeVar("Answer", bound=BaseModel)


def tokens_of(answer: BaseModel) -> int:
    """About how many tokens an answer has as JSON: of bytes, because letters beyond ASCII are tokens of their own."""
    return -(-len(answer.model_dump_json().encode()) // BYTES_PER_TOKEN)


def within(budget: int, answers: Iterable[Answer]) -> Iterator[Answer]:
    """As many answers, in their order, as fit into a budget of tokens; the first in any case."""
    for number, one in enumerate(answers):
        budget -= tokens_of(one)
        if number and budget < 0:
            return
        yield one


def size(value: Any) -> int:  # noqa: ANN401 -- any JSON
    """How many bytes a value takes as JSON; a control character, which is one byte of text, takes six (RFC 8259)."""
    return len(json.dumps(value, ensure_ascii=False).encode())


def part(text: str, offset: int, most_bytes: int = MOST_BYTES) -> tuple[str, int | None]:
    """The part of a text that fits into an answer, and where the next one begins; None when it is the last.

    Args:
        text: the whole text.
        offset: where the part begins, in characters.
        most_bytes: how many bytes of JSON it may take.
    """
    length = min(len(text) - offset, most_bytes)
    while length > 1 and size(text[offset : offset + length]) > most_bytes:
        length = length * 9 // 10
    end = max(offset, offset + length)
    return text[offset:end], end if end < len(text) else None
