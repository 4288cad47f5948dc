"""Makes sure that whoever calls is known as an agent, so that rows can refer to it."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_core import Principal


async def ensure_registered(session: AsyncSession, principal: Principal) -> None:
    """Register a caller's namespace and the caller as an agent in it, unless they are known.

    Another process may do the same at the same moment: then its rows count, and this call goes on.

    Args:
        session: the session of the call; nothing is committed.
        principal: who calls.
    """
    if await session.scalar(select(Agent.id).where(Agent.agent_id == principal.agent_id)) is not None:
        return
    if await session.scalar(select(Namespace.id).where(Namespace.namespace == principal.namespace)) is None:
        await _add(session, Namespace(namespace=principal.namespace))
    await _add(
        session, Agent(agent_id=principal.agent_id, display_name=principal.agent_id, namespace=principal.namespace)
    )


async def _add(session: AsyncSession, row: Agent | Namespace) -> None:
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return
