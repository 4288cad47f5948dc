"""To create, read and change teams, and to say who leads them and who does what in them."""

from functools import partial
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from tmws_agents import access, teams
from tmws_agents.answers import TeamPage, TeamView
from tmws_agents.fields import (
    AgentId,
    AnyNamespace,
    Cursor,
    Description,
    DisplayName,
    Limit,
    MostMembers,
    NewName,
    Notes,
    Role,
    TeamId,
    TeamType,
)
from tmws_agents.lookup import TEAMS, find
from tmws_agents.models.team import Team
from tmws_agents.page import Page, Question, page
from tmws_core import Context, tool
from tmws_core.fields import StorableText


@tool(scope="agents:write", rate_limit="30/hour")
async def team_create(
    ctx: Context,
    team_id: NewName,
    team_name: Annotated[DisplayName | None, Field(description="How it is shown to people.")] = None,
    description: Description | None = None,
    team_type: TeamType = "collaborative",
    namespace: AnyNamespace = None,
    leader: Annotated[AgentId | None, Field(description="The agent that leads it; without it, you.")] = None,
    role: Annotated[Role | None, Field(description="What you do in it, such as reviewer.")] = None,
    max_members: MostMembers | None = None,
    notes: Notes = {},  # noqa: B006 -- pydantic copies a default before it is used
) -> TeamView:
    """Create a team of agents in a namespace that you belong to. You are its first member, and lead it by default."""
    new = teams.NewTeam(
        team_id=team_id,
        team_name=team_name or team_id,
        description=description,
        team_type=team_type,
        namespace=namespace or ctx.principal.namespace,
        leader=leader,
        max_members=max_members,
        role=role,
        notes=notes,
    )

    def work(session: Session) -> TeamView:
        created = TeamView.of(teams.create(session, ctx.principal, new))
        ctx.publish("team.created", team_id=team_id, namespace=created.namespace)
        return created

    return await ctx.transaction(work)


@tool(scope="agents:read", read_only=True, idempotent=True, rate_limit="120/minute")
async def team_get(ctx: Context, team_id: TeamId) -> TeamView:
    """Read what is said of a team: its type, leader, members with their roles, and its namespace."""
    return await ctx.transaction(lambda session: TeamView.of(find(session, TEAMS, ctx.principal, team_id)))


@tool(scope="agents:read", read_only=True, idempotent=True, rate_limit="60/minute")
async def team_list(
    ctx: Context,
    namespace: Annotated[
        StorableText | None, Field(max_length=200, description="Only teams of this namespace.")
    ] = None,
    mine: Annotated[bool, Field(description="Only teams that you lead or are in.")] = False,
    active: Annotated[bool, Field(description="Those in use; false for those that are deactivated.")] = True,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> TeamPage:
    """List the teams that you may see, by name: those you are in, and those of namespaces that you belong to."""
    conditions: list[ColumnElement[bool]] = [access.team_visible(ctx.principal), Team.is_active.is_(active)]
    if namespace is not None:
        conditions.append(Team.shared_namespace == namespace)
    if mine:
        conditions.append(access.team_joined(ctx.principal))
    question = Question(ctx.principal, f"teams {namespace!r} {mine} {active}", conditions, limit, cursor)

    def work(session: Session) -> Page[TeamView]:
        return page(session, Team, Team.team_id, question, TeamView.of)

    found = await ctx.transaction(work)
    return TeamPage(teams=found.shown, total=found.total, next_cursor=found.next_cursor)


@tool(scope="agents:write", destructive=True, idempotent=True, rate_limit="30/hour")
async def team_update(
    ctx: Context,
    team_id: TeamId,
    team_name: Annotated[DisplayName | None, Field(description="The new name to show.")] = None,
    description: Annotated[Description | None, Field(description="What it is for now.")] = None,
    team_type: Annotated[TeamType | None, Field(description="The new type.")] = None,
    leader: Annotated[AgentId | None, Field(description="The agent that leads it from now on.")] = None,
    max_members: Annotated[MostMembers | None, Field(description="How many members it has room for now.")] = None,
    notes: Annotated[Notes | None, Field(description="The new notes, instead of all former ones.")] = None,
) -> TeamView:
    """Change a team that you lead, or whose namespace you administer. What is not given stays as it is."""
    changes: dict[str, Any] = {
        "team_name": team_name,
        "description": description,
        "team_type": team_type,
        "max_members": max_members,
        "metadata_json": notes,
    }
    update = partial(
        teams.update,
        principal=ctx.principal,
        team_id=team_id,
        changes={column: value for column, value in changes.items() if value is not None},
        leader=leader,
    )

    def work(session: Session) -> TeamView:
        changed = TeamView.of(update(session))
        ctx.publish("team.updated", team_id=team_id)
        return changed

    return await ctx.transaction(work)


@tool(scope="agents:write", destructive=True, idempotent=True, rate_limit="60/hour")
async def team_member_set(ctx: Context, team_id: TeamId, agent_id: AgentId, role: Role | None = None) -> TeamView:
    """Take an agent into a team that you lead, or change what it does there."""

    def work(session: Session) -> TeamView:
        changed = TeamView.of(teams.set_member(session, ctx.principal, team_id, agent_id, role))
        ctx.publish("team.member_set", team_id=team_id, agent_id=agent_id, role=role)
        return changed

    return await ctx.transaction(work)


@tool(scope="agents:write", destructive=True, idempotent=True, rate_limit="60/hour")
async def team_member_remove(ctx: Context, team_id: TeamId, agent_id: AgentId) -> TeamView:
    """Take an agent out of a team that you lead, or leave one yourself."""

    def work(session: Session) -> TeamView:
        changed = TeamView.of(teams.remove_member(session, ctx.principal, team_id, agent_id))
        ctx.publish("team.member_removed", team_id=team_id, agent_id=agent_id)
        return changed

    return await ctx.transaction(work)


@tool(scope="agents:write", destructive=True, idempotent=True, rate_limit="30/hour")
async def team_deactivate(ctx: Context, team_id: TeamId) -> TeamView:
    """Dissolve a team that you lead. Nothing is deleted."""
    return await _set_active(ctx, team_id, active=False)


@tool(scope="agents:write", idempotent=True, rate_limit="30/hour")
async def team_activate(ctx: Context, team_id: TeamId) -> TeamView:
    """Bring back a team of yours that was dissolved."""
    return await _set_active(ctx, team_id, active=True)


async def _set_active(ctx: Context, team_id: str, *, active: bool) -> TeamView:

    def work(session: Session) -> TeamView:
        changed = TeamView.of(teams.set_active(session, ctx.principal, team_id, active=active))
        ctx.publish("team.activated" if active else "team.deactivated", team_id=team_id)
        return changed

    return await ctx.transaction(work)
