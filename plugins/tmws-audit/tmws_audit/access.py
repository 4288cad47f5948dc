"""Who sees which rows: those of the caller's own namespace, or with the scope `audit:govern` all."""

from typing import Final

from sqlalchemy import ColumnElement, true

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
