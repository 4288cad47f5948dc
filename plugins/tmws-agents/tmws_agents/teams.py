"""Teams: to create and change them, and to say who leads them and who does what in them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmws_agents import access
from tmws_agents.lookup import NAMESPACES, TEAMS, find, find_to_change
from tmws_agents.membership import refuse_unseen, with_agent, without_agent
from tmws_agents.models.team import Team, TeamType
from tmws_agents.names import refuse_reserved, refuse_taken, taken
from tmws_agents.quotas import open_namespace, refuse_another_team
from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments

ROLES = "roles"
"""The key in a team's `config` under which stands what its members do."""
HIERARCHICAL, SPECIALIZED = "hierarchical", "specialized"


@dataclass(frozen=True, kw_only=True)
class NewTeam:
    """A team that is going to be created; the caller is its first member."""

    team_id: str
    team_name: str
    description: str | None
    team_type: TeamType
    namespace: str
    leader: str | None
    max_members: int | None
    role: str | None
    notes: dict[str, Any]


def create(session: Session, principal: Principal, new: NewTeam) -> Team:
    """Create a team in a namespace that the caller belongs to; the caller leads it unless another leader is named.

    Args:
        session: a writing session.
        principal: who calls.
        new: the team.

    Raises:
        NotFound: there is no such namespace, or no such agent, for the caller.
        PermissionDenied: the name is the operator's.
        AlreadyChanged: the name is taken, or the namespace is deactivated or full.
        InvalidArguments: leader, role and most members do not fit the team's type.
    """
    ensure_registered(session, principal)
    find(session, NAMESPACES, principal, new.namespace)
    namespace = open_namespace(session, new.namespace)
    refuse_reserved(principal, "team_id", new.team_id)
    refuse_taken(session, TEAMS, "team_id", new.team_id)
    refuse_another_team(session, namespace)
    leader = new.leader or principal.agent_id
    refuse_unseen(session, principal, leader)
    members = list(dict.fromkeys([principal.agent_id, leader]))
    team = Team(
        team_id=new.team_id,
        team_name=new.team_name,
        description=new.description,
        team_type=new.team_type,
        members=members,
        max_members=new.max_members,
        leader_agent_id=leader,
        config={ROLES: {} if new.role is None else {principal.agent_id: new.role}},
        shared_namespace=new.namespace,
        is_active=True,
        metadata_json=new.notes,
    )
    _refuse_unfit(team)
    try:
        with session.begin_nested():
            session.add(team)
    except IntegrityError as error:  # another process was quicker
        raise taken("team_id", new.team_id) from error
    return team


def update(session: Session, principal: Principal, team_id: str, changes: dict[str, Any], leader: str | None) -> Team:
    """Change what is said of a team, or who leads it.

    Args:
        session: a writing session.
        principal: who calls.
        team_id: which team.
        changes: the new values, by the columns' names in the model.
        leader: the new leader, who becomes a member when it is none.

    Raises:
        NotFound: there is no such team, or no such agent, for the caller.
        PermissionDenied: the caller may not change it.
        InvalidArguments: leader, roles and most members do not fit the team's type.
        AlreadyChanged: the new leader is deactivated.
    """
    ensure_registered(session, principal)
    team = find_to_change(session, TEAMS, principal, team_id, access.team_changeable, "change")
    if leader is not None:
        refuse_unseen(session, principal, leader)
        team.leader_agent_id = leader
        team.members = team.members if leader in team.members else with_agent(team.members, leader, f"team {team_id!r}")
    for column, value in changes.items():
        setattr(team, column, value)
    _refuse_unfit(team)
    session.flush()
    return team


def set_member(session: Session, principal: Principal, team_id: str, agent_id: str, role: str | None) -> Team:
    """Take an agent into a team, or change what it does there.

    Args:
        session: a writing session.
        principal: who calls.
        team_id: which team.
        agent_id: which agent.
        role: what it does; None when nothing in particular.

    Raises:
        NotFound: there is no such team or agent for the caller.
        PermissionDenied: the caller may not change the team.
        AlreadyChanged: the agent or the team is deactivated, or the team is full.
        InvalidArguments: the team is one in which each has a role.
    """
    ensure_registered(session, principal)
    team = find_to_change(session, TEAMS, principal, team_id, access.team_changeable, "change the members of")
    if not team.is_active:
        raise AlreadyChanged(f"team {team_id!r} is deactivated", hint="activate it first with team_activate")
    refuse_unseen(session, principal, agent_id)
    if agent_id not in team.members:
        team.members = with_agent(team.members, agent_id, f"team {team_id!r}")
    _set_role(team, agent_id, role)
    _refuse_unfit(team)
    session.flush()
    return team


def remove_member(session: Session, principal: Principal, team_id: str, agent_id: str) -> Team:
    """Take an agent out of a team; each may take out itself.

    Raises:
        NotFound: there is no such team for the caller.
        PermissionDenied: the caller may not change the team.
        InvalidArguments: the agent leads the team.
    """
    ensure_registered(session, principal)
    rule = access.team_visible if agent_id == principal.agent_id else access.team_changeable
    team = find_to_change(session, TEAMS, principal, team_id, rule, "change the members of")
    if agent_id == team.leader_agent_id:
        raise InvalidArguments(
            f"agent_id: {agent_id!r} leads team {team_id!r}", hint="name another leader first with team_update"
        )
    team.members = without_agent(team.members, agent_id)
    _set_role(team, agent_id, None)
    session.flush()
    return team


def set_active(session: Session, principal: Principal, team_id: str, *, active: bool) -> Team:
    """Deactivate a team, or activate it again.

    Raises:
        NotFound: there is no such team for the caller.
        PermissionDenied: the caller may not change it.
        AlreadyChanged: its namespace is deactivated or has no room for another team.
    """
    ensure_registered(session, principal)
    verb = "activate" if active else "deactivate"
    team = find_to_change(session, TEAMS, principal, team_id, access.team_changeable, verb)
    if active and not team.is_active:
        refuse_another_team(session, open_namespace(session, team.shared_namespace))
    team.is_active = active
    session.flush()
    return team


def _set_role(team: Team, agent_id: str, role: str | None) -> None:
    roles = {one: word for one, word in team.config.get(ROLES, {}).items() if one != agent_id}
    team.config[ROLES] = roles if role is None else roles | {agent_id: role}


def _refuse_unfit(team: Team) -> None:
    """Refuse a team whose members, leader and roles do not fit its type and size."""
    if team.max_members is not None and len(team.members) > team.max_members:
        raise AlreadyChanged(
            f"team {team.team_id!r} has room for {team.max_members} members, and would have {len(team.members)}",
            hint="take one out, or give it more room with team_update",
            details={"quota": "max_members", "limit": team.max_members},
        )
    if team.team_type == HIERARCHICAL and team.leader_agent_id is None:
        raise InvalidArguments(f"leader: the hierarchical team {team.team_id!r} needs one", hint="name a leader")
    without = [one for one in team.members if one not in team.config.get(ROLES, {})]
    if team.team_type == SPECIALIZED and without:
        raise InvalidArguments(
            f"role: in the specialized team {team.team_id!r} each member has one, and {without[0]!r} has none",
            hint="give it a role",
        )
