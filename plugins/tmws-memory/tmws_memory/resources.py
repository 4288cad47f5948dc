"""What MCP clients can read by URI."""

from tmws_core import Context, resource
from tmws_memory import reading
from tmws_memory.access import readable


@resource("memory://{memory_id}", scope="memory:read")
async def memory(ctx: Context, memory_id: str) -> str:
    """The text of a memory."""
    recalled = await ctx.transaction(lambda session: reading.get(session, memory_id, readable(ctx.principal)))
    return recalled.memory.content
