"""`tmws memory reindex`: brings the words and the meanings under which memories are found up to date."""

from functools import partial
from typing import Annotated, Self

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

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
    condition = await _to_embed(ctx, everything=all) if with_meaning else None
    status = ctx.state(MemoryState).meaning.status
    if condition is None and meaning:
        raise ToolError(f"nothing can be embedded: {status}", hint="the words alone can be done with --words")
    report = Reindexed(meaning=status)
    bar = await _Bar.over(ctx, condition, with_words=with_words)
    if with_words:
        await _words(ctx, report, bar)
    if condition is not None:
        await _meaning(ctx, report, bar, condition)
    return report


class _Bar:
    """One bar for all parts."""

    def __init__(self, ctx: Context, total: int) -> None:
        self._ctx = ctx
        self._done, self._total = 0, total

    @classmethod
    async def over(cls, ctx: Context, condition: ColumnElement[bool] | None, *, with_words: bool) -> Self:
        def how_many(session: Session) -> int:
            words = reindexing.to_compare(session) if with_words else 0
            return words + (0 if condition is None else reindexing.to_embed(session, condition))

        return cls(ctx, await ctx.application.database.transaction(how_many, read_only=True))

    async def advance(self, size: int, message: str) -> None:
        self._done += size
        self._total = max(self._total, self._done)  # what is stored meanwhile comes on top
        await self._ctx.progress(self._done, self._total, message)


def _chosen(this: bool | None, other: bool | None) -> bool:
    """Whether one of two parts is wanted: one that is named excludes the other unless that is named, too."""
    return this if this is not None else other is not True


async def _words(ctx: Context, report: Reindexed, bar: _Bar) -> None:
    database = ctx.application.database
    after = None
    while compared := await database.transaction(
        partial(reindexing.compare, after=after, most=MEMORIES_IN_A_TRANSACTION), read_only=True
    ):
        after = compared.last
        report.compared += compared.size
        if compared.wrong:
            report.mended += await ctx.transaction(partial(reindexing.mend, memory_ids=compared.wrong))
        await bar.advance(compared.size, "comparing words")
    while taken := await ctx.transaction(partial(reindexing.take_out, most=MEMORIES_IN_A_TRANSACTION)):
        report.taken_out += taken
    if not await ctx.transaction(consistency.search_index_is_sound):
        await ctx.transaction(consistency.rebuild_search_index)
        report.search_index_rebuilt = True


async def _to_embed(ctx: Context, *, everything: bool) -> ColumnElement[bool] | None:
    """The condition that a memory is to be embedded; None when there is no embedder."""
    meaning = ctx.state(MemoryState).meaning
    embedder = await meaning.embedder()
    if embedder is None:
        return None
    in_table = consistency.keeps_vectors_in_table(await meaning.index())
    return reindexing.without_vector_of(embedder.name, embedder.dimension, everything=everything, in_table=in_table)


async def _meaning(ctx: Context, report: Reindexed, bar: _Bar, condition: ColumnElement[bool]) -> None:
    from tmws_memory.embedders.embedder import EmbedderUnavailable

    worker, after = ctx.state(MemoryState).worker, ""
    try:
        while batch := await worker.again(condition, after):
            after = batch.last
            report.embedded += batch.done.ready
            report.failed += batch.done.failed
            await bar.advance(batch.size, "embedding")
    except EmbedderUnavailable as error:
        raise ToolError(
            f"{report.embedded} memories were embedded, then: {error}",
            hint="run it again; it goes on where it stopped",
        ) from error
