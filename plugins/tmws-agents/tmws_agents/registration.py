"""Makes sure that whoever calls is known as an agent and active, so that rows can refer to it."""

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Row, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmws_agents.lookup import AGENTS
from tmws_agents.models.agent import LONGEST_NAME, SHORTEST_NAME, Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.names import is_taken
from tmws_agents.quotas import open_namespace, refuse_another_agent
from tmws_core import Principal
from tmws_core.fields import Slug, StorableText
from tmws_core.tool_errors import InvalidArguments, PermissionDenied

# of columns, not of a mapped class, and made once: every call that writes begins with it
_AGENTS = Agent.__table__.c
_KNOWN = select(_AGENTS.status).where(_AGENTS.agent_id == bindparam("agent_id"))
_SLUG: TypeAdapter[str] = TypeAdapter(Slug)
_TEXT: TypeAdapter[str] = TypeAdapter(StorableText)
_HINT = "call under another name; TMWS_AGENT_ID sets that of a local client"


def ensure_registered(session: Session, principal: Principal) -> None:
    """Register a caller's namespace and the caller as an agent in it, unless they are known.

    Another process may do the same at the same moment: then its rows count, and this call goes on.

    Args:
        session: the session of the call; nothing is committed.
        principal: who calls.

    Raises:
        InvalidArguments: no agent can have the caller's name, or it looks like that of another.
        PermissionDenied: the agent, or the one that acts on its behalf, was deactivated.
        AlreadyChanged: the caller's namespace is deactivated, or has no room for another agent.
    """
    for agent_id in (principal.agent_id, principal.actor):
        if agent_id is None:
            continue
        if not agent_id.isascii() or "\0" in agent_id:
            _refuse_unstorable(agent_id)
        known = _known(session, agent_id)
        if known is None:
            _register(session, agent_id, principal.namespace)
        elif known.status != "active":
            raise PermissionDenied(
                f"agent {agent_id!r} is {known.status}, and changes nothing",
                hint="an administrator of its namespace or the operator can activate it with agent_activate",
            )


def _known(session: Session, agent_id: str) -> Row[str] | None:
    return session.execute(_KNOWN, {"agent_id": agent_id}).first()


def _register(session: Session, agent_id: str, namespace: str) -> None:
    _refuse_impossible_name(agent_id)
    if is_taken(session, AGENTS, agent_id):
        raise _looks_like_another("agent", agent_id)
    _join(session, namespace)
    _add(session, Agent(agent_id=agent_id, display_name=agent_id, namespace=namespace))
    if _known(session, agent_id) is None:
        raise _looks_like_another("agent", agent_id)


def _join(session: Session, name: str) -> None:
    """Find or make the namespace that somebody unknown calls from."""
    if session.scalar(select(Namespace.id).where(Namespace.namespace == name)) is not None:
        refuse_another_agent(session, open_namespace(session, name))
        return
    _refuse_impossible_namespace(name)
    _add(session, Namespace(namespace=name))
    if session.scalar(select(Namespace.id).where(Namespace.namespace == name)) is None:
        raise _looks_like_another("namespace", name)


def _refuse_unstorable(agent_id: str) -> None:
    try:
        _TEXT.validate_python(agent_id)
    except ValidationError as error:
        raise _impossible(agent_id) from error


def _refuse_impossible_name(agent_id: str) -> None:
    if not SHORTEST_NAME <= len(agent_id) <= LONGEST_NAME:
        raise InvalidArguments(
            f"{agent_id!r} is no name for an agent: it must have {SHORTEST_NAME} to {LONGEST_NAME} characters, and has "
            f"{len(agent_id)}",
            hint=_HINT,
        )
    if not _is_slug(agent_id):
        raise _impossible(agent_id)


def _impossible(agent_id: str) -> InvalidArguments:
    return InvalidArguments(
        f"{agent_id!r} is no name for an agent: it must have lower-case letters, digits, and '.', '_' or '-' inside it",
        hint=_HINT,
    )


def _refuse_impossible_namespace(name: str) -> None:
    if not _is_slug(name):
        raise InvalidArguments(
            f"{name!r} is no name for a namespace: it must have up to 64 lower-case letters, digits, and '.', '_' or "
            "'-' inside it",
            hint="call from another namespace; TMWS_AGENT_NAMESPACE sets that of a local client",
        )


def _is_slug(name: str) -> bool:
    try:
        return _SLUG.validate_python(name) == name
    except ValidationError:
        return False


def _looks_like_another(kind: str, name: str) -> InvalidArguments:
    return InvalidArguments(
        f"{name!r} looks like the name of another {kind}, and would be taken for it",
        hint=_HINT if kind == "agent" else "TMWS_AGENT_NAMESPACE sets the namespace of a local client",
    )


def _add(session: Session, row: Agent | Namespace) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return
