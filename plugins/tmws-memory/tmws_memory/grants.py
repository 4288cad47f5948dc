"""Grants: what an owner lets another agent do with one of its memories."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_core.tool_errors import InvalidArguments, NotFound, PermissionDenied
from tmws_memory import index
from tmws_memory.access import owned, present, readable
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing
from tmws_memory.reading import get


def share(
    session: Session,
    principal: Principal,
    memory_id: str,
    agent_id: str,
    permission: str,
    expires_at: datetime | None,
) -> Memory:
    """Let another agent read, change or delete a memory of the caller; a private one becomes a shared one.

    What was granted before it became private does not come back with that: whoever shares it now has only this agent
    in mind. An owner who wants all of them back sets its level instead.

    Args:
        session: a writing session.
        principal: the owner.
        memory_id: which memory.
        agent_id: the other agent, who must be known to the server.
        permission: `read`, `write`, which includes to read, or `delete`, which includes both.
        expires_at: when the grant ends by itself.

    Raises:
        NotFound: there is no such memory for the caller, or no such agent.
        PermissionDenied: the memory is not the caller's.
        InvalidArguments: the caller would share with itself.
    """
    memory = _own(session, principal, memory_id)
    if agent_id == principal.agent_id:
        raise InvalidArguments("agent_id: the memory is yours already", hint="name another agent")
    if session.scalar(select(Agent.id).where(Agent.agent_id == agent_id)) is None:
        raise NotFound(f"there is no agent {agent_id!r}", hint="an agent is known once it has stored something")
    if memory.access_level == "private":
        suspended = delete(Sharing).where(Sharing.memory_id == memory_id, Sharing.shared_with_agent_id != agent_id)
        session.execute(suspended)
    grant = session.get(Sharing, (memory_id, agent_id))
    if grant is None:
        grant = Sharing(memory_id=memory_id, shared_with_agent_id=agent_id)
        session.add(grant)
    grant.permission, grant.expires_at = permission, expires_at
    grant.shared_by_agent_id = principal.agent_id
    _note(session, memory, "shared" if memory.access_level == "private" else memory.access_level)
    return memory


def unshare(session: Session, principal: Principal, memory_id: str, agent_id: str) -> Memory:
    """Take back what an agent was granted; a memory that was shared with nobody else is private again.

    Raises:
        NotFound: there is no such memory for the caller, or it is not shared with that agent.
        PermissionDenied: the memory is not the caller's.
    """
    memory = _own(session, principal, memory_id)
    grant = session.get(Sharing, (memory_id, agent_id))
    if grant is None:
        raise NotFound(f"memory {memory_id!r} is not shared with {agent_id!r}")
    session.delete(grant)
    session.flush()
    _note(session, memory, _level_without_grants(session, memory))
    return memory


def end(session: Session, memory_ids: Sequence[str], now: datetime) -> None:
    """Take away the grants of some memories that have expired; a memory that is shared with nobody else is private.

    Args:
        session: a writing session.
        memory_ids: which memories.
        now: the present moment.
    """
    expired = delete(Sharing).where(Sharing.memory_id.in_(memory_ids), Sharing.expires_at <= now)
    session.execute(expired.execution_options(synchronize_session=False))
    for memory in session.scalars(select(Memory).where(Memory.id.in_(memory_ids))).all():
        _note(session, memory, _level_without_grants(session, memory))


def of(session: Session, memory_ids: Sequence[str]) -> Sequence[Sharing]:
    """All grants of some memories, by agent."""
    mine = select(Sharing).where(Sharing.memory_id.in_(memory_ids)).order_by(Sharing.shared_with_agent_id)
    return session.scalars(mine).all()


def page(session: Session, memory_id: str, after: str | None, most: int) -> Sequence[Sharing]:
    """The grants of a memory by agent, those after an agent alone, so many at most."""
    mine = select(Sharing).where(Sharing.memory_id == memory_id).order_by(Sharing.shared_with_agent_id).limit(most)
    if after is not None:
        mine = mine.where(Sharing.shared_with_agent_id > after)
    return session.scalars(mine).all()


def refuse_without(
    session: Session, principal: Principal, memory: Memory, condition: ColumnElement[bool], verb: str
) -> None:
    """Refuse an act on a memory that the caller can see unless a condition allows it.

    Raises:
        PermissionDenied: it does not.
    """
    if session.scalar(select(Memory.id).where(Memory.id == memory.id, condition)) is None:
        raise PermissionDenied(
            f"{principal.agent_id!r} may not {verb} memory {memory.id!r}, which belongs to {memory.agent_id!r}",
            hint="ask its owner to share it with that permission",
        )


def _own(session: Session, principal: Principal, memory_id: str) -> Memory:
    memory = get(session, memory_id, readable(principal)).memory
    refuse_without(session, principal, memory, and_(owned(principal), present()), "share")
    session.refresh(memory, with_for_update=True)  # the level and the named agents follow from all grants together
    return memory


def _level_without_grants(session: Session, memory: Memory) -> str:
    """The level of a memory that has lost a grant: a shared one without any is private again."""
    alone = memory.access_level == "shared" and not of(session, [memory.id])
    return "private" if alone else memory.access_level


def _note(session: Session, memory: Memory, access_level: str) -> None:
    """Keep the column that names the agents in step with the grants; what is shared is no new version of the text."""
    session.flush()
    agents = [grant.shared_with_agent_id for grant in of(session, [memory.id])]
    columns = {"shared_with_agents": agents, "access_level": access_level}
    session.execute(update(Memory).where(Memory.id == memory.id).values(columns))
    index.renew(session, memory)
