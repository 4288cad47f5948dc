"""To register, read, find, change and deactivate agents, and to find the one that suits a task."""

import asyncio
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tmws_agents import access, registry, search, statistics
from tmws_agents.administration import tell
from tmws_agents.answers import AgentPage, AgentProfile, BriefAgent
from tmws_agents.fields import (
    AccessLevel,
    AgentId,
    AgentType,
    AnyAgentId,
    AnyNamespace,
    Capabilities,
    Cursor,
    DisplayName,
    FilterType,
    Limit,
    NamespaceName,
    NewAgentId,
    Notes,
    SearchText,
    TaskText,
    Trust,
    Word,
)
from tmws_agents.lookup import AGENTS, find
from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.models.team import Team
from tmws_agents.page import Page, Question, page
from tmws_agents.recommendation import recommend
from tmws_core import Context, tool
from tmws_core.fields import StorableText

MOST_NAMED = 100
"""How many namespaces and teams agent_whoami names."""


class Identity(BaseModel):
    """Who the caller is to the server."""

    agent_id: str
    acting_agent: str | None = Field(description="Who really acts, when it acts on behalf of agent_id.")
    namespace: str
    scopes: list[str]
    operator: bool = Field(description="Whether it sees and changes every agent.")
    registered: bool = Field(description="Whether it is known; whoever writes something becomes known.")
    status: str | None
    display_name: str | None
    capabilities: list[str]
    trust: float | None
    owns: list[str] = Field(description="Namespaces that it owns.")
    administers: list[str] = Field(description="Namespaces that it administers without owning them.")
    teams: list[str] = Field(description="Teams that it leads or is in.")


@tool(scope="agents:read", read_only=True, idempotent=True)
async def agent_whoami(ctx: Context) -> Identity:
    """Tell who you are to this server: your public name, namespace, rights, teams and what you administer."""
    return await ctx.transaction(partial(_identity, ctx))


@tool(scope="agents:write", rate_limit="5/hour")
async def agent_register(
    ctx: Context,
    agent_id: NewAgentId,
    display_name: DisplayName | None = None,
    namespace: AnyNamespace = None,
    capabilities: Capabilities = [],  # noqa: B006 -- pydantic copies a default before it is used
    agent_type: AgentType | None = None,
    access_level: Annotated[
        AccessLevel | None, Field(description="Who sees it; without it, the default of its namespace.")
    ] = None,
    notes: Notes = {},  # noqa: B006 -- see capabilities
) -> AgentProfile:
    """Register another agent in a namespace that you administer. You yourself become known when you first write."""
    new = registry.NewAgent(
        agent_id=agent_id,
        display_name=display_name or agent_id,
        namespace=namespace or ctx.principal.namespace,
        agent_type=agent_type,
        capabilities=capabilities,
        access_level=access_level,
        notes=notes,
    )

    def work(session: Session) -> AgentProfile:
        registered = AgentProfile.whole(registry.register(session, ctx.principal, new))
        ctx.publish("agent.registered", agent_id=registered.agent_id, namespace=registered.namespace)
        return registered

    return await ctx.transaction(work)


@tool(scope="agents:read", read_only=True, idempotent=True, rate_limit="120/minute")
async def agent_get(ctx: Context, agent_id: AnyAgentId = None) -> AgentProfile:
    """Read what is said of an agent: its names, namespace, capabilities, trust and state."""

    def work(session: Session) -> AgentProfile:
        agent = find(session, AGENTS, ctx.principal, agent_id or ctx.principal.agent_id)
        mine = select(Agent.id).where(Agent.id == agent.id, access.agent_changeable(ctx.principal))
        return AgentProfile.whole(agent, changeable=session.scalar(mine) is not None)

    return await ctx.transaction(work)


