"""To create, read and change namespaces, and to say who administers and belongs to them."""

from functools import partial
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from tmws_agents import access, namespaces
from tmws_agents.administration import tell
from tmws_agents.answers import NamespacePage, NamespaceView
from tmws_agents.fields import (
    AccessLevel,
    AgentId,
    AnyNamespace,
    Cursor,
    Description,
    DisplayName,
    Limit,
    NamespaceName,
    NewName,
    Notes,
    Quota,
)
from tmws_agents.lookup import NAMESPACES, find
from tmws_agents.models.namespace import Namespace
from tmws_agents.page import Page, Question, page
from tmws_core import Context, tool

MostAgents = Annotated[
    Quota | None, Field(description="How many active agents it has room for, 0 for any number; the operator's to say.")
]
MostTeams = Annotated[
    Quota | None, Field(description="How many active teams it has room for, 0 for any number; the operator's to say.")
]


@tool(scope="agents:write", rate_limit="5/hour")
async def namespace_create(
    ctx: Context,
    namespace: NewName,
    display_name: DisplayName | None = None,
    description: Description | None = None,
    default_access_level: Annotated[
        AccessLevel, Field(description="The level of agents that are registered in it without one.")
    ] = "team",
    max_agents: MostAgents = None,
    max_teams: MostTeams = None,
    notes: Notes = {},  # noqa: B006 -- pydantic copies a default before it is used
) -> NamespaceView:
    """Create a namespace of your own: a place for agents and teams that others see only when they belong to it."""
    new = namespaces.NewNamespace(
        namespace=namespace,
        display_name=display_name,
        description=description,
        default_access_level=default_access_level,
        max_agents=max_agents,
        max_teams=max_teams,
        notes=notes,
    )

    def work(session: Session) -> NamespaceView:
        created = NamespaceView.of(namespaces.create(session, ctx.principal, new))
        ctx.publish("namespace.created", namespace=namespace)
        return created

    return await ctx.transaction(work)


@tool(scope="agents:read", read_only=True, idempotent=True, rate_limit="120/minute")
async def namespace_get(ctx: Context, namespace: AnyNamespace = None) -> NamespaceView:
    """Read what is said of a namespace that you belong to: owner, administrators, members, room."""
    name = namespace or ctx.principal.namespace
    return await ctx.transaction(lambda session: NamespaceView.of(find(session, NAMESPACES, ctx.principal, name)))


@tool(scope="agents:read", read_only=True, idempotent=True, rate_limit="60/minute")
async def namespace_list(
    ctx: Context,
    active: Annotated[bool, Field(description="Those in use; false for those that are deactivated.")] = True,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> NamespacePage:
    """List the namespaces that you belong to, by name."""
    conditions = [access.namespace_visible(ctx.principal), Namespace.is_active.is_(active)]
    question = Question(ctx.principal, f"namespaces {active}", conditions, limit, cursor)

    def work(session: Session) -> Page[NamespaceView]:
        return page(session, Namespace, Namespace.namespace, question, NamespaceView.of)

    found = await ctx.transaction(work)
    return NamespacePage(namespaces=found.shown, total=found.total, next_cursor=found.next_cursor)


@tool(scope="agents:write", destructive=True, idempotent=True, rate_limit="30/hour")
async def namespace_update(
    ctx: Context,
    namespace: NamespaceName,
    display_name: Annotated[DisplayName | None, Field(description="The new name to show.")] = None,
    description: Annotated[Description | None, Field(description="What it is for now.")] = None,
    default_access_level: Annotated[
        AccessLevel | None, Field(description="From now on, the level of agents that are registered without one.")
    ] = None,
    owner: Annotated[AgentId | None, Field(description="The agent to give it to; its owner alone does that.")] = None,
    max_agents: MostAgents = None,
    max_teams: MostTeams = None,
    notes: Annotated[Notes | None, Field(description="The new notes, instead of all former ones.")] = None,
) -> NamespaceView:
    """Change what is said of a namespace that you administer. What is not given stays as it is."""
    changes: dict[str, Any] = {
        "display_name": display_name,
        "description": description,
        "default_access_level": default_access_level,
        "metadata_json": notes,
    }
    update = partial(
        namespaces.update,
        principal=ctx.principal,
        name=namespace,
        changes={column: value for column, value in changes.items() if value is not None},
        owner=owner,
        max_agents=max_agents,
        max_teams=max_teams,
    )

    def work(session: Session) -> NamespaceView:
        changed = NamespaceView.of(update(session))
        ctx.publish("namespace.updated", namespace=namespace)
        tell(ctx, "namespace_update", "namespace", namespace)
        return changed

    return await ctx.transaction(work)


@tool(scope="agents:write", destructive=True, idempotent=True, rate_limit="60/hour")
async def namespace_member_set(
    ctx: Context,
    namespace: NamespaceName,
    agent_id: AgentId,
    position: Annotated[
        namespaces.Position, Field(description="member: it belongs there; admin: it also administers it.")
    ] = "member",
) -> NamespaceView:
    """Let an agent belong to a namespace that you administer; its owner may make it an administrator."""

    def work(session: Session) -> NamespaceView:
        changed = NamespaceView.of(namespaces.set_member(session, ctx.principal, namespace, agent_id, position))
        ctx.publish("namespace.member_set", namespace=namespace, agent_id=agent_id, position=position)
        tell(ctx, "namespace_member_set", "namespace", namespace)
        return changed

    return await ctx.transaction(work)


@tool(scope="agents:write", destructive=True, idempotent=True, rate_limit="60/hour")
async def namespace_member_remove(ctx: Context, namespace: NamespaceName, agent_id: AgentId) -> NamespaceView:
    """Take an agent out of the members and administrators of a namespace, or leave it yourself."""

    def work(session: Session) -> NamespaceView:
        changed = NamespaceView.of(namespaces.remove_member(session, ctx.principal, namespace, agent_id))
        ctx.publish("namespace.member_removed", namespace=namespace, agent_id=agent_id)
        tell(ctx, "namespace_member_remove", "namespace", namespace)
        return changed

    return await ctx.transaction(work)


@tool(scope="agents:write", destructive=True, idempotent=True, rate_limit="5/hour")
async def namespace_deactivate(ctx: Context, namespace: NamespaceName) -> NamespaceView:
    """Close a namespace of yours: no agent and no team is added to it any more. Nothing in it is deleted."""
    return await _set_active(ctx, namespace, active=False)


@tool(scope="agents:write", idempotent=True, rate_limit="10/hour")
async def namespace_activate(ctx: Context, namespace: NamespaceName) -> NamespaceView:
    """Open a namespace of yours again that was deactivated."""
    return await _set_active(ctx, namespace, active=True)


async def _set_active(ctx: Context, namespace: str, *, active: bool) -> NamespaceView:
    done = "activate" if active else "deactivate"

    def work(session: Session) -> NamespaceView:
        changed = NamespaceView.of(namespaces.set_active(session, ctx.principal, namespace, active=active))
        ctx.publish(f"namespace.{done}d", namespace=namespace)
        tell(ctx, f"namespace_{done}", "namespace", namespace)
        return changed

    return await ctx.transaction(work)
