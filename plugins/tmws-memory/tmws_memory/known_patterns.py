"""The patterns of an agent that were found, with those of their memories that it can still read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_memory.models.pattern import Pattern
from tmws_memory.visibility import visible_among


@dataclass(frozen=True)
class Known:
    """A pattern.

    Attributes:
        pattern: the pattern.
        memory_ids: the memories in which it shows, as far as they are still there for the caller.
    """

    pattern: Pattern
    memory_ids: Sequence[str]


def of(
    session: Session,
    principal: Principal,
    namespace: str,
    pattern_type: str | None,
    least_confidence: float,
    *,
    include_former: bool,
    limit: int,
) -> tuple[list[Known], int]:
    """The patterns of a caller, the surest first, and how many there are in all.

    A pair of memories that are recalled together is one of both of them only: it is left out when one of the two is
    not there for the caller any more.

    Args:
        session: a reading session.
        principal: whose patterns.
        namespace: where they were found.
        pattern_type: which kind; None for all.
        least_confidence: how sure they are at least.
        include_former: whether those are meant as well that were not found the last time.
        limit: how many at most.
    """
    conditions = [
        Pattern.agent_id == principal.agent_id,
        Pattern.namespace == namespace,
        Pattern.confidence >= least_confidence,
    ]
    if pattern_type is not None:
        conditions.append(Pattern.pattern_type == pattern_type)
    if not include_former:
        conditions.append(Pattern.is_active.is_(True))
    surest = (
        select(Pattern).where(*conditions).order_by(Pattern.confidence.desc(), Pattern.frequency.desc(), Pattern.id)
    )
    patterns = session.scalars(surest).all()
    visible = visible_among(session, principal, (one for pattern in patterns for one in pattern.memory_ids))
    known = [
        Known(pattern, [one for one in pattern.memory_ids if one in visible])
        for pattern in patterns
        if not _is_pair(pattern) or visible.issuperset(pattern.memory_ids)
    ]
    return known[:limit], len(known)


def _is_pair(pattern: Pattern) -> bool:
    return pattern.pattern_data.get("how") == "recalled"
