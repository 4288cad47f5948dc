"""The namespace and the agents that a new database begins with."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_core import seed

DEFAULT_NAMESPACE = "default"

_AGENTS = (
    ("athena-conductor", "Conductor", ("orchestration", "workflow", "coordination")),
    ("artemis-optimizer", "Optimizer", ("performance", "optimization", "technical_excellence")),
    ("hestia-auditor", "Auditor", ("security", "audit", "risk_assessment")),
    ("eris-coordinator", "Coordinator", ("tactical", "team_coordination", "conflict_resolution")),
    ("hera-strategist", "Strategist", ("strategy", "planning", "architecture")),
    ("muses-documenter", "Documenter", ("documentation", "knowledge", "archival")),
    ("aphrodite-designer", "Designer", ("design", "ui", "ux", "interface", "accessibility")),
    ("metis-developer", "Developer", ("implementation", "testing", "debugging", "refactoring")),
    ("aurora-researcher", "Researcher", ("search", "research", "context", "retrieval", "synthesis")),
)


@seed
def default_namespace(session: Session) -> None:
    """The namespace of the agents that name no other."""
    if session.scalar(select(Namespace.id).where(Namespace.namespace == DEFAULT_NAMESPACE)) is None:
        session.add(Namespace(namespace=DEFAULT_NAMESPACE, description="The home of agents that name no other."))
        session.flush()


@seed
def default_agents(session: Session) -> None:
    """The nine default agents; one that is there already, in whatever state, is left alone."""
    present = set(session.scalars(select(Agent.agent_id)))
    session.add_all(
        Agent(
            agent_id=agent_id,
            display_name=display_name,
            namespace=DEFAULT_NAMESPACE,
            agent_type=agent_id.rpartition("-")[2],
            capabilities=list(capabilities),
            default_access_level="system",
        )
        for agent_id, display_name, capabilities in _AGENTS
        if agent_id not in present
    )
