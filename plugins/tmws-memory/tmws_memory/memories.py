"""What can be done with memories; the tools only translate to and from it."""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select

from tmws_agents.registration import ensure_registered
from tmws_core import Context
from tmws_core.tool_errors import AlreadyChanged, NotFound, TooLarge
from tmws_memory import index
from tmws_memory.models.memory import Memory
from tmws_memory.settings import MemorySettings
from tmws_memory.visibility import visible_to

_IDENTIFIER = re.compile(r"[0-9a-f-]{36}")


async def store(ctx: Context, content: str, namespace: str, **values: Any) -> Memory:
    """Store a memory of the caller.

    Args:
        ctx: the call.
        content: the text.
        namespace: where it belongs.
        values: further columns of the memory.

    Raises:
        TooLarge: the text is larger than the setting allows.
    """
    _refuse_too_large(ctx, content)
    await ensure_registered(ctx.session, ctx.principal)
    memory = Memory(
        content=content, content_hash=_digest(content), agent_id=ctx.principal.agent_id, namespace=namespace, **values
    )
    ctx.session.add(memory)
    await ctx.session.flush()
    await index.put(ctx.session, memory)
    ctx.publish("memory.stored", memory_id=memory.id, namespace=namespace)
    return memory


async def get(ctx: Context, memory_id: str) -> Memory:
    """One memory.

    Raises:
        NotFound: there is none with that identifier, or the caller may not see it.
    """
    # a database may refuse even to compare with a text that is no identifier, such as one with the character NUL
    found = (
        await ctx.session.scalar(select(Memory).where(Memory.id == memory_id, visible_to(ctx.principal)))
        if _IDENTIFIER.fullmatch(memory_id)
        else None
    )
    if found is None:
        raise NotFound(f"there is no memory {memory_id!r}", hint="find the right one with memory_search or memory_list")
    return found


async def page(
    ctx: Context, namespace: str, memory_type: str | None, limit: int, offset: int
) -> tuple[Sequence[Memory], int]:
    """The newest memories of a namespace, and how many there are in all.

    Args:
        ctx: the call.
        namespace: the namespace.
        memory_type: only memories of this type.
        limit: how many at most.
        offset: how many newer ones to pass over.
    """
    conditions = [Memory.namespace == namespace, visible_to(ctx.principal)]
    if memory_type is not None:
        conditions.append(Memory.memory_type == memory_type)
    total = await ctx.session.scalar(select(func.count()).select_from(Memory).where(*conditions)) or 0
    newest_first = select(Memory).where(*conditions).order_by(Memory.created_at.desc(), Memory.id.desc())
    return (await ctx.session.scalars(newest_first.limit(limit).offset(offset))).all(), total


async def search(ctx: Context, question: str, namespace: str, limit: int) -> Sequence[tuple[Memory, float]]:
    """The memories of a namespace that share words with a question, best first, each with its score."""
    return await index.search(ctx.session, question, namespace, visible_to(ctx.principal), limit)


async def update(ctx: Context, memory_id: str, changes: Mapping[str, Any], expected_version: int | None) -> Memory:
    """Change a memory.

    Args:
        ctx: the call.
        memory_id: which one.
        changes: the columns that change.
        expected_version: the version that the caller has read; None to change whatever is there.

    Raises:
        NotFound: there is none with that identifier, or the caller may not see it.
        AlreadyChanged: it is not at the expected version any more.
        TooLarge: the text is larger than the setting allows.
    """
    memory = await get(ctx, memory_id)
    if expected_version is not None and memory.version != expected_version:
        raise AlreadyChanged(
            f"memory {memory_id!r} is at version {memory.version}, not {expected_version}",
            hint="read it again, then change it",
            details={"version": memory.version},
        )
    if "content" in changes:
        _refuse_too_large(ctx, changes["content"])
        memory.content_hash = _digest(changes["content"])
    for column, value in changes.items():
        setattr(memory, column, value)
    await ctx.session.flush()
    await index.put(ctx.session, memory)
    ctx.publish("memory.updated", memory_id=memory.id, namespace=memory.namespace)
    return memory


async def delete(ctx: Context, memory_id: str) -> Memory:
    """Delete a memory for good; the index forgets it in the same transaction.

    Raises:
        NotFound: there is none with that identifier, or the caller may not see it.
    """
    memory = await get(ctx, memory_id)
    await ctx.session.delete(memory)
    ctx.publish("memory.deleted", memory_id=memory.id, namespace=memory.namespace)
    return memory


def _digest(content: str) -> str:
    return sha256(content.encode()).hexdigest()


def _refuse_too_large(ctx: Context, content: str) -> None:
    size, most = len(content.encode()), ctx.settings(MemorySettings).max_content_bytes
    if size > most:
        raise TooLarge(
            f"content has {size} bytes, and a memory may have {most}",
            hint="store it in parts, or raise TMWS_MEMORY_MAX_CONTENT_BYTES",
        )
