"""Who may see and change which memory: decided here, in the query, for every tool and resource."""

from sqlalchemy import ColumnElement, and_, func, or_

from tmws_core import Principal
from tmws_memory.models.memory import Memory


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The condition that a memory is there for a caller: its own, and not past its lifetime."""
    return and_(
        Memory.agent_id == principal.agent_id,
        Memory.deleted_at.is_(None),
        or_(Memory.expires_at.is_(None), Memory.expires_at > func.current_timestamp()),
    )
