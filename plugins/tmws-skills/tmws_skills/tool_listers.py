"""Which tools a caller sees besides those that everybody sees: the tools that its active skills need."""

from collections.abc import Collection
from functools import partial

from tmws_core import Context, tool_lister
from tmws_skills.access import READ
from tmws_skills.needed_tools import shown


@tool_lister(scope=READ)
async def tools_of_active_skills(ctx: Context) -> Collection[str]:
    """The tools of this server that the caller's active skills need."""
    return await ctx.transaction(partial(shown, principal=ctx.principal))
