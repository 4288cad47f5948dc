"""To say what a skill needs: tools of MCP servers, and memories."""

from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from tmws_core import Context, tool
from tmws_core.fields import StorableText
from tmws_skills import memory_filters, needed_tools
from tmws_skills.access import WRITE
from tmws_skills.memory_filters import FilterType, FilterValue, MemoryFilter
from tmws_skills.models.skill import Skill
from tmws_skills.needed_tools import THIS_SERVER, DetailLevel, LoadCondition, NeededTool
from tmws_skills.tools.loading import SkillName

ServerName = Annotated[
    StorableText, Field(min_length=1, max_length=255, description=f"The MCP server; {THIS_SERVER} is this one.")
]
ToolName = Annotated[StorableText, Field(min_length=1, max_length=255, description="The tool's name there.")]
Remove = Annotated[bool, Field(strict=True, description="Take it away instead.")]


class SkillNeeds(BaseModel):
    """What a skill needs."""

    skill: str
    tools: list[NeededTool]
    memory_filters: list[MemoryFilter]


@tool(scope=WRITE, destructive=True, idempotent=True, rate_limit="120/minute")
async def skill_tool_set(
    ctx: Context,
    skill: SkillName,
    tool: ToolName,
    server: ServerName = THIS_SERVER,
    detail_level: Annotated[
        DetailLevel, Field(description="summary: name and description; full: its arguments, too.")
    ] = "summary",
    condition: Annotated[LoadCondition, Field(description="When it is needed; without it, always.")] = LoadCondition(),  # noqa: B008 -- never changed
    remove: Remove = False,
) -> SkillNeeds:
    """Say that a skill needs a tool of an MCP server; one of this server is shown to who has the skill active."""

    def work(session: Session) -> tuple[SkillNeeds, list[str]]:
        if remove:
            found = needed_tools.remove(session, ctx.principal, skill, server, tool)
        else:
            found = needed_tools.put(session, ctx.principal, skill, server, tool, detail_level, condition)
        return _needs(session, ctx, found), needed_tools.users_of(session, found.id)

    needs, users = await ctx.transaction(work)
    if server == THIS_SERVER:
        ctx.list_changed("tools", agents=users)
    return needs


@tool(scope=WRITE, destructive=True, idempotent=True, rate_limit="120/minute")
async def skill_filter_set(
    ctx: Context,
    skill: SkillName,
    filter_type: Annotated[FilterType, Field(description="What it is about in the first place.")],
    value: Annotated[FilterValue, Field(description="What the memories have to be like.")],
    priority: Annotated[
        int, Field(strict=True, ge=-1000, le=1000, description="The higher, the earlier its memories come.")
    ] = 0,
    remove: Remove = False,
) -> SkillNeeds:
    """Say which memories a skill brings along; whoever activates it gets those of them that it may read."""

    def work(session: Session) -> SkillNeeds:
        if remove:
            found = memory_filters.remove(session, ctx.principal, skill, filter_type, value)
        else:
            found = memory_filters.put(session, ctx.principal, skill, filter_type, value, priority)
        return _needs(session, ctx, found)

    return await ctx.transaction(work)


def _needs(session: Session, ctx: Context, skill: Skill) -> SkillNeeds:
    return SkillNeeds(
        skill=f"{skill.namespace}/{skill.name}",
        tools=[NeededTool.of(row, ctx.application, ctx.principal) for row in needed_tools.needed(session, skill.id)],
        memory_filters=[MemoryFilter.of(row) for row in memory_filters.filters_of(session, skill.id)],
    )
