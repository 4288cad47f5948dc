"""Finds rows, the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, select
from sqlalchemy.orm import Session

from tmws_audit.access import visible
from tmws_audit.logs import Log
from tmws_core import Principal


@dataclass(frozen=True)
class Filter:
    """Which rows are wanted.

    Attributes:
        equal: columns and the values that they must have.
        since: not written before this moment.
        until: written before this moment.
        least_risk: at least this risky, in the log of security events.
    """

    equal: Mapping[str, Any]
    since: datetime | None = None
    until: datetime | None = None
    least_risk: int | None = None

    def conditions(self, log: Log) -> list[ColumnElement[bool]]:
        """The conditions for a query."""
        columns = log.table.c
        found: list[ColumnElement[bool]] = [columns[name] == value for name, value in self.equal.items()]
        if self.since is not None:
            found.append(columns[log.moment] >= self.since)
        if self.until is not None:
            found.append(columns[log.moment] < self.until)
        if self.least_risk is not None:
            found.append(columns.risk_score >= self.least_risk)
        return found


@dataclass(frozen=True)
class Page:
    """Some rows, the newest first.

    Attributes:
        rows: the rows.
        total: how many there are on all pages together.
        before: where the next page begins; None when this is the last.
    """

    rows: Sequence[RowMapping]
    total: int
    before: int | None


def find(session: Session, principal: Principal, log: Log, wanted: Filter, *, before: int | None, limit: int) -> Page:
    """The newest rows that a principal sees and that are wanted.

    Args:
        session: a session.
        principal: who asks.
        log: where.
        wanted: which rows.
        before: only rows with smaller numbers than this.
        limit: how many at most.
    """
    columns = log.table.c
    conditions = [visible(log, principal), *wanted.conditions(log)]
    total = session.execute(select(func.count()).select_from(log.table).where(*conditions)).scalar_one()
    further = [] if before is None else [columns.sequence < before]
    statement = select(log.table).where(*conditions, *further).order_by(columns.sequence.desc()).limit(limit + 1)
    rows = session.execute(statement).mappings().all()
    return Page(rows[:limit], total, rows[limit - 1]["sequence"] if len(rows) > limit else None)
