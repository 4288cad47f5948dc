"""What agents can call."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from tmws_core import Context, tool
from tmws_core.fields import Slug, StorableText
from tmws_memory import memories
from tmws_memory.facts import StorableFacts

Content = Annotated[StorableText, Field(min_length=1, description="The text to remember.")]
MemoryId = Annotated[str, Field(description="The identifier of a memory.")]
MemoryType = Annotated[Slug, Field(description="What kind of memory it is, such as general, decision or preference.")]
Tags = Annotated[list[StorableText], Field(max_length=50, description="Words to find it by, besides its text.")]
Importance = Annotated[float, Field(strict=True, ge=0, le=1, description="How much it matters, from 0 to 1.")]
Place = Annotated[Slug | None, Field(description="The namespace; without it, the caller's own.")]
Facts = Annotated[StorableFacts, Field(description="Facts about the memory, as JSON.")]
Version = Annotated[int, Field(strict=True, ge=1, description="A version of a memory.")]
Limit = Annotated[int, Field(strict=True, ge=1, le=100)]
Link = Annotated[StorableText | None, Field(description="Where it comes from.")]


class StoredMemory(BaseModel):
    """A memory as an agent sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    content: str
    memory_type: str
    tags: list[str]
    importance: float = Field(validation_alias="importance_score")
    context: dict[str, Any]
    source_url: str | None
    namespace: str
    agent_id: str
    version: int
    created_at: datetime
    updated_at: datetime


class MemoryPage(BaseModel):
    """A part of the memories of a namespace, newest first."""

    memories: list[StoredMemory]
    total: int
    limit: int
    offset: int


class Hit(BaseModel):
    """A memory that a search found; a higher score is better, and scores of different questions do not compare."""

    memory: StoredMemory
    score: float


class Deleted(BaseModel):
    """What was deleted."""

    id: str


@tool(scope="memory:write", listed=True)
async def memory_store(
    ctx: Context,
    content: Content,
    tags: Tags = [],  # noqa: B006 -- pydantic copies a default before it is used
    memory_type: MemoryType = "general",
    importance: Importance = 0.5,
    context: Facts = {},  # noqa: B006 -- see tags
    source_url: Link = None,
    namespace: Place = None,
) -> StoredMemory:
    """Remember something for later: a fact, a decision, a preference, a lesson."""
    memory = await memories.store(
        ctx,
        content,
        namespace or ctx.principal.namespace,
        tags=tags,
        memory_type=memory_type,
        importance_score=importance,
        context=context,
        source_url=source_url,
    )
    return StoredMemory.model_validate(memory)


@tool(scope="memory:read", read_only=True, idempotent=True, listed=True)
async def memory_get(ctx: Context, memory_id: MemoryId) -> StoredMemory:
    """Read one memory by its identifier."""
    return StoredMemory.model_validate(await memories.get(ctx, memory_id))


@tool(scope="memory:read", read_only=True, idempotent=True, listed=True)
async def memory_list(
    ctx: Context,
    memory_type: Annotated[MemoryType | None, Field(description="Only memories of this kind.")] = None,
    limit: Limit = 20,
    offset: Annotated[int, Field(strict=True, ge=0, le=1_000_000, description="How many newer ones to pass over.")] = 0,
    namespace: Place = None,
) -> MemoryPage:
    """List memories, newest first."""
    found, total = await memories.page(ctx, namespace or ctx.principal.namespace, memory_type, limit, offset)
    listed = [StoredMemory.model_validate(memory) for memory in found]
    return MemoryPage(memories=listed, total=total, limit=limit, offset=offset)


@tool(scope="memory:read", read_only=True, idempotent=True, listed=True)
async def memory_search(
    ctx: Context,
    query: Annotated[StorableText, Field(min_length=1, max_length=10_000, description="A question, or just words.")],
    limit: Limit = 10,
    namespace: Place = None,
) -> list[Hit]:
    """Find memories by their words, best first. Any word may match; rare words count most."""
    found = await memories.search(ctx, query, namespace or ctx.principal.namespace, limit)
    return [Hit(memory=StoredMemory.model_validate(memory), score=score) for memory, score in found]


@tool(scope="memory:write", destructive=True, listed=True)
async def memory_update(
    ctx: Context,
    memory_id: MemoryId,
    content: Annotated[Content | None, Field(description="The new text.")] = None,
    tags: Annotated[Tags | None, Field(description="The new tags, instead of all former ones.")] = None,
    memory_type: Annotated[MemoryType | None, Field(description="The new kind.")] = None,
    importance: Annotated[Importance | None, Field(description="The new importance.")] = None,
    context: Annotated[Facts | None, Field(description="The new facts, instead of all former ones.")] = None,
    expected_version: Annotated[
        Version | None, Field(description="Refuse the change when the memory is not at this version any more.")
    ] = None,
) -> StoredMemory:
    """Change a memory. What is not given stays as it is."""
    given = {
        "content": content,
        "tags": tags,
        "memory_type": memory_type,
        "importance_score": importance,
        "context": context,
    }
    changes = {column: value for column, value in given.items() if value is not None}
    return StoredMemory.model_validate(await memories.update(ctx, memory_id, changes, expected_version))


@tool(scope="memory:write", destructive=True, idempotent=True, listed=True)
async def memory_delete(ctx: Context, memory_id: MemoryId) -> Deleted:
    """Delete a memory for good."""
    return Deleted(id=(await memories.delete(ctx, memory_id)).id)
