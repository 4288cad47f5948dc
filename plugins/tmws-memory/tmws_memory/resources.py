"""What MCP clients can read by URI."""

from tmws_core import Context, resource
from tmws_memory import memories


@resource("memory://{memory_id}", scope="memory:read")
async def memory(ctx: Context, memory_id: str) -> str:
    """The text of a memory."""
    return (await memories.get(ctx, memory_id)).content
