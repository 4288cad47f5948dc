"""To propose which memories could become one."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, Field
from sqlalchemy import and_

from tmws_core import Context, tool
from tmws_memory.access import owned, present, readable
from tmws_memory.answers import Kind
from tmws_memory.budget import while_they_fit
from tmws_memory.models.memory import Memory
from tmws_memory.state import MemoryState
from tmws_memory.tools.arguments import Namespace

if TYPE_CHECKING:
    # numpy takes long to import, and a start must not wait for it
    from tmws_memory.corpus import Corpus
    from tmws_memory.proposals import Proposal

EXCERPT = 200
PREVIEW = 1_500
MEMBERS_SHOWN = 10

ProposalKind = Literal["duplicates", "topics"]


class ProposedMember(BaseModel):
    """One of the memories that could become one."""

    kind: Kind = "data"
    id: str
    excerpt: str
    similarity: float | None = Field(description="How similar it is to the first one; null for a topic.")
    created_at: datetime


class ConsolidationProposal(BaseModel):
    """Memories that could become one."""

    kind: Kind = "data"
    memory_ids: list[str] = Field(description="What to give memory_consolidate.")
    method: Literal["merge", "summary"] = Field(description="What is suggested.")
    words: list[str] = Field(description="The words that tell the topic; none for near duplicates.")
    cohesion: float = Field(description="How near they are to each other, from 0 to 1.")
    members: list[ProposedMember] = Field(description=f"The first {MEMBERS_SHOWN} of them.")
    preview: str = Field(description="The text that they would become, without a model.")
    preview_is_complete: bool


class Proposals(BaseModel):
    """What could be consolidated."""

    proposals: list[ConsolidationProposal]
    found: int = Field(description="How many there are; ask again once these are consolidated.")
    examined: int = Field(description="How many memories were compared.")
    examined_all: bool = Field(description="False when the oldest, or very long ones, were left out.")


@tool(scope="memory:read", read_only=True, idempotent=True)
async def memory_consolidation_proposals(
    ctx: Context,
    kind: Annotated[
        ProposalKind,
        Field(description="duplicates: memories of yours that say nearly the same; topics: all on one subject."),
    ] = "duplicates",
    limit: Annotated[int, Field(strict=True, ge=1, le=20, description="How many proposals at most.")] = 5,
    namespace: Namespace = None,
) -> Proposals:
    """Propose which memories to consolidate, with a preview of what they would become. Nothing is changed."""
    from tmws_memory.corpus import MOST_CHARACTERS_FOR_DUPLICATES, MOST_CHARACTERS_FOR_TOPICS, load, space_of

    place = namespace or ctx.principal.namespace
    mine = and_(owned(ctx.principal), present())
    condition = and_(Memory.namespace == place, mine if kind == "duplicates" else readable(ctx.principal))
    most_characters = MOST_CHARACTERS_FOR_DUPLICATES if kind == "duplicates" else MOST_CHARACTERS_FOR_TOPICS
    space = await space_of(ctx.state(MemoryState).meaning, place)
    corpus = await ctx.transaction(lambda session: load(session, condition, space, most_characters))
    await ctx.progress(1, 3, f"comparing {len(corpus.items)} memories")
    found, shown = await asyncio.to_thread(_proposed, kind, corpus, limit)
    await ctx.progress(3, 3, f"{found} proposals")
    return Proposals(
        proposals=list(while_they_fit(shown)),
        found=found,
        examined=len(corpus.items),
        examined_all=corpus.is_complete,
    )


def _proposed(kind: ProposalKind, corpus: "Corpus", limit: int) -> tuple[int, list[ConsolidationProposal]]:
    from tmws_memory.proposals import proposals

    found = proposals(kind, corpus.items)
    return len(found), [_proposal(one) for one in found[:limit]]


def _proposal(one: "Proposal") -> ConsolidationProposal:
    text = one.preview(PREVIEW)
    similarities: Sequence[float | None] = one.similarities or [None] * len(one.items)
    members = [
        ProposedMember(id=item.id, excerpt=item.content[:EXCERPT], similarity=how, created_at=item.created_at)
        for item, how in zip(one.items[:MEMBERS_SHOWN], similarities, strict=False)
    ]
    return ConsolidationProposal(
        memory_ids=[item.id for item in one.items],
        method=one.method,
        words=list(one.words),
        cohesion=one.cohesion,
        members=members,
        preview=text[:PREVIEW],
        preview_is_complete=len(text) <= PREVIEW,
    )
