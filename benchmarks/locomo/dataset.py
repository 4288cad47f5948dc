"""Reads LoCoMo: ten conversations of two people over many sessions, and questions with the turns that answer them.

Maharana et al., Evaluating Very Long-Term Conversational Memory of LLM Agents, ACL 2024.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WHERE_TO_GET_IT = (
    "the file is data/locomo10.json of the repository snap-research/locomo on GitHub (2.8 MB, commit 3eb6f2c); "
    "its licence, CC BY-NC 4.0, does not let it be part of this repository"
)
CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "commonsense", 4: "single-hop", 5: "adversarial"}

_SESSION = re.compile(r"session_(\d+)")
_TURN = re.compile(r"D:?(\d+):(\d+)")


class NotLoCoMo(Exception):
    """The file does not have the shape of LoCoMo."""


@dataclass(frozen=True)
class Turn:
    """What somebody said once.

    Attributes:
        id: such as `D3:11`, the eleventh turn of the third session.
        session: the session's name, such as `session_3`.
        text: who said it and what, with the caption of a shared picture and the session's date.
    """

    id: str
    session: str
    text: str


@dataclass(frozen=True)
class Asked:
    """A question, its category, and the turns that answer it."""

    text: str
    category: int
    evidence: frozenset[str]


@dataclass(frozen=True)
class Conversation:
    """One conversation in the order in which it was held, and the questions about it that name turns of it."""

    name: str
    turns: Sequence[Turn]
    questions: Sequence[Asked]


def read(file: Path) -> list[Conversation]:
    """Every conversation of the file.

    Raises:
        NotLoCoMo: the file cannot be read, or has another shape.
    """
    try:
        samples = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise NotLoCoMo(f"{file} cannot be read: {error}; {WHERE_TO_GET_IT}") from error
    if not isinstance(samples, list) or not samples:
        raise NotLoCoMo(f"{file} holds no list of conversations; {WHERE_TO_GET_IT}")
    return [_conversation(sample, f"{file}: conversation {number}") for number, sample in enumerate(samples, 1)]


def evidence(given: Sequence[str]) -> list[str]:
    """The identifiers of turns in a question's evidence, each once.

    A few are misspelt in the data: several in one text (`D8:6; D9:17`), a colon too many (`D:11:26`), a leading zero
    (`D30:05`).
    """
    found = (match for text in given for match in _TURN.finditer(text))
    return list(dict.fromkeys(f"D{int(session)}:{int(turn)}" for session, turn in (match.groups() for match in found)))


def _conversation(sample: Any, where: str) -> Conversation:  # noqa: ANN401 -- whatever the file holds
    try:
        name, told, asked = sample["sample_id"], sample["conversation"], sample["qa"]
        turns = [turn for number in _sessions(told) for turn in _turns(told, f"session_{number}")]
        if not turns:
            raise ValueError("it has no session with turns")
        known = {turn.id for turn in turns}
        questions = [
            Asked(str(one["question"]), _category(one), frozenset(evidence(one["evidence"])) & known) for one in asked
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotLoCoMo(f"{where} has not the shape of LoCoMo ({error!r}); {WHERE_TO_GET_IT}") from error
    return Conversation(str(name), turns, [question for question in questions if question.evidence])


def _category(question: Mapping[str, Any]) -> int:
    category = int(question["category"])
    if category not in CATEGORIES:
        raise ValueError(f"there is no category {category}")
    return category


def _sessions(told: Mapping[str, Any]) -> list[int]:
    return sorted(int(match[1]) for match in map(_SESSION.fullmatch, told) if match is not None)


def _turns(told: Mapping[str, Any], session: str) -> list[Turn]:
    date = told[f"{session}_date_time"]
    return [Turn(turn["dia_id"], session, _text(turn, date)) for turn in told[session]]


def _text(turn: Mapping[str, Any], date: str) -> str:
    caption = turn.get("blip_caption")
    shared = f" [shares a photo: {caption}]" if caption else ""
    return f"[{date}] {turn['speaker']}: {turn['text']}{shared}"
