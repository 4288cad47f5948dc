"""Which personas suit a task: a pure function of the task's text and of what is known about the personas."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tmws_agents.task_kinds import KINDS, kind_of
from tmws_agents.words import Words

Part = Literal["primary", "support", "reviewer", "also"]

FIRST_TRIGGER, FURTHER_TRIGGER, LONG_TRIGGER = 0.3, 0.15, 0.1
LENGTH_OF_A_LONG_TRIGGER = 10
FOR_PART = {"primary": 0.5, "support": 0.25, "reviewer": 0.15, "also": 0.0}
WEIGHT_OF_RELEVANCE, WEIGHT_OF_TRUST = 0.6, 0.4
KIND_KNOWN, WORDS_ALONE, NOTHING_FITS = 0.85, 0.7, 0.5
"""How sure a route is: domain.md 2.3 has the first and the last."""
GENERALISTS = ("orchestrator", "conductor")
"""The roles that take a task on when nothing tells whose it is."""


@dataclass(frozen=True)
class Candidate:
    """What routing knows of a persona.

    Attributes:
        name: its name.
        role: its role.
        triggers: words and phrases of tasks that call for it.
        trust: how far its agent is trusted, from 0 to 1; 0.5 when it has none.
    """

    name: str
    role: str
    triggers: Sequence[str]
    trust: float


@dataclass(frozen=True)
class Suggestion:
    """A persona that suits a task.

    Attributes:
        name: its name.
        part: what it does in the task.
        score: how well it suits, from 0 to 1.
        reasons: why, a sentence each.
    """

    name: str
    part: Part
    score: float
    reasons: list[str]


@dataclass(frozen=True)
class Route:
    """Who should do a task.

    Attributes:
        task_type: the kind of the task; None when nothing tells.
        confidence: how sure this is, from 0 to 1.
        suggestions: the personas that suit, the best first.
    """

    task_type: str | None
    confidence: float
    suggestions: list[Suggestion]


def route(task: str, candidates: Sequence[Candidate]) -> Route:
    """Rank personas for a task.

    A persona suits by the triggers that the task mentions and by its role in tasks of that kind; how far its agent is
    trusted counts for the order. When none suits, the generalists are named.

    Args:
        task: the task's text.
        candidates: the personas.
    """
    words = Words(task)
    kind = kind_of(words)
    suited = [one for one in (_suggestion(words, kind, candidate) for candidate in candidates) if one is not None]
    if suited:
        suited.sort(key=lambda one: (-one.score, one.name))
        leads = kind is not None and suited[0].part == "primary"
        return Route(kind[0] if kind else None, KIND_KNOWN if leads else WORDS_ALONE, suited)
    generalists = [_generalist(candidate) for candidate in candidates if candidate.role in GENERALISTS]
    generalists.sort(key=lambda one: (-one.score, one.name))
    return Route(kind[0] if kind else None, NOTHING_FITS, generalists)


def _suggestion(words: Words, kind: tuple[str, list[str]] | None, candidate: Candidate) -> Suggestion | None:
    called = [trigger for trigger in dict.fromkeys(candidate.triggers) if words.mentioned(trigger)]
    part: Part = "also" if kind is None else _part(kind[0], candidate.role)
    relevance = min(1.0, _for_triggers(called) + FOR_PART[part])
    if not relevance:
        return None
    score = WEIGHT_OF_RELEVANCE * relevance + WEIGHT_OF_TRUST * candidate.trust
    return Suggestion(candidate.name, part, round(score, 3), list(_reasons(kind, part, called, candidate)))


def _for_triggers(called: Sequence[str]) -> float:
    if not called:
        return 0.0
    long = any(len(trigger) >= LENGTH_OF_A_LONG_TRIGGER for trigger in called)
    return FIRST_TRIGGER + FURTHER_TRIGGER * (len(called) - 1) + LONG_TRIGGER * long


def _part(kind: str, role: str) -> Part:
    parts: dict[str, Part] = {
        KINDS[kind].reviewer: "reviewer",
        KINDS[kind].support: "support",
        KINDS[kind].primary: "primary",
    }
    return parts.get(role, "also")


def _reasons(
    kind: tuple[str, list[str]] | None, part: Part, called: Sequence[str], candidate: Candidate
) -> Iterator[str]:
    if kind is not None and part != "also":
        told = ", ".join(repr(phrase) for phrase in kind[1][:5])
        yield f"the task is one of {kind[0]} (it mentions {told}), in which the {candidate.role} is the {part}"
    if called:
        yield f"the task mentions its triggers {', '.join(repr(trigger) for trigger in called[:5])}"
    yield f"its agent is trusted {candidate.trust:.2f} of 1"


def _generalist(candidate: Candidate) -> Suggestion:
    reason = f"nothing tells whose task it is, and the {candidate.role} finds out"
    score = round(WEIGHT_OF_TRUST * candidate.trust, 3)
    return Suggestion(candidate.name, "primary", score, [reason, f"its agent is trusted {candidate.trust:.2f} of 1"])
