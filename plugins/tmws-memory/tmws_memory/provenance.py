"""Where a memory comes from that was made out of others."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_memory.access import archived, readable
from tmws_memory.models.consolidation import Consolidation
from tmws_memory.models.memory import Memory
from tmws_memory.reading import get


@dataclass(frozen=True)
class KnownSource:
    """A source that the caller may see.

    Attributes:
        memory: the memory as it is now.
        is_unchanged: whether it still says what it said then.
    """

    memory: Memory
    is_unchanged: bool


@dataclass(frozen=True)
class Provenance:
    """How a memory was made.

    Attributes:
        consolidation: the record of it.
        sources: those that the caller may see, in the order in which they were named.
    """

    consolidation: Consolidation
    sources: Sequence[KnownSource]


def of(session: Session, principal: Principal, memory_id: str) -> list[Provenance]:
    """Where a memory comes from; nothing when it was not made out of others.

    Named are the sources that the caller can read, and its own in the archive, out of which it can restore them. What
    is deleted, or whose lifetime is over, is told to nobody any more, not even to its owner; and of the sources that
    are not named the caller does not hear how many there are.

    Args:
        session: a reading session.
        principal: who asks.
        memory_id: which memory.

    Raises:
        NotFound: there is none with that identifier, or the caller may not see it.
    """
    visible = or_(readable(principal), archived(principal))
    get(session, memory_id, readable(principal))
    made = select(Consolidation).where(Consolidation.consolidated_memory_id == memory_id).order_by(Consolidation.id)
    found = session.scalars(made).all()
    identifiers = {source for one in found for source in one.source_memory_ids}
    seen = {one.id: one for one in session.scalars(select(Memory).where(Memory.id.in_(identifiers), visible))}
    return [Provenance(one, _known(one, seen)) for one in found]


def _known(consolidation: Consolidation, seen: dict[str, Memory]) -> list[KnownSource]:
    hashes = {one["id"]: one["content_hash"] for one in consolidation.consolidation_metadata.get("sources", [])}
    return [
        KnownSource(seen[source], seen[source].content_hash == hashes.get(source))
        for source in consolidation.source_memory_ids
        if source in seen
    ]
