"""How an agent has done so far, and what it belongs to."""

from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from tmws_agents.access import persona_visible, team_visible
from tmws_agents.json_array import Holds
from tmws_agents.lookup import AGENTS, find
from tmws_agents.models.agent import Agent
from tmws_agents.models.persona import Persona
from tmws_agents.models.team import Team
from tmws_core import Principal

TRUSTED_FROM = 0.7
"""An agent that is trusted less has to let its claims be verified (domain.md 1.6, group A)."""


@dataclass(frozen=True)
class Statistics:
    """The numbers of an agent."""

    agent_id: str
    status: str
    tasks: int
    successful_tasks: int
    success_rate: float | None
    average_response_time_ms: float | None
    health: float
    trust: float
    verifications: int
    verification_accuracy: float | None
    requires_verification: bool
    teams: int
    personas: int


def of_agent(session: Session, principal: Principal, agent_id: str) -> Statistics:
    """The numbers of an agent that the caller sees; of its teams and personas those count that the caller sees too.

    Raises:
        NotFound: there is no such agent for the caller.
    """
    agent = find(session, AGENTS, principal, agent_id)
    in_team = or_(Team.leader_agent_id == agent_id, Holds(Team.members, agent_id))
    teams = select(func.count()).where(and_(in_team, Team.is_active, team_visible(principal)))
    personas = select(func.count()).where(Persona.agent_id == agent_id, Persona.is_active, persona_visible(principal))
    return Statistics(
        agent_id=agent.agent_id,
        status=agent.status,
        tasks=agent.total_tasks,
        successful_tasks=agent.successful_tasks,
        success_rate=success_rate(agent),
        average_response_time_ms=agent.average_response_time_ms,
        health=agent.health_score,
        trust=agent.trust_score,
        verifications=agent.total_verifications,
        verification_accuracy=_share(agent.accurate_verifications, agent.total_verifications),
        requires_verification=agent.trust_score < TRUSTED_FROM,
        teams=session.scalar(teams) or 0,
        personas=session.scalar(personas) or 0,
    )


def success_rate(worker: Agent | Persona) -> float | None:
    """The share of its tasks that an agent or persona did well; None before the first."""
    return _share(worker.successful_tasks, worker.total_tasks)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
