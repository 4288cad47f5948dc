"""To find memories."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from tmws_core import Context, tool
from tmws_core.columns import utc_now
from tmws_core.fields import StorableText
from tmws_memory import cursor as cursors
from tmws_memory import reading
from tmws_memory.answers import RecalledMemory, that_fit
from tmws_memory.filters import Filters
from tmws_memory.search.postings import Posting, Scope, postings
from tmws_memory.settings import MemorySettings
from tmws_memory.state import MemoryState
from tmws_memory.tools.arguments import (
    Cursor,
    FilterAgent,
    FilterTags,
    FilterType,
    Limit,
    Namespace,
    Since,
    Until,
)
from tmws_memory.words import asked, indexed

if TYPE_CHECKING:
    from tmws_memory.search.ranking import Ranked
    from tmws_memory.search.search import Meaning

DEEPEST = 500
"""How many hits can be read page by page."""


class Why(BaseModel):
    """Why a memory was found."""

    words: list[str] = Field(description="The words of the question that it has.")
    nearby: list[str] = Field(description="Those that only its neighbours in the same session have.")
    similarity: float | None = Field(description="The cosine of the meanings; null when it is not known.")
    importance: float
    freshness: float
    trust: float


class Hit(BaseModel):
    """A memory that a search found; a higher score is better, and scores of different questions do not compare."""

    score: float
    why: Why
    memory: RecalledMemory


class Hits(BaseModel):
    """What a search found, best first."""

    hits: list[Hit]
    next_cursor: str | None = Field(description="Give it as cursor to read on; null at the end.")
    meaning: str = Field(description="By which model memories were found by meaning, or why they were not.")


@tool(scope="memory:read", read_only=True, idempotent=True, listed=True)
async def memory_search(
    ctx: Context,
    query: Annotated[StorableText, Field(min_length=1, max_length=10_000, description="A question, or just words.")],
    memory_type: FilterType = None,
    tags: FilterTags = [],  # noqa: B006 -- pydantic copies a default before it is used
    agent_id: FilterAgent = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 10,
    cursor: Cursor = None,
    namespace: Namespace = None,
) -> Hits:
    """Find memories by their words and their meaning, best first. Any word may match; rare words count most."""
    filters = Filters(
        namespace=namespace or ctx.principal.namespace,
        memory_type=memory_type,
        tags=tags,
        agent_id=agent_id,
        since=since,
        until=until,
    )
    asked_for = f"search {filters.digest} {query}"
    begin = 0 if cursor is None else int(cursors.decode(cursor, ctx.principal, asked_for))
    ranked = (await find(ctx, query, filters))[:DEEPEST]
    page = ranked[begin : begin + limit]
    found = await _recalled(ctx, page)
    shown = {memory.id: memory for memory in that_fit(found)}
    hits = [_hit(one, shown[one.candidate.memory_id]) for one in page if one.candidate.memory_id in shown]
    state = ctx.state(MemoryState)
    state.accesses.note_recall(ctx.principal, filters.namespace, shown)
    end = begin + len(page) - (len(found) - len(shown))
    more = cursors.encode(end, ctx.principal, asked_for) if end < len(ranked) else None
    return Hits(hits=hits, next_cursor=more, meaning=state.meaning.status)


async def find(ctx: Context, query: str, filters: Filters) -> "list[Ranked]":
    """The memories that a question finds, best first.

    Args:
        ctx: the call.
        query: the question, or just words.
        filters: where to look.
    """
    from tmws_memory.search.search import search  # numpy takes long to import, and a start must not wait for it

    state, settings = ctx.state(MemoryState), ctx.settings(MemorySettings)
    words = asked(query)
    if not words:
        return []
    scope = Scope(ctx.principal, filters)

    def look_up(session: Session) -> tuple[list[Posting], int]:
        size = state.sizes.of(session, scope)
        return postings(session, words, scope, size), size

    found, size = await ctx.transaction(look_up)
    meaning = await _meaning(state, filters, found, size)
    everything_asked = indexed(query).split()
    return await ctx.transaction(
        lambda session: search(session, ctx.principal, filters, everything_asked, found, meaning, utc_now(), settings)
    )


async def _meaning(state: MemoryState, filters: Filters, found: Sequence[Posting], size: int) -> "Meaning | None":
    from tmws_memory.search.search import Meaning, space_of, words_to_embed

    vector = await state.meaning.of_question(" ".join(words_to_embed(found, size)))
    embedder = await state.meaning.embedder()
    if vector is None or embedder is None or not vector.any():
        return None
    return Meaning(await state.meaning.index(), space_of(filters, embedder.name, embedder.dimension), vector)


async def _recalled(ctx: Context, page: "Sequence[Ranked]") -> list[reading.Recalled]:
    identifiers = [one.candidate.memory_id for one in page]
    known = await ctx.transaction(lambda session: reading.many(session, identifiers, ctx.principal))
    return [known[identifier] for identifier in identifiers if identifier in known]


def _hit(ranked: "Ranked", memory: RecalledMemory) -> Hit:
    why = Why(
        words=ranked.words,
        nearby=ranked.nearby,
        similarity=ranked.similarity,
        importance=ranked.candidate.importance,
        freshness=ranked.freshness,
        trust=ranked.candidate.trust,
    )
    return Hit(score=ranked.score, why=why, memory=memory)
