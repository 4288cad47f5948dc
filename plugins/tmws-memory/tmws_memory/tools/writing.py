"""To store, change, delete and restore memories."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from tmws_core import Context, tool
from tmws_core.tool_errors import ToolError
from tmws_memory import changes, removal, storage
from tmws_memory.access import refuse_level
from tmws_memory.answers import Receipt, StoreReceipt
from tmws_memory.draft import Draft, refuse_large_facts, refuse_too_large
from tmws_memory.lifetime import end_of_life
from tmws_memory.models.memory import Memory
from tmws_memory.settings import MemorySettings
from tmws_memory.state import MemoryState
from tmws_memory.tools.arguments import (
    AccessLevel,
    Content,
    Days,
    Facts,
    Importance,
    Link,
    MemoryId,
    MemoryType,
    Namespace,
    SessionName,
    Tags,
    TimeToLive,
    Version,
)

MOST_AT_ONCE = 200
"""How many memories are stored at once: so many receipts fit into one answer."""


class NewMemory(BaseModel):
    """A memory to be stored."""

    model_config = ConfigDict(extra="forbid")

    content: Content
    tags: Tags = []
    memory_type: MemoryType = "general"
    importance: Importance = 0.5
    context: Facts = {}
    source_url: Link = None
    access_level: AccessLevel = "private"
    ttl_days: TimeToLive = None
    session: SessionName = None
    namespace: Namespace = None


@tool(scope="memory:write", listed=True)
async def memory_store(
    ctx: Context,
    content: Content,
    tags: Tags = [],  # noqa: B006 -- pydantic copies a default before it is used
    memory_type: MemoryType = "general",
    importance: Importance = 0.5,
    context: Facts = {},  # noqa: B006 -- see tags
    source_url: Link = None,
    access_level: AccessLevel = "private",
    ttl_days: TimeToLive = None,
    session: SessionName = None,
    namespace: Namespace = None,
) -> StoreReceipt:
    """Remember something for later: a fact, a decision, a preference, a lesson; never a password or another secret.

    The same text is not stored twice.
    """
    new = NewMemory.model_construct(
        content=content,
        tags=tags,
        memory_type=memory_type,
        importance=importance,
        context=context,
        source_url=source_url,
        access_level=access_level,
        ttl_days=ttl_days,
        session=session,
        namespace=namespace,
    )
    (stored,) = await _store(ctx, [_draft(ctx, new, ctx.settings(MemorySettings))])
    return stored


@tool(scope="memory:write")
async def memory_store_many(
    ctx: Context,
    memories: Annotated[list[NewMemory], Field(min_length=1, max_length=MOST_AT_ONCE, description="What to store.")],
) -> list[StoreReceipt]:
    """Remember several things at once: all of them are stored, or none."""
    settings = ctx.settings(MemorySettings)
    return await _store(ctx, [_numbered_draft(ctx, new, number, settings) for number, new in enumerate(memories)])


@tool(scope="memory:write", destructive=True, listed=True)
async def memory_update(
    ctx: Context,
    memory_id: MemoryId,
    content: Annotated[Content | None, Field(description="The new text.")] = None,
    tags: Annotated[Tags | None, Field(description="The new tags, instead of all former ones.")] = None,
    memory_type: Annotated[MemoryType | None, Field(description="The new kind.")] = None,
    importance: Annotated[Importance | None, Field(description="The new importance.")] = None,
    context: Annotated[Facts | None, Field(description="The new facts, instead of all former ones.")] = None,
    source_url: Annotated[Link, Field(description="Where it comes from now.")] = None,
    access_level: Annotated[
        AccessLevel | None, Field(description="Who may read it from now on; its owner alone changes that.")
    ] = None,
    ttl_days: Annotated[Days | None, Field(description="From now, after how many days it is forgotten.")] = None,
    expected_version: Annotated[
        Version | None, Field(description="Refuse the change when the memory is not at this version any more.")
    ] = None,
) -> Receipt:
    """Change a memory of yours, or one shared with you to write. What is not given stays as it is.

    The former version stays readable for its owner.
    """
    given = {
        "content": content,
        "tags": tags,
        "memory_type": memory_type,
        "importance_score": importance,
        "context": context,
        "source_url": source_url,
        "access_level": access_level,
    }
    settings = ctx.settings(MemorySettings)
    if content is not None:
        refuse_too_large(content, settings)
    if context is not None:
        refuse_large_facts(context, settings)
    if access_level is not None:
        refuse_level(ctx.principal, access_level)
    work = partial(
        changes.update,
        principal=ctx.principal,
        memory_id=memory_id,
        changes={column: value for column, value in given.items() if value is not None},
        ttl_days=ttl_days,
        expected_version=expected_version,
        settings=settings,
    )
    memory = await ctx.transaction(work, partial(_tell, ctx, "memory.updated"))
    ctx.state(MemoryState).worker.wake()
    return Receipt.of(memory)


@tool(scope="memory:write", destructive=True, idempotent=True, listed=True)
async def memory_delete(ctx: Context, memory_id: MemoryId) -> Receipt:
    """Delete a memory of yours, or one shared with you to delete.

    Its owner can bring it back with memory_restore for some days; then it is gone.
    """
    work = partial(removal.delete, principal=ctx.principal, memory_id=memory_id)
    memory = await ctx.transaction(work, partial(_tell, ctx, "memory.deleted"))
    return Receipt.of(memory)


@tool(scope="memory:write", idempotent=True)
async def memory_restore(ctx: Context, memory_id: MemoryId) -> Receipt:
    """Bring back a memory of yours that was deleted, or that a consolidation has put into the archive."""
    work = partial(removal.restore, principal=ctx.principal, memory_id=memory_id)
    memory = await ctx.transaction(work, partial(_tell, ctx, "memory.restored"))
    ctx.state(MemoryState).worker.wake()
    return Receipt.of(memory)


def _tell(ctx: Context, event: str, memory: Memory) -> None:
    ctx.publish(event, memory_id=memory.id, namespace=memory.namespace)


async def _store(ctx: Context, drafts: Sequence[Draft]) -> list[StoreReceipt]:
    def tell(stored: Sequence[storage.Stored]) -> None:
        for one in stored:
            if not one.is_duplicate:
                _tell(ctx, "memory.stored", one.memory)

    stored = await ctx.transaction(partial(storage.store, principal=ctx.principal, drafts=drafts), tell)
    ctx.state(MemoryState).worker.wake()
    return [StoreReceipt.for_stored(one) for one in stored]


def _numbered_draft(ctx: Context, new: NewMemory, number: int, settings: MemorySettings) -> Draft:
    try:
        return _draft(ctx, new, settings)
    except ToolError as error:
        told = f"memories.{number}: {error.message}"
        raise type(error)(told, hint=error.hint, details=error.details | {"memory": number}) from error


def _draft(ctx: Context, new: NewMemory, settings: MemorySettings) -> Draft:
    refuse_too_large(new.content, settings)
    refuse_large_facts(new.context, settings)
    refuse_level(ctx.principal, new.access_level)
    values: dict[str, Any] = {name: getattr(new, name) for name in NewMemory.model_fields}
    days = values.pop("ttl_days")
    values["namespace"] = new.namespace or ctx.principal.namespace
    return Draft(**values, expires_at=end_of_life(days, new.access_level, settings))
