"""What a caller may go on typing: namespaces, tags, sessions and identifiers of memories, of those that it can read."""

from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Select, func, select

from tmws_core import Context
from tmws_core.fields import StorableText
from tmws_memory import statistics
from tmws_memory.access import owned, present, readable
from tmws_memory.models.memory import Memory

MOST = 100
"""How many values are offered at most (MCP 2026-07-28, completion)."""
_TEXT: TypeAdapter[str] = TypeAdapter(StorableText)


async def namespace(ctx: Context, typed: str, _chosen: Mapping[str, str]) -> Sequence[str]:
    """The namespaces in which the caller can read something, those with the most memories first."""
    return await _values(
        ctx,
        typed,
        select(Memory.namespace)
        .where(readable(ctx.principal), Memory.namespace.istartswith(typed, autoescape=True))
        .group_by(Memory.namespace)
        .order_by(func.count().desc(), Memory.namespace),
    )


async def tag(ctx: Context, typed: str, chosen: Mapping[str, str]) -> Sequence[str]:
    """The tags of what the caller can read in the chosen namespace, or else its own; the most frequent first."""
    place = chosen.get("namespace") or ctx.principal.namespace
    if not (_can_be_stored(typed) and _can_be_stored(place)):
        return ()
    condition = (Memory.namespace == place) & readable(ctx.principal)
    return list(await ctx.transaction(lambda session: statistics.tags(session, condition, MOST, typed)))


async def session(ctx: Context, typed: str, _chosen: Mapping[str, str]) -> Sequence[str]:
    """The sessions of the caller's own memories, the latest first."""
    name = Memory.metadata_json["session"].as_string()
    return await _values(
        ctx,
        typed,
        select(name)
        .where(owned(ctx.principal), present(), name.istartswith(typed, autoescape=True))
        .group_by(name)
        .order_by(func.max(Memory.created_at).desc()),
    )


async def memory_id(ctx: Context, typed: str, _chosen: Mapping[str, str]) -> Sequence[str]:
    """The identifiers of what the caller can read, the newest first."""
    return await _values(
        ctx,
        typed,
        select(Memory.id)
        .where(readable(ctx.principal), Memory.id.startswith(typed, autoescape=True))
        .order_by(Memory.created_at.desc(), Memory.id),
    )


async def _values(ctx: Context, typed: str, found: Select[str]) -> Sequence[str]:
    if not _can_be_stored(typed):
        return ()
    return await ctx.transaction(lambda session: session.scalars(found.limit(MOST)).all())


def _can_be_stored(text: str) -> bool:
    """Whether any value can begin so; a database may refuse even to compare with the character NUL."""
    try:
        _TEXT.validate_python(text)
    except ValidationError:
        return False
    return True
