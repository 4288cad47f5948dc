"""`tmws memory reindex`: brings the words and the meanings under which memories are found up to date."""

from functools import partial
from typing import Annotated

from pydantic import BaseModel, Field

from tmws_core import Context, command
from tmws_core.tool_errors import InvalidArguments, ToolError
from tmws_memory import consistency, reindexing
from tmws_memory.state import MemoryState

MEMORIES_IN_A_TRANSACTION = 500


class Reindexed(BaseModel):
    """What was found and done."""

    compared: int = Field(default=0, description="Memories that were compared with their documents.")
    mended: int = Field(default=0, description="Memories whose document was missing or out of date.")
    taken_out: int = Field(default=0, description="Deleted or archived memories that were still in the index.")
    search_index_rebuilt: bool = Field(default=False, description="The full-text index was damaged, and was made anew.")
    embedded: int = Field(default=0, description="Memories that got a vector.")
    failed: int = Field(default=0, description="Memories that the embedder could not take.")
    meaning: str = Field(default="", description="By which model memories are found by meaning, or why they are not.")


@command(scope="memory:govern")
async def reindex(
    ctx: Context,
    words: Annotated[bool | None, Field(description="Only the words.")] = None,
    meaning: Annotated[bool | None, Field(description="Only the meanings.")] = None,
    all: Annotated[bool, Field(description="Embed also what the present model has embedded.")] = False,  # noqa: A002 -- the option's name
) -> Reindexed:
    """Compare all memories with the index and mend it; embed what the present model has not embedded.

    It works in small transactions beside a running server. When it is interrupted, what was done stays, and the next
    run does the rest.
    """
    with_words, with_meaning = _chosen(words, meaning), _chosen(meaning, words)
    if not (with_words or with_meaning):
        raise InvalidArguments("reindex: neither words nor meaning is left to do", hint="leave one of the options out")
    report = Reindexed()
    if with_words:
        await _words(ctx, report)
    if with_meaning:
        await _meaning(ctx, report, everything=all)
    report.meaning = ctx.state(MemoryState).meaning.status
    return report


def _chosen(this: bool | None, other: bool | None) -> bool:
    """Whether one of two parts is wanted: one that is named excludes the other unless that is named, too."""
    return this if this is not None else other is not True


async def _words(ctx: Context, report: Reindexed) -> None:
    database = ctx.application.database
    total = await database.transaction(reindexing.to_compare, read_only=True)
    after = ""
    while compared := await database.transaction(
        partial(reindexing.compare, after=after, most=MEMORIES_IN_A_TRANSACTION), read_only=True
    ):
        after = compared.last
        if compared.wrong:
            report.mended += await ctx.transaction(partial(reindexing.mend, memory_ids=compared.wrong))
        report.compared += compared.size
        await ctx.progress(report.compared, max(total, report.compared), "comparing words")
    while taken := await ctx.transaction(partial(reindexing.take_out, most=MEMORIES_IN_A_TRANSACTION)):
        report.taken_out += taken
    if not await ctx.transaction(consistency.search_index_is_sound):
        await ctx.transaction(consistency.rebuild_search_index)
        report.search_index_rebuilt = True


async def _meaning(ctx: Context, report: Reindexed, *, everything: bool) -> None:
    from tmws_memory.embedders.embedder import EmbedderUnavailable

    state, database = ctx.state(MemoryState), ctx.application.database
    embedder = await state.meaning.embedder()
    if embedder is None:
        raise ToolError(f"nothing can be embedded: {state.meaning.status}", hint="the words alone: --words")
    condition = reindexing.without_vector_of(
        embedder.name,
        embedder.dimension,
        everything=everything,
        in_table=consistency.keeps_vectors_in_table(await state.meaning.index()),
    )
    begun = report.compared  # one bar for both: what is done must grow
    total = await database.transaction(partial(reindexing.to_embed, condition=condition), read_only=True)
    done, after = 0, ""
    try:
        while batch := await state.worker.again(condition, after):
            after, done = batch.last, done + batch.size
            report.embedded += batch.done.ready
            report.failed += batch.done.failed
            await ctx.progress(begun + done, begun + max(total, done), f"embedding with {embedder.name}")
    except EmbedderUnavailable as error:
        raise ToolError(
            f"{done} of {total} memories were embedded, then: {error}", hint="run it again; it goes on where it stopped"
        ) from error
