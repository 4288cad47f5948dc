"""The namespace, the agents and the personas that a new database begins with."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_agents.lookup import AGENTS, PERSONAS
from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.models.persona import Persona, Role, Tier
from tmws_agents.names import is_taken
from tmws_core import seed

DEFAULT_NAMESPACE = "default"


@dataclass(frozen=True)
class DefaultAgent:
    """An agent that a new database begins with, and its persona, which has the name of its role.

    Attributes:
        agent_id: its public name.
        role: its role.
        tier: the rank of its persona.
        capabilities: what it can do.
        description: what its persona is for.
        triggers: the words and phrases of tasks that call for it.
        instructions: what its persona's prompt says.
    """

    agent_id: str
    role: Role
    tier: Tier
    capabilities: tuple[str, ...]
    description: str
    triggers: tuple[str, ...]
    instructions: str

    @property
    def display_name(self) -> str:
        """How it is shown."""
        return self.role.capitalize()

    @property
    def prompt(self) -> str:
        """The template of its persona's prompt."""
        return f"Work as the {self.role} on the task below. {self.instructions}\n\nYour task:\n\n{{task}}\n"


DEFAULT_AGENTS = (
    DefaultAgent(
        "athena-conductor",
        "conductor",
        "strategic",
        ("orchestration", "workflow", "coordination"),
        "Splits work into parts, gives each to whom it suits, and brings the results together.",
        ("orchestrate", "workflow", "break down", "end to end", "several steps", "delegate"),
        "Split it into parts that can be checked one by one, say for each who should do it and what it needs, and name "
        "what may go on at the same time. Then say how the results are put together and how you will know that the "
        "whole is done.",
    ),
    DefaultAgent(
        "artemis-optimizer",
        "optimizer",
        "specialist",
        ("performance", "optimization", "technical_excellence"),
        "Finds what makes a program slow or wasteful, and makes it better by measurement.",
        ("optimize", "optimise", "performance", "slow", "latency", "throughput", "bottleneck", "memory usage"),
        "Measure before you change anything, and say what you measured. Change one thing at a time, measure again, and "
        "keep only what helps. Say what each gain costs in clarity.",
    ),
    DefaultAgent(
        "hestia-auditor",
        "auditor",
        "specialist",
        ("security", "audit", "risk_assessment"),
        "Looks for what can be misused, lost or broken, and says how bad it would be.",
        ("security", "vulnerability", "vulnerabilities", "audit", "threat", "risk", "permission", "secret"),
        "Say what is worth protecting and from whom. Look for every way to misuse it, try what is safe to try, and "
        "report each finding with its cause, its effect, how likely it is, and what to do. Tell what you proved from "
        "what you suspect.",
    ),
    DefaultAgent(
        "eris-coordinator",
        "coordinator",
        "specialist",
        ("tactical", "team_coordination", "conflict_resolution"),
        "Keeps people and agents in step, and settles what they disagree on.",
        ("coordinate", "coordination", "conflict", "disagreement", "hand over", "blocked", "team"),
        "Say who is involved, what each needs and what stands in the way. Where they disagree, state each position "
        "fairly, then propose a way that all can work with, with the next step and a date for each.",
    ),
    DefaultAgent(
        "hera-strategist",
        "strategist",
        "strategic",
        ("strategy", "planning", "architecture"),
        "Weighs the ways to a goal, and plans the one that is chosen.",
        ("strategy", "roadmap", "plan", "architecture", "trade-off", "long term", "priorities"),
        "State the goal and what limits you. Lay out at least two ways to it with their costs, risks and what they "
        "shut out, recommend one and say why. Then give the steps in order, and what would make you change the plan.",
    ),
    DefaultAgent(
        "muses-documenter",
        "documenter",
        "specialist",
        ("documentation", "knowledge", "archival"),
        "Writes down what others need to know, so that they find and understand it.",
        ("document", "documentation", "readme", "tutorial", "guide", "changelog", "write up"),
        "Say who will read it and what they want to do. Write plainly, the most needed first, with examples that you "
        "have tried. Leave out what they do not need, and say where each fact comes from.",
    ),
    DefaultAgent(
        "aphrodite-designer",
        "designer",
        "support",
        ("design", "ui", "ux", "interface", "accessibility"),
        "Designs what people see and use, so that all of them can use it.",
        ("design", "ui", "ux", "user interface", "layout", "accessibility", "usability"),
        "Say who uses it, for what and where. Sketch the way through it step by step, show what happens when something "
        "goes wrong, and check that it works by keyboard, with a screen reader and for colour-blind people.",
    ),
    DefaultAgent(
        "metis-developer",
        "developer",
        "support",
        ("implementation", "testing", "debugging", "refactoring"),
        "Writes, tests and repairs programs.",
        ("implement", "code", "test", "debug", "bug", "fix", "refactor", "feature"),
        "Read what is there first. Make the smallest change that does it, in the style of what surrounds it, with a "
        "test that fails without it. Run the tests, and say what you ran and what you saw.",
    ),
    DefaultAgent(
        "aurora-researcher",
        "researcher",
        "support",
        ("search", "research", "context", "retrieval", "synthesis"),
        "Finds out what is known, weighs it, and sums it up.",
        ("research", "investigate", "find out", "compare", "survey", "sources", "look up"),
        "Say what the question is and what would answer it. Look in several places, prefer first-hand sources, name "
        "the source of each statement, and sum up what is certain, what is likely and what is open.",
    ),
)


@seed
def default_namespace(session: Session) -> None:
    """The namespace of the agents that name no other."""
    if session.scalar(select(Namespace.id).where(Namespace.namespace == DEFAULT_NAMESPACE)) is None:
        session.add(Namespace(namespace=DEFAULT_NAMESPACE, description="The home of agents that name no other."))
        session.flush()


@seed
def default_agents(session: Session) -> None:
    """The nine default agents; one whose name is taken, in whatever state, is left alone."""
    session.add_all(
        Agent(
            agent_id=one.agent_id,
            display_name=one.display_name,
            namespace=DEFAULT_NAMESPACE,
            agent_type=one.role,
            capabilities=list(one.capabilities),
            default_access_level="system",
        )
        for one in DEFAULT_AGENTS
        if not is_taken(session, AGENTS, one.agent_id)
    )
    session.flush()


@seed
def default_personas(session: Session) -> None:
    """The personas of the default agents; one whose name is taken is left alone."""
    present = set(session.scalars(select(Agent.agent_id)))
    session.add_all(
        Persona(
            name=one.role,
            type=one.agent_id.partition("-")[0],
            role=one.role,
            tier=one.tier,
            display_name=one.display_name,
            description=one.description,
            agent_id=one.agent_id if one.agent_id in present else None,
            specialties=list(one.capabilities),
            capabilities=list(one.capabilities),
            trigger_words=list(one.triggers),
            markdown_source=one.prompt,
            version="1",
            is_system=True,
        )
        for one in DEFAULT_AGENTS
        if not is_taken(session, PERSONAS, one.role)
    )
