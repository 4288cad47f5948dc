"""Which agents suit a task: a pure function of what they can do, how far they are trusted, and how they have done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tmws_agents.words import Words

WEIGHT_OF_ABILITY, WEIGHT_OF_TRUST, WEIGHT_OF_SUCCESS = 0.5, 0.3, 0.2
ABILITY_NOT_TOLD = 0.4
"""What each further ability that a task mentions leaves of the doubt whether the agent can do it."""


@dataclass(frozen=True)
class Candidate:
    """What a recommendation knows of an agent.

    Attributes:
        agent_id: its public name.
        display_name: how it is shown.
        capabilities: what it says it can do.
        trust: how far it is trusted, from 0 to 1.
        tasks: how many tasks it has done.
        successes: how many of them well.
    """

    agent_id: str
    display_name: str
    capabilities: Sequence[str]
    trust: float
    tasks: int
    successes: int

    @property
    def success(self) -> float:
        """How likely it does the next task well, by the rule of succession: 0.5 when nothing is known."""
        return (self.successes + 1) / (self.tasks + 2)


@dataclass(frozen=True)
class Recommendation:
    """An agent that suits a task.

    Attributes:
        candidate: the agent.
        score: how well it suits, from 0 to 1.
        reasons: why, a sentence each.
    """

    candidate: Candidate
    score: float
    reasons: list[str]


def recommend(task: str, needed: Sequence[str], candidates: Sequence[Candidate]) -> list[Recommendation]:
    """Rank agents for a task; one that can do nothing of it is left out.

    Args:
        task: the task's text; it may be empty.
        needed: what the agent has to be able to do, by the names of the capabilities.
        candidates: the agents.

    Returns:
        Those that suit, the best first.
    """
    words = Words(task)
    found = [one for one in (_of(candidate, words, needed) for candidate in candidates) if one is not None]
    return sorted(found, key=lambda one: (-one.score, one.candidate.agent_id))


def _of(candidate: Candidate, words: Words, needed: Sequence[str]) -> Recommendation | None:
    able = {capability.casefold() for capability in candidate.capabilities}
    held = [one for one in needed if one.casefold() in able]
    mentioned = [one for one in candidate.capabilities if words.mentioned(one)]
    ability = 1 - ABILITY_NOT_TOLD ** len(mentioned)
    if needed:
        ability = (2 * len(held) / len(needed) + ability) / 3
    if not held and not mentioned:
        return None
    score = WEIGHT_OF_ABILITY * ability + WEIGHT_OF_TRUST * candidate.trust + WEIGHT_OF_SUCCESS * candidate.success
    return Recommendation(candidate, round(score, 3), list(_reasons(candidate, held, needed, mentioned)))


def _reasons(
    candidate: Candidate, held: Sequence[str], needed: Sequence[str], mentioned: Sequence[str]
) -> Iterator[str]:
    if needed:
        yield f"it has {len(held)} of the {len(needed)} capabilities that are needed: {_listed(held) or 'none'}"
    if mentioned:
        yield f"the task mentions what it can do: {_listed(mentioned)}"
    yield f"it is trusted {candidate.trust:.2f} of 1"
    if candidate.tasks:
        yield f"it has done {candidate.successes} of {candidate.tasks} tasks well"
    else:
        yield "nothing is known yet of how it does"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words[:5]) + (f" and {len(words) - 5} more" if len(words) > 5 else "")
