"""Namespaces: to create and change them, and to say who owns, administers and belongs to them."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmws_agents import access
from tmws_agents.lookup import NAMESPACES, find_to_change
from tmws_agents.membership import refuse_unseen, with_agent, without_agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.names import refuse_reserved, refuse_taken, taken
from tmws_agents.quotas import MOST_TEAMS
from tmws_agents.registration import ensure_registered
from tmws_agents.registry import refuse_level
from tmws_agents.seeds import DEFAULT_NAMESPACE
from tmws_core import Principal
from tmws_core.tool_errors import InvalidArguments, PermissionDenied

Position = Literal["admin", "member"]


@dataclass(frozen=True, kw_only=True)
class NewNamespace:
    """A namespace that is going to be created; the quotas are the operator's to set."""

    namespace: str
    display_name: str | None
    description: str | None
    default_access_level: str
    max_agents: int | None
    max_teams: int | None
    notes: dict[str, Any]


def create(session: Session, principal: Principal, new: NewNamespace) -> Namespace:
    """Create a namespace, which the caller owns.

    Args:
        session: a writing session.
        principal: who calls.
        new: the namespace.

    Raises:
        PermissionDenied: the name, the level or a quota is the operator's.
        AlreadyChanged: the name is taken.
    """
    ensure_registered(session, principal)
    refuse_level(principal, new.default_access_level)
    refuse_quotas(principal, new.max_agents, new.max_teams)
    refuse_reserved(principal, "namespace", new.namespace)
    refuse_taken(session, NAMESPACES, "namespace", new.namespace)
    namespace = Namespace(
        namespace=new.namespace,
        display_name=new.display_name,
        description=new.description,
        owner_agent_id=principal.agent_id,
        default_access_level=new.default_access_level,
        max_agents=new.max_agents or None,
        config={MOST_TEAMS: new.max_teams} if new.max_teams else {},
        metadata_json=new.notes,
    )
    try:
        with session.begin_nested():
            session.add(namespace)
    except IntegrityError as error:  # another process was quicker
        raise taken("namespace", new.namespace) from error
    return namespace


def update(
    session: Session,
    principal: Principal,
    name: str,
    changes: dict[str, Any],
    *,
    owner: str | None,
    max_agents: int | None,
    max_teams: int | None,
) -> Namespace:
    """Change what is said of a namespace, whose it is, or how much room it has.

    Args:
        session: a writing session.
        principal: who calls.
        name: which namespace.
        changes: the new values, by the columns' names in the model.
        owner: the new owner; only the present one gives it away.
        max_agents: how many active agents it has room for, 0 for any number; the operator's to say.
        max_teams: how many active teams it has room for, 0 for any number; the operator's to say.

    Raises:
        NotFound: there is no such namespace, or no such agent, for the caller.
        PermissionDenied: the caller may not change it, or not that of it.
    """
    ensure_registered(session, principal)
    rule = access.namespace_changeable if owner is None else access.namespace_disposable
    namespace = find_to_change(session, NAMESPACES, principal, name, rule, "change" if owner is None else "give away")
    refuse_level(principal, changes.get("default_access_level"))
    refuse_quotas(principal, max_agents, max_teams)
    if owner is not None:
        refuse_unseen(session, principal, owner)
        namespace.owner_agent_id = owner
    for column, value in changes.items():
        setattr(namespace, column, value)
    if max_agents is not None:
        namespace.max_agents = max_agents or None
    if max_teams is not None:
        namespace.config[MOST_TEAMS] = max_teams or None
    session.flush()
    return namespace


def set_member(session: Session, principal: Principal, name: str, agent_id: str, position: Position) -> Namespace:
    """Make an agent a member or an administrator of a namespace; it is one of the two.

    Who administers it says who its members are, and its owner who administers it.

    Raises:
        NotFound: there is no such namespace or agent for the caller.
        PermissionDenied: the caller may not do that.
        AlreadyChanged: the agent is deactivated, or there are as many as there can be.
    """
    ensure_registered(session, principal)
    namespace = _with_members(session, principal, name, agent_id, position)
    refuse_unseen(session, principal, agent_id)
    administrators = without_agent(namespace.admin_agents, agent_id)
    members = without_agent(namespace.member_agents, agent_id)
    if position == "admin":
        administrators = with_agent(administrators, agent_id, f"namespace {name!r}")
    else:
        members = with_agent(members, agent_id, f"namespace {name!r}")
    namespace.admin_agents, namespace.member_agents = administrators, members
    session.flush()
    return namespace


def remove_member(session: Session, principal: Principal, name: str, agent_id: str) -> Namespace:
    """Take an agent out of a namespace's members and administrators; each may take out itself.

    Raises:
        NotFound: there is no such namespace for the caller.
        PermissionDenied: the caller may not do that.
    """
    ensure_registered(session, principal)
    if agent_id == principal.agent_id:
        namespace = find_to_change(
            session, NAMESPACES, principal, name, access.namespace_visible, "change the members of"
        )
    else:
        namespace = _with_members(session, principal, name, agent_id, "member")
    namespace.admin_agents = without_agent(namespace.admin_agents, agent_id)
    namespace.member_agents = without_agent(namespace.member_agents, agent_id)
    session.flush()
    return namespace


def set_active(session: Session, principal: Principal, name: str, *, active: bool) -> Namespace:
    """Deactivate a namespace, so that nothing is added to it any more, or activate it again.

    Raises:
        NotFound: there is no such namespace for the caller.
        PermissionDenied: the caller does not own it.
        InvalidArguments: it is the one for whoever names no other.
    """
    ensure_registered(session, principal)
    verb = "activate" if active else "deactivate"
    namespace = find_to_change(session, NAMESPACES, principal, name, access.namespace_disposable, verb)
    if name == DEFAULT_NAMESPACE and not active:
        raise InvalidArguments(f"namespace: {name!r} is the home of agents that name no other, and stays active")
    namespace.is_active = active
    session.flush()
    return namespace


def refuse_quotas(principal: Principal, *quotas: int | None) -> None:
    """Refuse to set a quota to whoever is not the operator.

    Raises:
        PermissionDenied: a quota is given, and the caller does not hold the scope.
    """
    if any(quota is not None for quota in quotas) and not access.governs(principal):
        raise PermissionDenied(
            f"{principal.agent_id!r} may not set the quotas of a namespace: it needs the scope {access.GOVERN!r}",
            hint="leave them out, or ask the operator for more room",
            details={"scope": access.GOVERN},
        )


def _with_members(session: Session, principal: Principal, name: str, agent_id: str, position: Position) -> Namespace:
    """The namespace, if the caller may change in it the position of an agent."""
    verb = "change the members of"
    namespace = find_to_change(session, NAMESPACES, principal, name, access.namespace_changeable, verb)
    if position == "admin" or agent_id in namespace.admin_agents:
        verb = "change the administrators of"
        namespace = find_to_change(session, NAMESPACES, principal, name, access.namespace_disposable, verb)
    return namespace
