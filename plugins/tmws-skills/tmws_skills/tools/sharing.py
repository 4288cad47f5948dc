"""To share skills with other agents, and to take that back."""

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from tmws_core import Context, tool
from tmws_core.columns import utc_now
from tmws_skills import sharing
from tmws_skills.access import READ, WRITE
from tmws_skills.announcement import announce
from tmws_skills.answers import Receipt
from tmws_skills.lookup import find_own
from tmws_skills.tools.arguments import AgentId, SkillName

MOST_LISTED = 100
Permission = Annotated[
    Literal["read", "write", "delete"], Field(description="write includes to read, delete includes both.")
]


class Share(BaseModel):
    """What an agent may do with a skill, and until when."""

    model_config = ConfigDict(from_attributes=True)

    agent_id: str
    permission: Permission
    shared_at: datetime
    expires_at: datetime | None


@tool(scope=WRITE, idempotent=True)
async def skill_share(
    ctx: Context,
    skill: SkillName,
    agent_id: AgentId,
    permission: Permission = "read",
    days: Annotated[
        float | None,
        Field(strict=True, gt=0, le=36_500, description="For how many days; without it, until you take it back."),
    ] = None,
) -> Receipt:
    """Let another agent read, change or delete a skill of yours. A private one becomes a shared one."""
    expires_at = None if days is None else utc_now() + timedelta(days=days)

    def work(session: Session) -> Receipt:
        return Receipt.of(sharing.share(session, ctx.principal, skill, agent_id, permission, expires_at))

    return await ctx.transaction(work, partial(announce, ctx, "skill.shared", agents=[agent_id]))


@tool(scope=WRITE, destructive=True, idempotent=True)
async def skill_unshare(ctx: Context, skill: SkillName, agent_id: AgentId) -> Receipt:
    """Take back what you have shared with an agent; a skill that is then shared with nobody is private again."""

    def work(session: Session) -> Receipt:
        return Receipt.of(sharing.unshare(session, ctx.principal, skill, agent_id))

    return await ctx.transaction(work, partial(announce, ctx, "skill.unshared", agents=[agent_id]))


@tool(scope=READ, read_only=True, idempotent=True)
async def skill_shares(
    ctx: Context,
    skill: SkillName,
    after: Annotated[
        AgentId | None, Field(description="Read on after this agent, the last of the list before.")
    ] = None,
) -> list[Share]:
    """List with whom you have shared a skill of yours, by the agents' names, 100 at a time."""

    def work(session: Session) -> list[Share]:
        page = sharing.page(session, find_own(session, ctx.principal, skill), after, MOST_LISTED)
        return [Share.model_validate(share) for share in page]

    return await ctx.transaction(work)
