"""How many agents and teams a namespace has room for; whoever adds one asks here, in the same transaction."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.models.team import Team
from tmws_core.tool_errors import AlreadyChanged, NotFound

MOST_TEAMS = "max_teams"
"""The key in a namespace's `config`; its most agents are a column."""


def open_namespace(session: Session, name: str) -> Namespace:
    """A namespace to which something is going to be added; nobody else adds to it before this transaction ends.

    Raises:
        NotFound: there is no such namespace.
        AlreadyChanged: it is deactivated.
    """
    statement = select(Namespace).where(Namespace.namespace == name).with_for_update(key_share=True)
    namespace = session.scalars(statement.execution_options(populate_existing=True)).first()
    if namespace is None:
        raise NotFound(f"there is no namespace {name!r}", hint="namespace_list shows yours, namespace_create makes one")
    if not namespace.is_active:
        raise AlreadyChanged(
            f"namespace {name!r} is deactivated",
            hint="its owner or the operator can activate it with namespace_activate",
        )
    return namespace


def refuse_another_agent(session: Session, namespace: Namespace) -> None:
    """Refuse an agent beyond the most that the namespace has room for; those that are not active take none.

    Raises:
        AlreadyChanged: it is full.
    """
    active = select(func.count()).where(Agent.namespace == namespace.namespace, Agent.status == "active")
    _refuse(session.scalar(active) or 0, namespace.max_agents, namespace.namespace, "agents")


def refuse_another_team(session: Session, namespace: Namespace) -> None:
    """Refuse a team beyond the most that the namespace has room for; those that are not active take none.

    Raises:
        AlreadyChanged: it is full.
    """
    active = select(func.count()).where(Team.shared_namespace == namespace.namespace, Team.is_active)
    _refuse(session.scalar(active) or 0, namespace.config.get(MOST_TEAMS), namespace.namespace, "teams")


def _refuse(count: int, most: int | None, namespace: str, what: str) -> None:
    if most is not None and count >= most:
        raise AlreadyChanged(
            f"namespace {namespace!r} has room for {most} {what}, and has {count}",
            hint="deactivate one, take another namespace, or ask the operator for more room",
            details={"quota": f"max_{what}", "limit": most},
        )
