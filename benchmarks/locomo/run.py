"""Asks every system every question, and sums up: the conversations that were tuned on apart from those held out."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.installation import temporary_folder
from benchmarks.locomo.dataset import CATEGORIES, Conversation
from benchmarks.locomo.scores import DEPTHS, Score, Summary, score
from benchmarks.locomo.systems import Advance, FullText, Grep, System, Tools, Vectors, VectorsOfRareWords
from benchmarks.memories import opened
from benchmarks.static_vectors import StaticVectors, installed

TUNED = frozenset({"conv-26", "conv-30", "conv-41", "conv-42"})

Scores = Mapping[str, Mapping[str, Sequence[Score]]]
"""The scores of each system in each conversation."""

Summaries = dict[str, dict[str, dict[str, Summary]]]
"""The summaries by group of conversations, system, and category, of which `all` is one."""


@asynccontextmanager
async def every_system() -> AsyncIterator[list[System]]:
    """Our tools in an application of their own, and what they are compared with; vectors where their wheel is there."""
    table = [StaticVectors()] if installed() else []
    vectors = [way(one) for one in table for way in (Vectors, VectorsOfRareWords)]
    with temporary_folder() as home:
        async with opened(home) as memories:
            yield [Grep(), FullText(), *vectors, Tools(memories)]


async def run(systems: Sequence[System], conversations: Sequence[Conversation], advance: Advance) -> Scores:
    """Ask everything.

    Args:
        systems: who is asked.
        conversations: about what.
        advance: is told of each turn that a system has learnt and of each question that it has answered.
    """
    scores: dict[str, dict[str, list[Score]]] = {system.name: {} for system in systems}
    for conversation in conversations:
        for system in systems:
            await system.learn(conversation, advance)
            scores[system.name][conversation.name] = answered = []
            for question in conversation.questions:
                found = await system.find(question.text)
                answered.append(score(question.category, question.evidence, found))
                advance()
    return scores


def summaries(scores: Scores) -> Summaries:
    """The means for each group of conversations, where it has any question."""
    names = {name for of_one in scores.values() for name in of_one}
    groups = {"tuned": names & TUNED, "held out": names - TUNED}
    if all(groups.values()):
        groups["together"] = names
    return {
        group: {system: _by_category(of_one, chosen) for system, of_one in scores.items()}
        for group, chosen in groups.items()
        if any(of_one[name] for of_one in scores.values() for name in chosen)
    }


def as_json(found: Summaries) -> dict[str, Any]:
    """The summaries for programs."""
    return {
        group: {
            system: {category: _document(summary) for category, summary in of_one.items()}
            for system, of_one in systems.items()
        }
        for group, systems in found.items()
    }


def _by_category(of_one: Mapping[str, Sequence[Score]], chosen: set[str]) -> dict[str, Summary]:
    scores = [one for name, answered in of_one.items() if name in chosen for one in answered]
    parts = {label: [one for one in scores if one.category == number] for number, label in CATEGORIES.items()}
    return {label: Summary.of(part) for label, part in {"all": scores, **parts}.items() if part}


def _document(summary: Summary) -> dict[str, float]:
    recall = {f"recall_at_{depth}": value for depth, value in zip(DEPTHS, summary.recall, strict=True)}
    return {"questions": summary.questions, **recall, "mean_reciprocal_rank": summary.reciprocal_rank}
