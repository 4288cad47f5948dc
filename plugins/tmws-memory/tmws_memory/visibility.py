"""Which of many memories a caller can read."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_memory.access import readable
from tmws_memory.models.memory import Memory

_IDS_AT_ONCE = 500


def visible_among(session: Session, principal: Principal, memory_ids: Iterable[str]) -> set[str]:
    """Those of some memories that a caller can read."""
    wanted = sorted(set(memory_ids))
    found: set[str] = set()
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        some = Memory.id.in_(wanted[start : start + _IDS_AT_ONCE])
        found.update(session.scalars(select(Memory.id).where(some, readable(principal))))
    return found
