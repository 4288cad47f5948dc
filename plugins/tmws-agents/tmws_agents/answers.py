"""Agents, namespaces, teams and personas as a caller sees them."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.models.persona import Persona
from tmws_agents.models.team import Team
from tmws_agents.quotas import MOST_TEAMS
from tmws_agents.registry import DEACTIVATION, REGISTERED_BY
from tmws_agents.statistics import success_rate
from tmws_agents.teams import ROLES

MOST_WORDS_LISTED = 20
"""How many capabilities or triggers a list shows of each; the tool for one shows all."""


class BriefAgent(BaseModel):
    """An agent in a list."""

    agent_id: str
    display_name: str
    namespace: str
    agent_type: str | None
    capabilities: list[str]
    status: str
    trust: float = Field(description="From 0 to 1.")
    success_rate: float | None = Field(description="The share of its tasks that it did well; null before the first.")

    @classmethod
    def of(cls, agent: Agent) -> Self:
        """An agent, with the first of its capabilities."""
        return cls(**cls._values(agent, MOST_WORDS_LISTED))

    @staticmethod
    def _values(agent: Agent, most_words: int | None) -> dict[str, Any]:
        return {
            "agent_id": agent.agent_id,
            "display_name": agent.display_name,
            "namespace": agent.namespace,
            "agent_type": agent.agent_type,
            "capabilities": list(agent.capabilities)[:most_words],
            "status": agent.status,
            "trust": agent.trust_score,
            "success_rate": success_rate(agent),
        }


class AgentProfile(BriefAgent):
    """Everything that is said of an agent."""

    access_level: str
    registered_by: str | None = Field(description="Told to those who may change it.")
    deactivation: dict[str, Any] | None = Field(description="Who put it out of work; told to those who may change it.")
    notes: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def whole(cls, agent: Agent, *, changeable: bool = True) -> Self:
        """An agent with everything that the caller may know, who may change it or not."""
        return cls(
            **cls._values(agent, None),
            access_level=agent.default_access_level,
            registered_by=agent.config.get(REGISTERED_BY) if changeable else None,
            deactivation=agent.config.get(DEACTIVATION) if changeable else None,
            notes=agent.metadata_json,
            created_at=agent.created_at,
            updated_at=agent.updated_at,
        )


class AgentPage(BaseModel):
    """A part of the agents that fit, by name."""

    agents: list[BriefAgent]
    total: int
    next_cursor: str | None = Field(description="Give it as cursor to read on; null at the end.")


class NamespaceView(BaseModel):
    """A namespace, and who belongs to it besides those who call from it."""

    namespace: str
    display_name: str | None
    description: str | None
    owner: str | None
    admins: list[str]
    members: list[str]
    default_access_level: str = Field(description="The level of agents that are registered in it without one.")
    max_agents: int | None
    max_teams: int | None
    active: bool
    notes: dict[str, Any]
    created_at: datetime

    @classmethod
    def of(cls, namespace: Namespace) -> Self:
        """A namespace."""
        return cls(
            namespace=namespace.namespace,
            display_name=namespace.display_name,
            description=namespace.description,
            owner=namespace.owner_agent_id,
            admins=list(namespace.admin_agents),
            members=list(namespace.member_agents),
            default_access_level=namespace.default_access_level,
            max_agents=namespace.max_agents,
            max_teams=namespace.config.get(MOST_TEAMS),
            active=namespace.is_active,
            notes=namespace.metadata_json,
            created_at=namespace.created_at,
        )


class NamespacePage(BaseModel):
    """A part of the namespaces that the caller sees, by name."""

    namespaces: list[NamespaceView]
    total: int
    next_cursor: str | None = Field(description="Give it as cursor to read on; null at the end.")


class Member(BaseModel):
    """A member of a team."""

    agent_id: str
    role: str | None
    leads: bool


class TeamView(BaseModel):
    """A team."""

    team_id: str
    team_name: str
    description: str | None
    team_type: str
    namespace: str
    leader: str | None
    members: list[Member]
    max_members: int | None
    active: bool
    notes: dict[str, Any]
    created_at: datetime

    @classmethod
    def of(cls, team: Team) -> Self:
        """A team."""
        roles = team.config.get(ROLES, {})
        return cls(
            team_id=team.team_id,
            team_name=team.team_name,
            description=team.description,
            team_type=team.team_type,
            namespace=team.shared_namespace,
            leader=team.leader_agent_id,
            members=[
                Member(agent_id=one, role=roles.get(one), leads=one == team.leader_agent_id) for one in team.members
            ],
            max_members=team.max_members,
            active=team.is_active,
            notes=team.metadata_json,
            created_at=team.created_at,
        )


class TeamPage(BaseModel):
    """A part of the teams that the caller sees, by name."""

    teams: list[TeamView]
    total: int
    next_cursor: str | None = Field(description="Give it as cursor to read on; null at the end.")


class BriefPersona(BaseModel):
    """A persona in a list."""

    name: str
    display_name: str
    role: str
    tier: str | None
    description: str
    agent_id: str | None
    triggers: list[str]
    system: bool = Field(description="It comes with the server, and the operator alone changes it.")
    active: bool

    @classmethod
    def of(cls, persona: Persona) -> Self:
        """A persona, with the first of its triggers."""
        return cls(**cls._values(persona, MOST_WORDS_LISTED))

    @staticmethod
    def _values(persona: Persona, most_words: int | None) -> dict[str, Any]:
        return {
            "name": persona.name,
            "display_name": persona.display_name,
            "role": persona.role,
            "tier": persona.tier,
            "description": persona.description,
            "agent_id": persona.agent_id,
            "triggers": list(persona.trigger_words or ())[:most_words],
            "system": persona.is_system,
            "active": persona.is_active,
        }


class PersonaView(BriefPersona):
    """A persona with its prompt, which its agent has written; the server vouches for its own alone."""

    prompt: str | None
    type: str
    specialties: list[str]
    capabilities: list[str]
    emoji: str | None
    version: str | None
    notes: dict[str, Any]
    tasks: int
    success_rate: float | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, persona: Persona) -> Self:
        """A persona with everything."""
        return cls(
            **cls._values(persona, None),
            prompt=persona.markdown_source,
            type=persona.type,
            specialties=list(persona.specialties),
            capabilities=list(persona.capabilities),
            emoji=persona.emoji,
            version=persona.version,
            notes=persona.metadata_json,
            tasks=persona.total_tasks,
            success_rate=success_rate(persona),
            created_at=persona.created_at,
            updated_at=persona.updated_at,
        )


class PersonaPage(BaseModel):
    """A part of the personas that fit, by name."""

    personas: list[BriefPersona]
    total: int
    next_cursor: str | None = Field(description="Give it as cursor to read on; null at the end.")
