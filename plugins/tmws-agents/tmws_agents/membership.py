"""Lists of agents in a row: administrators and members of a namespace, members of a team."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from tmws_agents.fields import MOST_MEMBERS
from tmws_agents.lookup import AGENTS, find
from tmws_core import Principal
from tmws_core.tool_errors import AlreadyChanged


def refuse_unseen(session: Session, principal: Principal, agent_id: str) -> None:
    """Refuse an agent that the caller does not see, or that does not work any more.

    Raises:
        NotFound: there is no such agent for the caller.
        AlreadyChanged: it is deactivated.
    """
    agent = find(session, AGENTS, principal, agent_id)
    if agent.status != "active":
        raise AlreadyChanged(f"agent {agent_id!r} is {agent.status}", hint="activate it first with agent_activate")


def with_agent(agents: Sequence[str], agent_id: str, whose: str) -> list[str]:
    """The list with one agent more, each once.

    Raises:
        AlreadyChanged: there are as many as there can be.
    """
    if agent_id not in agents and len(agents) >= MOST_MEMBERS:
        raise AlreadyChanged(
            f"{whose} has {len(agents)} of them, and {MOST_MEMBERS} at most", hint="take one out first"
        )
    return [*without_agent(agents, agent_id), agent_id]


def without_agent(agents: Sequence[str], agent_id: str) -> list[str]:
    """The list without an agent."""
    return [one for one in agents if one != agent_id]
