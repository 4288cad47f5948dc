"""Makes sure that whoever calls is known as an agent, so that rows can refer to it."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import LONGEST_NAME, SHORTEST_NAME, Agent
from tmws_agents.models.namespace import Namespace
from tmws_core import Principal
from tmws_core.tool_errors import InvalidArguments


async def ensure_registered(session: AsyncSession, principal: Principal) -> None:
    """Register a caller's namespace and the caller as an agent in it, unless they are known.

    Another process may do the same at the same moment: then its rows count, and this call goes on.

    Args:
        session: the session of the call; nothing is committed.
        principal: who calls.

    Raises:
        InvalidArguments: no agent can have the caller's name.
    """
    if await session.scalar(select(Agent.id).where(Agent.agent_id == principal.agent_id)) is not None:
        return
    _refuse_impossible_name(principal.agent_id)
    if await session.scalar(select(Namespace.id).where(Namespace.namespace == principal.namespace)) is None:
        await _add(session, Namespace(namespace=principal.namespace))
    await _add(
        session, Agent(agent_id=principal.agent_id, display_name=principal.agent_id, namespace=principal.namespace)
    )


def _refuse_impossible_name(agent_id: str) -> None:
    if not SHORTEST_NAME <= len(agent_id) <= LONGEST_NAME:
        raise InvalidArguments(
            f"{agent_id!r} is no name for an agent: it must have {SHORTEST_NAME} to {LONGEST_NAME} characters, and has "
            f"{len(agent_id)}",
            hint="call under another name; TMWS_AGENT_ID sets that of a local client",
        )


async def _add(session: AsyncSession, row: Agent | Namespace) -> None:
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return
