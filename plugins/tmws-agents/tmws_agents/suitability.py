"""What is known about the personas that a caller sees, for routing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tmws_agents.access import persona_visible
from tmws_agents.models.agent import Agent
from tmws_agents.models.persona import Persona
from tmws_agents.routing import Candidate
from tmws_core import Principal

MOST_CANDIDATES = 1_000
"""How many personas a route looks at: those that come with the server first, then by name."""
UNKNOWN_TRUST = 0.5


@dataclass(frozen=True)
class Known:
    """A persona that may do a task: what routing knows of it, and what is shown of it."""

    candidate: Candidate
    display_name: str
    agent_id: str | None


def candidates(session: Session, principal: Principal) -> Sequence[Known]:
    """The personas in use that a caller sees and whose agents, when they have one, are active."""
    statement = (
        select(
            Persona.name,
            Persona.role,
            Persona.trigger_words,
            func.coalesce(Agent.trust_score, UNKNOWN_TRUST),
            Persona.display_name,
            Persona.agent_id,
        )
        .outerjoin(Agent, Agent.agent_id == Persona.agent_id)
        .where(persona_visible(principal), Persona.is_active, or_(Agent.id.is_(None), Agent.status == "active"))
        .order_by(Persona.is_system.desc(), Persona.name)
        .limit(MOST_CANDIDATES)
    )
    return [
        Known(Candidate(name, role, triggers or (), trust), display_name, agent_id)
        for name, role, triggers, trust, display_name, agent_id in session.execute(statement)
    ]
