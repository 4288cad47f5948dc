"""What `tmws doctor` and `/readyz` ask about memories."""

from functools import partial

from tmws_core import Context, health_check
from tmws_core.tool_errors import ToolError
from tmws_memory import consistency
from tmws_memory.state import MemoryState


@health_check
async def memories(ctx: Context) -> str:
    """Whether each memory is in the index, and how many are found by meaning."""
    state = ctx.state(MemoryState)
    embedder = await state.meaning.embedder()
    counted = await ctx.transaction(partial(consistency.count, model=None if embedder is None else embedder.name))
    if counted.memories != counted.documents:
        raise ToolError(
            f"there are {counted.memories} memories and {counted.documents} documents in the index",
            hint="run `tmws memory reindex`",
        )
    said = [f"{counted.memories} memories, each in the index", state.meaning.status]
    if counted.pending:
        said.append(f"{counted.pending} wait for their vector")
    if counted.failed:
        said.append(f"{counted.failed} could not be embedded, and are tried again once a day")
    if counted.foreign:
        said.append(f"{counted.foreign} were embedded by another model: run `tmws memory reindex`")
    return "; ".join(said)
