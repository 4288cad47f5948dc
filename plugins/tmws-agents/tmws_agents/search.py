"""To find agents by name, capability, trust and state, and those that suit a task."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from tmws_agents.access import agent_visible
from tmws_agents.json_array import HoldsWord
from tmws_agents.models.agent import Agent
from tmws_agents.recommendation import Candidate
from tmws_core import Principal

MOST_CANDIDATES = 5_000
"""How many agents a recommendation looks at, the most trusted first."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which agents are meant; None is any.

    Attributes:
        query: a part of the public or the shown name, in whatever case.
        capabilities: they have all of these.
        namespace: where they live.
        agent_type: their kind.
        min_trust: how far they are trusted at least.
        status: whether they work.
    """

    query: str | None = None
    capabilities: tuple[str, ...] = ()
    namespace: str | None = None
    agent_type: str | None = None
    min_trust: float | None = None
    status: str | None = "active"

    def conditions(self, principal: Principal) -> Iterator[ColumnElement[bool]]:
        """All conditions, that the caller sees the agent included."""
        yield agent_visible(principal)
        if self.query is not None:
            yield or_(
                Agent.agent_id.icontains(self.query, autoescape=True),
                Agent.display_name.icontains(self.query, autoescape=True),
            )
        for capability in self.capabilities:
            yield HoldsWord(Agent.capabilities, capability)
        if self.namespace is not None:
            yield Agent.namespace == self.namespace
        if self.agent_type is not None:
            yield Agent.agent_type == self.agent_type
        if self.min_trust is not None:
            yield Agent.trust_score >= self.min_trust
        if self.status is not None:
            yield Agent.status == self.status


def candidates(session: Session, principal: Principal, filters: Filters) -> Sequence[Candidate]:
    """What a recommendation knows of the agents that are meant."""
    statement = (
        select(
            Agent.agent_id,
            Agent.display_name,
            Agent.capabilities,
            Agent.trust_score,
            Agent.total_tasks,
            Agent.successful_tasks,
        )
        .where(*filters.conditions(principal))
        .order_by(Agent.trust_score.desc(), Agent.agent_id)
        .limit(MOST_CANDIDATES)
    )
    return [Candidate(*row) for row in session.execute(statement)]
