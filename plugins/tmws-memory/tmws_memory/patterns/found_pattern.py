"""A pattern that was found."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

PatternType = Literal["sequence", "correlation", "cluster"]

MOST_MEMORIES = 50
"""How many memories a pattern names as its examples."""


@dataclass(frozen=True, slots=True)
class FoundPattern:
    """Something that recurs in an agent's memories.

    Attributes:
        type: what kind of pattern it is.
        signature: what makes it this pattern and no other, as 64 hexadecimal digits; the same pattern has the same
            signature whenever it is found.
        pattern_data: what it consists of, and its measures, as JSON.
        confidence: how sure it is, from 0 to 1.
        frequency: how often it was seen, 1 or more.
        memory_ids: memories in which it shows, the newest first.
    """

    type: PatternType
    signature: str
    pattern_data: Mapping[str, Any]
    confidence: float
    frequency: int
    memory_ids: tuple[str, ...]


def signature(pattern_type: PatternType, *essence: str | Sequence[str]) -> str:
    """The SHA-256 of what a pattern essentially is, without its measures, which change with every new memory.

    Args:
        pattern_type: what kind of pattern it is.
        essence: what makes it this pattern, in an order that does not depend on the order of finding.
    """
    return sha256(json.dumps([pattern_type, *essence]).encode()).hexdigest()


def surest_first(patterns: Sequence[FoundPattern], most: int) -> list[FoundPattern]:
    """The patterns by confidence, then by frequency, at most so many."""
    return sorted(patterns, key=lambda one: (-one.confidence, -one.frequency, one.signature))[:most]
