"""To find the patterns in what an agent stores and recalls, and to read them."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from tmws_core import Context, tool
from tmws_memory import known_patterns
from tmws_memory.answers import Kind
from tmws_memory.budget import while_they_fit
from tmws_memory.state import MemoryState
from tmws_memory.tools.arguments import Limit, Namespace

PatternType = Literal["sequence", "correlation", "cluster"]

MEMBERS_SHOWN = 10


class PatternsFound(BaseModel):
    """What a search for patterns has changed."""

    namespace: str
    found: int
    new: int = Field(description="How many of them were not there the last time.")
    former: int = Field(description="How many were there the last time, and are not any more.")
    examined: int = Field(description="In how many memories they were looked for.")
    examined_all: bool = Field(description="False when the oldest, or very long ones, were left out.")
    recalls: int = Field(description="In how many searches they were looked for.")


class RecurringPattern(BaseModel):
    """Something that recurs."""

    kind: Kind = "data"
    id: str
    pattern_type: PatternType
    what: dict[str, Any] = Field(description="What it consists of, and its measures.")
    confidence: float
    frequency: int = Field(description="In how many sessions, memories or searches it was seen.")
    active: bool = Field(description="Whether it was still there when patterns were looked for last.")
    found_at: datetime | None
    memory_ids: list[str] = Field(description=f"The newest memories in which it shows, {MEMBERS_SHOWN} at most.")


class Patterns(BaseModel):
    """The patterns of the caller, the surest first."""

    patterns: list[RecurringPattern]
    total: int


@tool(scope="memory:write", idempotent=True)
async def memory_patterns_find(ctx: Context, namespace: Namespace = None) -> PatternsFound:
    """Find what recurs in what you store and recall: sequences, correlations, topics. memory_patterns lists it."""
    from tmws_memory.corpus import space_of  # numpy takes long to import, and a start must not wait for it
    from tmws_memory.pattern_finding import Material, keep, material, patterns

    place = namespace or ctx.principal.namespace
    space = await space_of(ctx.state(MemoryState).meaning, place)

    def read(session: Session) -> Material:
        return material(session, ctx.principal, place, space)

    # read outside of the call's own transaction, which others would wait for while patterns are looked for
    read_in = await ctx.application.database.transaction(read, read_only=True)
    await ctx.progress(1, 3, f"looking for patterns in {len(read_in.corpus.items)} memories")
    found = await asyncio.to_thread(patterns, read_in)
    await ctx.progress(2, 3, f"keeping {len(found)} patterns")
    outcome = await ctx.transaction(lambda session: keep(session, ctx.principal, place, found))
    await ctx.progress(3, 3, "done")
    return PatternsFound(
        namespace=place,
        found=outcome.found,
        new=outcome.new,
        former=outcome.former,
        examined=len(read_in.corpus.items),
        examined_all=read_in.corpus.is_complete,
        recalls=len(read_in.recalls),
    )


@tool(scope="memory:read", read_only=True, idempotent=True)
async def memory_patterns(
    ctx: Context,
    pattern_type: Annotated[PatternType | None, Field(description="Only patterns of this kind.")] = None,
    min_confidence: Annotated[float, Field(strict=True, ge=0, le=1, description="Only patterns as sure.")] = 0.0,
    include_former: Annotated[bool, Field(description="Also those that were not found the last time.")] = False,
    limit: Limit = 20,
    namespace: Namespace = None,
) -> Patterns:
    """List your patterns as memory_patterns_find has found them last, the surest first."""
    place = namespace or ctx.principal.namespace

    def read(session: Session) -> tuple[Sequence[known_patterns.Known], int]:
        return known_patterns.of(
            session, ctx.principal, place, pattern_type, min_confidence, include_former=include_former, limit=limit
        )

    found, total = await ctx.transaction(read)
    return Patterns(patterns=list(while_they_fit(_shown(found))), total=total)


def _shown(found: Sequence[known_patterns.Known]) -> Iterator[RecurringPattern]:
    for one in found:
        shown = {name: getattr(one.pattern, name) for name in ("id", "pattern_type", "confidence", "frequency")}
        yield RecurringPattern(
            **shown,
            what=one.pattern.pattern_data,
            active=one.pattern.is_active,
            found_at=one.pattern.last_triggered_at,
            memory_ids=list(one.memory_ids[:MEMBERS_SHOWN]),
        )
