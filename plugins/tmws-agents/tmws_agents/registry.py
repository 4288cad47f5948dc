"""Agents: to register and change them, to move them to another namespace, to put them out of work and back."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmws_agents import access
from tmws_agents.lookup import AGENTS, NAMESPACES, find_to_change
from tmws_agents.models.agent import Agent, Status
from tmws_agents.names import refuse_reserved, refuse_taken, taken
from tmws_agents.quotas import open_namespace, refuse_another_agent
from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.tool_errors import InvalidArguments, PermissionDenied

REGISTERED_BY = "registered_by"
"""The key in an agent's `config` under which stands who registered it."""
DEACTIVATION = "deactivation"
"""The key in an agent's `config` under which stands who put it out of work, when and why."""


@dataclass(frozen=True, kw_only=True)
class NewAgent:
    """An agent that is going to be registered; without a level it gets its namespace's default."""

    agent_id: str
    display_name: str
    namespace: str
    agent_type: str | None
    capabilities: list[str]
    access_level: str | None
    notes: dict[str, Any]


def register(session: Session, principal: Principal, new: NewAgent) -> Agent:
    """Register an agent in a namespace that the caller administers.

    Args:
        session: a writing session.
        principal: who calls.
        new: the agent.

    Raises:
        NotFound: there is no such namespace for the caller.
        PermissionDenied: the caller does not administer it, or the name or level is the operator's.
        AlreadyChanged: the name is taken, or the namespace is deactivated or full.
    """
    ensure_registered(session, principal)
    find_to_change(session, NAMESPACES, principal, new.namespace, access.namespace_changeable, "register agents in")
    namespace = open_namespace(session, new.namespace)
    level = new.access_level or namespace.default_access_level
    refuse_level(principal, level)
    refuse_reserved(principal, "agent_id", new.agent_id)
    refuse_taken(session, AGENTS, "agent_id", new.agent_id)
    refuse_another_agent(session, namespace)
    agent = Agent(
        agent_id=new.agent_id,
        display_name=new.display_name,
        namespace=new.namespace,
        agent_type=new.agent_type,
        capabilities=new.capabilities,
        default_access_level=level,
        config={REGISTERED_BY: principal.agent_id},
        metadata_json=new.notes,
    )
    try:
        with session.begin_nested():
            session.add(agent)
    except IntegrityError as error:  # another process was quicker
        raise taken("agent_id", new.agent_id) from error
    return agent


def update(session: Session, principal: Principal, agent_id: str, changes: dict[str, Any]) -> Agent:
    """Change what is said of an agent.

    Args:
        session: a writing session.
        principal: who calls.
        agent_id: which agent.
        changes: the new values, by the columns' names in the model.

    Raises:
        NotFound: there is no such agent for the caller.
        PermissionDenied: the caller may not change it, or the level is the operator's.
    """
    ensure_registered(session, principal)
    agent = find_to_change(session, AGENTS, principal, agent_id, access.agent_changeable, "change")
    refuse_level(principal, changes.get("default_access_level"))
    for column, value in changes.items():
        setattr(agent, column, value)
    session.flush()
    return agent


def move(session: Session, principal: Principal, agent_id: str, namespace: str) -> Agent:
    """Move an agent to another namespace; who calls administers both.

    Raises:
        NotFound: there is no such agent or namespace for the caller.
        PermissionDenied: the caller does not administer both.
        AlreadyChanged: the namespace is deactivated or full.
    """
    ensure_registered(session, principal)
    agent = find_to_change(session, AGENTS, principal, agent_id, access.agent_administered, "move")
    find_to_change(session, NAMESPACES, principal, namespace, access.namespace_changeable, "move agents to")
    target = open_namespace(session, namespace)
    if agent.namespace != namespace and agent.status == "active":
        refuse_another_agent(session, target)
    agent.namespace = namespace
    session.flush()
    return agent


def deactivate(session: Session, principal: Principal, agent_id: str, status: Status, reason: str) -> Agent:
    """Put an agent out of work: it changes nothing from now on. Nothing of it is deleted.

    Args:
        session: a writing session.
        principal: who calls.
        agent_id: which agent.
        status: `inactive`, `deprecated` when it is not meant to come back, or `suspended`, which is the operator's.
        reason: why; it may be empty.

    Raises:
        NotFound: there is no such agent for the caller.
        PermissionDenied: the caller may not deactivate it, or it or the status is the operator's.
        InvalidArguments: the operator would lock itself out.
    """
    if access.governs(principal) and agent_id in (principal.agent_id, principal.actor):
        raise InvalidArguments("agent_id: an operator does not deactivate itself", hint="let another operator do it")
    ensure_registered(session, principal)
    agent = find_to_change(session, AGENTS, principal, agent_id, access.agent_changeable, "deactivate")
    _refuse_suspension(principal, status, agent)
    agent.status = status
    agent.config[DEACTIVATION] = {"by": principal.agent_id, "at": utc_now().isoformat(), "reason": reason}
    session.flush()
    return agent


def activate(session: Session, principal: Principal, agent_id: str) -> Agent:
    """Put an agent to work again.

    Raises:
        NotFound: there is no such agent for the caller.
        PermissionDenied: the caller does not administer its namespace, or the operator has suspended it.
        AlreadyChanged: its namespace is deactivated or full.
    """
    ensure_registered(session, principal)
    agent = find_to_change(session, AGENTS, principal, agent_id, access.agent_administered, "activate")
    _refuse_suspension(principal, agent.status, agent)
    if agent.status != "active":
        refuse_another_agent(session, open_namespace(session, agent.namespace))
    agent.status = "active"
    agent.config.pop(DEACTIVATION, None)
    session.flush()
    return agent


def refuse_level(principal: Principal, access_level: str | None) -> None:
    """Refuse the level `system` to whoever is not the operator.

    Raises:
        PermissionDenied: the caller does not hold the scope.
    """
    if access_level == access.SYSTEM and not access.governs(principal):
        raise PermissionDenied(
            f"{principal.agent_id!r} may not use the level 'system': it needs the scope {access.GOVERN!r}",
            hint="use 'public', or ask the operator for the scope",
            details={"scope": access.GOVERN},
        )


def _refuse_suspension(principal: Principal, status: str, agent: Agent) -> None:
    if "suspended" in (status, agent.status) and not access.governs(principal):
        raise PermissionDenied(
            f"{principal.agent_id!r} may neither suspend agent {agent.agent_id!r} nor end its suspension: it needs the "
            f"scope {access.GOVERN!r}",
            hint="deactivate it as 'inactive', or ask the operator",
            details={"scope": access.GOVERN},
        )