@tool(scope="agents:read", read_only=True, idempotent=True, rate_limit="30/minute")
async def agent_search(
    ctx: Context,
    query: SearchText | None = None,
    capabilities: Annotated[
        list[Word], Field(max_length=20, description="Only agents that have all of these, in whatever case.")
    ] = [],  # noqa: B006 -- pydantic copies a default before it is used
    min_trust: Trust | None = None,
    status: Annotated[
        Literal["active", "inactive", "suspended", "deprecated", "any"], Field(description="Whether they work.")
    ] = "active",
    namespace: Annotated[
        StorableText | None, Field(max_length=200, description="Only agents of this namespace.")
    ] = None,
    agent_type: FilterType = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> AgentPage:
    """List the agents that you may see, by name; all of them, or by a part of the name, capability, trust or state."""
    filters = search.Filters(
        query=query,
        capabilities=tuple(capabilities),
        namespace=namespace,
        agent_type=agent_type,
        min_trust=min_trust,
        status=None if status == "any" else status,
    )
    question = Question(ctx.principal, f"agents {filters!r}", list(filters.conditions(ctx.principal)), limit, cursor)

    def work(session: Session) -> Page[BriefAgent]:
        return page(session, Agent, Agent.agent_id, question, BriefAgent.of)

    found = await ctx.transaction(work)
    return AgentPage(agents=found.shown, total=found.total, next_cursor=found.next_cursor)


class RecommendedAgent(BaseModel):
    """An agent that suits a task, and why."""

    agent_id: str
    display_name: str
    score: float = Field(description="How well it suits, from 0 to 1.")
    reasons: list[str]


@tool(scope="agents:read", read_only=True, idempotent=True, rate_limit="30/minute")
async def agent_recommend(
    ctx: Context,
    task: TaskText,
    capabilities: Annotated[list[Word], Field(max_length=20, description="What the agent has to be able to do.")] = [],  # noqa: B006 -- pydantic copies a default before it is used
    min_trust: Trust | None = None,
    namespace: Annotated[
        StorableText | None, Field(max_length=200, description="Only agents of this namespace.")
    ] = None,
    limit: Annotated[int, Field(strict=True, ge=1, le=20, description="How many at most.")] = 5,
) -> list[RecommendedAgent]:
    """Find the active agents that suit a task best, by what they can do, how far they are trusted and how they did."""
    filters = search.Filters(namespace=namespace, min_trust=min_trust)
    known = await ctx.transaction(partial(search.candidates, principal=ctx.principal, filters=filters))
    ranked = await asyncio.to_thread(recommend, task, capabilities, known)
    return [
        RecommendedAgent(
            agent_id=one.candidate.agent_id,
            display_name=one.candidate.display_name,
            score=one.score,
            reasons=one.reasons,
        )
        for one in ranked[:limit]
    ]


class AgentStatistics(BaseModel):
    """How an agent has done so far."""

    model_config = ConfigDict(from_attributes=True)

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
    requires_verification: bool = Field(description="It is trusted so little that its claims have to be verified.")
    teams: int
    personas: int


@tool(scope="agents:read", read_only=True, idempotent=True, rate_limit="60/minute")
async def agent_stats(ctx: Context, agent_id: AnyAgentId = None) -> AgentStatistics:
    """Count what an agent has done: tasks, success, trust, verifications, teams and personas."""
    name = agent_id or ctx.principal.agent_id
    counted = await ctx.transaction(partial(statistics.of_agent, principal=ctx.principal, agent_id=name))
    return AgentStatistics.model_validate(counted)


@tool(scope="agents:write", destructive=True, idempotent=True, rate_limit="30/hour")
async def agent_update(
    ctx: Context,
    agent_id: AnyAgentId = None,
    display_name: Annotated[DisplayName | None, Field(description="The new name to show.")] = None,
    capabilities: Annotated[Capabilities | None, Field(description="All that it can do, instead of before.")] = None,
    agent_type: Annotated[AgentType | None, Field(description="The new kind.")] = None,
    access_level: Annotated[AccessLevel | None, Field(description="Who sees it from now on.")] = None,
    notes: Annotated[Notes | None, Field(description="The new notes, instead of all former ones.")] = None,
) -> AgentProfile:
    """Change what is said of you, or of an agent in a namespace that you administer. The rest stays as it is."""
    name = agent_id or ctx.principal.agent_id
    changes: dict[str, Any] = {
        "display_name": display_name,
        "capabilities": capabilities,
        "agent_type": agent_type,
        "default_access_level": access_level,
        "metadata_json": notes,
    }
    given = {column: value for column, value in changes.items() if value is not None}

    def work(session: Session) -> AgentProfile:
        changed = AgentProfile.whole(registry.update(session, ctx.principal, name, given))
        ctx.publish("agent.updated", agent_id=name)
        return changed

    return await ctx.transaction(work)


@tool(scope="agents:write", destructive=True, idempotent=True, rate_limit="30/hour")
async def agent_move(ctx: Context, agent_id: AgentId, namespace: NamespaceName) -> AgentProfile:
    """Move an agent to another namespace; you administer both."""

    def work(session: Session) -> AgentProfile:
        moved = AgentProfile.whole(registry.move(session, ctx.principal, agent_id, namespace))
        ctx.publish("agent.moved", agent_id=agent_id, namespace=namespace)
        tell(ctx, "agent_move", "agent", agent_id)
        return moved

    return await ctx.transaction(work)


@tool(scope="agents:write", destructive=True, idempotent=True, rate_limit="5/hour")
async def agent_deactivate(
    ctx: Context,
    agent_id: AgentId,
    status: Annotated[
        Literal["inactive", "deprecated", "suspended"],
        Field(description="inactive; deprecated, not meant to come back; suspended, which the operator alone ends."),
    ] = "inactive",
    reason: Annotated[StorableText, Field(max_length=500, description="Why.")] = "",
) -> AgentProfile:
    """Put an agent out of work: from now on it can change nothing. Nothing that it has written is deleted."""

    def work(session: Session) -> AgentProfile:
        stopped = AgentProfile.whole(registry.deactivate(session, ctx.principal, agent_id, status, reason))
        ctx.publish("agent.deactivated", agent_id=agent_id, status=status)
        tell(ctx, "agent_deactivate", "agent", agent_id)
        return stopped

    return await ctx.transaction(work)


@tool(scope="agents:write", idempotent=True, rate_limit="10/hour")
async def agent_activate(ctx: Context, agent_id: AgentId) -> AgentProfile:
    """Put an agent to work again that was deactivated; you administer its namespace."""

    def work(session: Session) -> AgentProfile:
        working = AgentProfile.whole(registry.activate(session, ctx.principal, agent_id))
        ctx.publish("agent.activated", agent_id=agent_id)
        tell(ctx, "agent_activate", "agent", agent_id)
        return working

    return await ctx.transaction(work)


def _identity(ctx: Context, session: Session) -> Identity:
    principal = ctx.principal
    agent = session.scalars(select(Agent).where(Agent.agent_id == principal.agent_id)).first()
    owned = access.namespace_owned(principal)
    return Identity(
        agent_id=principal.agent_id,
        acting_agent=principal.actor,
        namespace=principal.namespace,
        scopes=sorted(principal.scopes),
        operator=access.governs(principal),
        registered=agent is not None,
        status=None if agent is None else agent.status,
        display_name=None if agent is None else agent.display_name,
        capabilities=[] if agent is None else list(agent.capabilities),
        trust=None if agent is None else agent.trust_score,
        owns=_names(session, select(Namespace.namespace).where(owned).order_by(Namespace.namespace)),
        administers=_names(
            session,
            select(Namespace.namespace)
            .where(access.namespace_administered(principal), owned.is_not(True))
            .order_by(Namespace.namespace),
        ),
        teams=_names(
            session, select(Team.team_id).where(access.team_joined(principal), Team.is_active).order_by(Team.team_id)
        ),
    )


def _names(session: Session, statement: Select[str]) -> list[str]:
    return list(session.scalars(statement.limit(MOST_NAMED)))
