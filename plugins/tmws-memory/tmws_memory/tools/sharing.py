"""To share memories with other agents, and to take that back."""

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import and_
from sqlalchemy.orm import Session

from tmws_core import Context, tool
from tmws_core.columns import utc_now
from tmws_memory import grants, reading
from tmws_memory.access import owned, present
from tmws_memory.answers import Receipt
from tmws_memory.tools.arguments import AgentId, Days, MemoryId

Permission = Annotated[
    Literal["read", "write", "delete"], Field(description="write includes to read, delete includes both.")
]
MOST_LISTED = 100


class Grant(BaseModel):
    """What an agent may do with a memory, and until when."""

    model_config = ConfigDict(from_attributes=True)

    agent_id: str = Field(validation_alias="shared_with_agent_id")
    permission: Permission
    shared_at: datetime
    expires_at: datetime | None


@tool(scope="memory:share", idempotent=True)
async def memory_share(
    ctx: Context,
    memory_id: MemoryId,
    agent_id: AgentId,
    permission: Permission = "read",
    days: Annotated[Days | None, Field(description="For how many days; without it, until you take it back.")] = None,
) -> Receipt:
    """Let another agent read, change or delete a memory of yours. A private one becomes a shared one."""
    work = partial(
        grants.share,
        principal=ctx.principal,
        memory_id=memory_id,
        agent_id=agent_id,
        permission=permission,
        expires_at=None if days is None else utc_now() + timedelta(days=days),
    )
    memory = await ctx.transaction(
        work, lambda memory: ctx.publish("memory.shared", memory_id=memory.id, agent_id=agent_id, permission=permission)
    )
    return Receipt.of(memory)


@tool(scope="memory:share", destructive=True, idempotent=True)
async def memory_unshare(ctx: Context, memory_id: MemoryId, agent_id: AgentId) -> Receipt:
    """Take back what you have shared with an agent; a memory that is then shared with nobody is private again."""
    work = partial(grants.unshare, principal=ctx.principal, memory_id=memory_id, agent_id=agent_id)
    memory = await ctx.transaction(
        work, lambda memory: ctx.publish("memory.unshared", memory_id=memory.id, agent_id=agent_id)
    )
    return Receipt.of(memory)


@tool(scope="memory:read", read_only=True, idempotent=True)
async def memory_grants(
    ctx: Context,
    memory_id: MemoryId,
    after: Annotated[
        AgentId | None, Field(description="Read on after this agent, the last of the list before.")
    ] = None,
) -> list[Grant]:
    """List with whom you have shared a memory of yours, by the agents' names, 100 at a time."""

    def work(session: Session) -> list[Grant]:
        reading.get(session, memory_id, and_(owned(ctx.principal), present()))
        page = grants.page(session, memory_id, after, MOST_LISTED)
        return [Grant.model_validate(grant) for grant in page]

    return await ctx.transaction(work)
