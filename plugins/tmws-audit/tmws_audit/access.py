"""Who sees which rows: those of the caller's own namespace, or with the scope `audit:govern` all.

What a call has told of what it changed, such as the identifier of a private memory, is its agent's own to see.
"""

from typing import Final

from sqlalchemy import ColumnElement, RowMapping, true

from tmws_audit.logs import Log
from tmws_core import Principal

READ: Final = "audit:read"
GOVERN: Final = "audit:govern"


def visible(log: Log, principal: Principal) -> ColumnElement[bool]:
    """The condition that a principal sees a row; what belongs to no namespace is for those who govern."""
    if principal.may(GOVERN):
        return true()
    condition: ColumnElement[bool] = log.table.c.namespace == principal.namespace
    return condition


def tells_all(principal: Principal, row: RowMapping) -> bool:
    """Whether a principal sees the details of a row that is visible to it: as whoever acted or was acted for."""
    return principal.may(GOVERN) or principal.agent_id in (row["agent_id"], row["on_behalf_of"])
