"""To make one memory of several, to see where it comes from, and to take that back."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from tmws_core import Context, tool
from tmws_core.tool_errors import InvalidArguments, TooLarge
from tmws_memory import consolidation, provenance
from tmws_memory.answers import Kind, Receipt
from tmws_memory.budget import part
from tmws_memory.consolidation import (
    MOST_SOURCE_CHARACTERS,
    MOST_SOURCES,
    Condensed,
    Consolidated,
    Method,
    WrittenBy,
)
from tmws_memory.draft import refuse_large_facts, refuse_too_large
from tmws_memory.models.memory import Memory
from tmws_memory.settings import MemorySettings
from tmws_memory.state import MemoryState
from tmws_memory.tools.arguments import MemoryId
from tmws_memory.writer import written

MOST_BYTES_SHOWN = 10_000
EXCERPT = 200

ConsolidationMethod = Annotated[
    Method,
    Field(
        description="summary: a few of their sentences; merge: all of them, each thing once; compress: as merge, but "
        "without what says least new."
    ),
]
Writer = Annotated[
    WrittenBy,
    Field(description="extractive: each sentence stands in a source; model: your client's model wrote it."),
]
ConsolidationId = Annotated[str, Field(description="The identifier of a consolidation.")]


class ConsolidatedSource(BaseModel):
    """A memory that went into another one."""

    id: str
    agent_id: str
    version: int
    archived: bool = Field(description="Put aside; memory_unconsolidate or memory_restore brings it back.")


class ConsolidationResult(BaseModel):
    """What memories have become, or would become."""

    kind: Kind = "data"
    consolidation_id: str | None = Field(description="null for a dry run, which has stored nothing.")
    memory: Receipt | None
    method: ConsolidationMethod
    written_by: Writer
    note: str | None = Field(description="Why the model did not write it, when it was to.")
    text: str
    text_is_complete: bool = Field(description="When false, memory_get reads on.")
    access_level: str = Field(description="The narrowest of the sources'.")
    tags: list[str]
    expires_at: datetime | None
    sources: list[ConsolidatedSource]


class UnconsolidationResult(BaseModel):
    """What came back."""

    deleted: Receipt
    restored: list[Receipt]


class KnownOrigin(BaseModel):
    """A source that the caller may see, as it is now."""

    kind: Kind = "data"
    id: str
    agent_id: str
    state: Literal["present", "archived"]
    unchanged: bool = Field(description="Whether it still says what it said when it was consolidated.")
    excerpt: str
    created_at: datetime


class MemoryProvenance(BaseModel):
    """How a memory was made out of others."""

    consolidation_id: str
    method: ConsolidationMethod
    written_by: Writer | None
    agent_id: str = Field(description="Who has consolidated them.")
    consolidated_at: datetime
    undone: bool
    sources: list[KnownOrigin] = Field(description="Those that you may see.")


@tool(scope="memory:write", destructive=True)
async def memory_consolidate(
    ctx: Context,
    memory_ids: Annotated[
        list[MemoryId],
        Field(min_length=1, max_length=MOST_SOURCES, description="Two or more memories; to compress, one or more."),
    ],
    method: ConsolidationMethod = "summary",
    dry_run: Annotated[bool, Field(description="Only show what they would become; this asks no model.")] = False,
    most_characters: Annotated[
        int, Field(strict=True, ge=50, le=10_000, description="How long a summary may be.")
    ] = 2_000,
    share: Annotated[
        float, Field(strict=True, gt=0, le=1, description="How long a compressed text is to be, as a share.")
    ] = 0.5,
    archive_sources: Annotated[
        bool, Field(description="Put those that are yours into the archive, from which they can be restored.")
    ] = True,
    ask_model: Annotated[bool, Field(description="Let your client's model write a summary, if it has one.")] = True,
) -> ConsolidationResult:
    """Make one memory of several. The result keeps where it comes from, and memory_unconsolidate takes it back."""
    sources = await _sources(ctx, memory_ids, method)
    await ctx.progress(1, 3, f"condensing {len(sources)} memories")
    condensed_text = await written(ctx, sources, method, most_characters, share, ask_model=ask_model and not dry_run)
    await ctx.progress(2, 3, "storing what they have become")
    settings = ctx.settings(MemorySettings)
    refuse_too_large(condensed_text.text, settings)
    refuse_large_facts(consolidation.draft_of(ctx.principal, sources, condensed_text.text).context, settings)
    condensed = Condensed(
        text=condensed_text.text,
        method=method,
        written_by=condensed_text.by,
        parameters=_parameters(method, most_characters, share),
        sources=sources,
        archives=archive_sources,
    )
    if dry_run:
        return _result(ctx, condensed, None, None)
    consolidated = await _consolidated(ctx, condensed)
    await ctx.progress(3, 3, "done")
    return _result(ctx, condensed, consolidated, condensed_text.note)


@tool(scope="memory:write", destructive=True)
async def memory_unconsolidate(ctx: Context, consolidation_id: ConsolidationId) -> UnconsolidationResult:
    """Take back a consolidation of yours: delete what was made, and bring its sources back from the archive."""

    def tell(undone: consolidation.Undone) -> None:
        restored = [memory.id for memory in undone.restored]
        ctx.publish("memory.unconsolidated", consolidation_id=consolidation_id, restored=restored)

    work = partial(consolidation.undo, principal=ctx.principal, consolidation_id=consolidation_id)
    undone = await ctx.transaction(work, tell)
    ctx.state(MemoryState).worker.wake()
    return UnconsolidationResult(
        deleted=Receipt.of(undone.deleted), restored=[Receipt.of(memory) for memory in undone.restored]
    )


@tool(scope="memory:read", read_only=True, idempotent=True)
async def memory_provenance(ctx: Context, memory_id: MemoryId) -> list[MemoryProvenance]:
    """Tell from which memories one was made, as far as you may see them; nothing when it was stored as it is."""
    found = await ctx.transaction(lambda session: provenance.of(session, ctx.principal, memory_id))
    return [_provenance(one) for one in found]


async def _sources(ctx: Context, memory_ids: Sequence[str], method: Method) -> list[Memory]:
    wanted = list(dict.fromkeys(memory_ids))
    if len(wanted) < 2 and method != "compress":
        raise InvalidArguments(
            f"memory_ids: {method} takes two memories or more", hint="name another one, or use compress"
        )

    def read(session: Session) -> list[Memory]:
        return consolidation.sources(session, ctx.principal, wanted)

    # read outside of the call's own transaction, which others would wait for while the model is asked
    found = await ctx.application.database.transaction(read, read_only=True)
    characters = sum(len(memory.content) for memory in found)
    if characters > MOST_SOURCE_CHARACTERS:
        raise TooLarge(
            f"memory_ids: they have {characters} characters together, and one consolidation takes "
            f"{MOST_SOURCE_CHARACTERS}",
            hint="consolidate fewer of them at a time",
        )
    return found


def _parameters(method: Method, most_characters: int, share: float) -> dict[str, Any]:
    match method:
        case "summary":
            return {"most_characters": most_characters}
        case "compress":
            return {"share": share}
        case "merge":
            return {}


async def _consolidated(ctx: Context, condensed: Condensed) -> Consolidated:
    def tell(done: Consolidated) -> None:
        ctx.publish(
            "memory.consolidated",
            memory_id=done.memory.id,
            consolidation_id=done.consolidation.id,
            method=condensed.method,
            written_by=condensed.written_by,
            archived=[memory.id for memory in done.archived],
        )

    work = partial(consolidation.consolidate, principal=ctx.principal, condensed=condensed)
    done = await ctx.transaction(work, tell)
    ctx.state(MemoryState).worker.wake()
    return done


def _result(ctx: Context, condensed: Condensed, done: Consolidated | None, note: str | None) -> ConsolidationResult:
    draft = consolidation.draft_of(ctx.principal, condensed.sources, condensed.text)
    shown, next_offset = part(condensed.text, 0, MOST_BYTES_SHOWN)
    return ConsolidationResult(
        consolidation_id=None if done is None else done.consolidation.id,
        memory=None if done is None else Receipt.of(done.memory),
        method=condensed.method,
        written_by=condensed.written_by,
        note=note,
        text=shown,
        text_is_complete=next_offset is None,
        access_level=draft.access_level if done is None else done.memory.access_level,
        tags=draft.tags,
        expires_at=draft.expires_at,
        sources=[
            ConsolidatedSource(
                id=one.id,
                agent_id=one.agent_id,
                version=one.version,
                archived=condensed.archives and one.agent_id == ctx.principal.agent_id,
            )
            for one in condensed.sources
        ],
    )


def _provenance(one: provenance.Provenance) -> MemoryProvenance:
    about = one.consolidation.consolidation_metadata
    shown = {
        "consolidation_id": one.consolidation.id,
        "method": one.consolidation.consolidation_type,
        "written_by": about.get("written_by"),
        "agent_id": one.consolidation.agent_id,
        "consolidated_at": one.consolidation.created_at,
        "undone": "undone_at" in about,
        "sources": [_origin(source) for source in one.sources],
    }
    return MemoryProvenance.model_validate(shown)


def _origin(source: provenance.KnownSource) -> KnownOrigin:
    memory = source.memory
    return KnownOrigin(
        id=memory.id,
        agent_id=memory.agent_id,
        state="present" if memory.archived_at is None else "archived",
        unchanged=source.is_unchanged,
        excerpt=memory.content[:EXCERPT],
        created_at=memory.created_at,
    )
