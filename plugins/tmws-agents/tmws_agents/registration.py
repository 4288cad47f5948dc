"""Makes sure that whoever calls is known as an agent, so that rows can refer to it."""

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmws_agents.models.agent import LONGEST_NAME, SHORTEST_NAME, Agent
from tmws_agents.models.namespace import Namespace
from tmws_core import Principal
from tmws_core.tool_errors import InvalidArguments

# of columns, not of a mapped class, and made once: every call that writes begins with it
_AGENTS = Agent.__table__.c
_KNOWN = select(_AGENTS.id).where(_AGENTS.agent_id == bindparam("agent_id"))


def ensure_registered(session: Session, principal: Principal) -> None:
    """Register a caller's namespace and the caller as an agent in it, unless they are known.

    Another process may do the same at the same moment: then its rows count, and this call goes on.

    Args:
        session: the session of the call; nothing is committed.
        principal: who calls.

    Raises:
        InvalidArguments: no agent can have the caller's name.
    """
    if session.execute(_KNOWN, {"agent_id": principal.agent_id}).first() is not None:
        return
    _refuse_impossible_name(principal.agent_id)
    if session.scalar(select(Namespace.id).where(Namespace.namespace == principal.namespace)) is None:
        _add(session, Namespace(namespace=principal.namespace))
    _add(session, Agent(agent_id=principal.agent_id, display_name=principal.agent_id, namespace=principal.namespace))


def _refuse_impossible_name(agent_id: str) -> None:
    if not SHORTEST_NAME <= len(agent_id) <= LONGEST_NAME:
        raise InvalidArguments(
            f"{agent_id!r} is no name for an agent: it must have {SHORTEST_NAME} to {LONGEST_NAME} characters, and has "
            f"{len(agent_id)}",
            hint="call under another name; TMWS_AGENT_ID sets that of a local client",
        )


def _add(session: Session, row: Agent | Namespace) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return
