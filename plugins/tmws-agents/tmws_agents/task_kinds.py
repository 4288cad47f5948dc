"""The kinds of tasks that are told apart, the words that tell them, and who does which part in them."""

from collections.abc import Mapping
from dataclasses import dataclass

from tmws_agents.words import Words


@dataclass(frozen=True)
class TaskKind:
    """A kind of task.

    Attributes:
        phrases: the beginnings of words and phrases that a task of this kind mentions.
        primary: the role of the persona that does it.
        support: the role of the one that helps.
        reviewer: the role of the one that checks.
    """

    phrases: tuple[str, ...]
    primary: str
    support: str
    reviewer: str


KINDS: Mapping[str, TaskKind] = {
    "security_audit": TaskKind(
        ("security", "vulnerab", "audit", "threat", "penetration", "exploit", "secret leak", "risk assessment"),
        primary="auditor",
        support="developer",
        reviewer="strategist",
    ),
    "architecture": TaskKind(
        ("architect", "system design", "data model", "component", "module boundar", "scalab"),
        primary="strategist",
        support="optimizer",
        reviewer="auditor",
    ),
    "optimization": TaskKind(
        (
            "optimi",
            "performance",
            "latency",
            "throughput",
            "bottleneck",
            "profil",
            "faster",
            "speed up",
            "memory usage",
        ),
        primary="optimizer",
        support="developer",
        reviewer="auditor",
    ),
    "ui_design": TaskKind(
        ("ui", "ux", "user interface", "layout", "accessib", "usability", "wireframe", "visual", "design"),
        primary="designer",
        support="developer",
        reviewer="auditor",
    ),
    "documentation": TaskKind(
        ("document", "readme", "manual", "tutorial", "changelog", "guide", "explain"),
        primary="documenter",
        support="researcher",
        reviewer="strategist",
    ),
    "debugging": TaskKind(
        ("debug", "bug", "error", "crash", "traceback", "stack trace", "regression", "broken", "fix"),
        primary="developer",
        support="optimizer",
        reviewer="auditor",
    ),
    "implementation": TaskKind(
        ("implement", "build", "write code", "refactor", "feature", "endpoint", "program", "test"),
        primary="developer",
        support="optimizer",
        reviewer="auditor",
    ),
    "research": TaskKind(
        ("research", "investigat", "find out", "compare", "survey", "look up", "search", "literature", "evaluat"),
        primary="researcher",
        support="documenter",
        reviewer="strategist",
    ),
    "coordination": TaskKind(
        ("coordinat", "orchestrat", "delegat", "assign", "conflict", "align", "several teams", "hand over"),
        primary="coordinator",
        support="conductor",
        reviewer="strategist",
    ),
    "strategy": TaskKind(
        ("strateg", "roadmap", "plan", "priorit", "goal", "decision", "trade off", "long term"),
        primary="strategist",
        support="conductor",
        reviewer="auditor",
    ),
}


def kind_of(task: Words) -> tuple[str, list[str]] | None:
    """The kind of a task with the words of it that tell; None when nothing tells."""
    told = {kind: _found(task, one.phrases) for kind, one in KINDS.items()}
    best = max(told, key=lambda kind: len(told[kind]))
    return (best, told[best]) if told[best] else None


def _found(task: Words, phrases: tuple[str, ...]) -> list[str]:
    return [words for phrase in phrases if (words := task.mentioned(phrase)) is not None]
