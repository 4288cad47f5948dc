"""To store memories that come from files: exactly as they were, as far as whoever imports them may do that.

A record keeps its moments, version, scores, summary, lifetime, archive and grants; and its identifier when that is free
and the importer holds `memory:govern`. Whoever does not hold it would learn from a record that got another identifier
that somebody has a memory of that name; so each gets one that follows from its former one and the importer alone, the
same each time, unless that memory is the importer's own already.

What a memory of the same owner in the same namespace says already is a duplicate, and nothing is changed. A record
whose lifetime is over is not stored.

Whose it becomes: the author that the record names stays its owner when the importer holds `memory:govern`; authors and
those whom a memory is shared with are then registered as agents when they are not known. Without the scope the importer
becomes the owner, the author is kept as the fact `author`, and a grant to somebody who is not known is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_agents.models.agent import Agent
from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.tool_errors import ToolError
from tmws_memory import storage
from tmws_memory.access import GOVERN, owned, refuse_level
from tmws_memory.draft import Draft, DraftGrant, refuse_large_facts, refuse_too_large
from tmws_memory.exchange.record import Record, shown
from tmws_memory.models.memory import Memory
from tmws_memory.settings import MemorySettings
from tmws_memory.twins import AT_ONCE

SHARE = "memory:share"
"""The scope to share memories."""

# the column is an integer of 32 bits on PostgreSQL
_HIGHEST_VERSION = 2**31 - 1
# PostgreSQL tells a moment in the time zone of the session, which may carry it out of the years that Python has
_FIRST_YEAR, _LAST_YEAR = 2, 9998

Outcome = Literal["stored", "duplicate", "expired", "refused"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a record.

    Attributes:
        outcome: it was stored; or it was there already; or its lifetime is over; or it was refused.
        memory_id: the memory, when there is one.
        renumbered: whether it has another identifier than the record.
        faults: why it was refused, or which grants were left out.
    """

    outcome: Outcome
    memory_id: str | None = None
    renumbered: bool = False
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Plan:
    record: Record
    draft: Draft
    faults: tuple[str, ...]


class Importer:
    """Stores records for one principal."""

    def __init__(
        self,
        principal: Principal,
        settings: MemorySettings,
        *,
        namespace: str | None = None,
        keep_authors: bool = True,
    ) -> None:
        """Prepare an import.

        Args:
            principal: who imports.
            settings: how large a memory may be.
            namespace: where all memories go, instead of where their records say.
            keep_authors: whether memories of others stay theirs, for whoever may do that.
        """
        self._principal = principal
        self._settings = settings
        self._namespace = namespace
        self._governs = principal.may(GOVERN)
        self._keeps_authors = keep_authors and self._governs

    def store(self, session: Session, records: Sequence[Record]) -> list[Imported]:
        """Store records in the transaction of a session, all but those that are refused.

        Args:
            session: a writing session.
            records: some hundred of them are quickest.

        Returns:
            One outcome for each record, in their order.

        Raises:
            DBAPIError: the database refuses a record; nothing of the batch is to be committed.
        """
        now = utc_now()
        outcomes = [self._outcome_without_storing(record, now) for record in records]
        accepted = [record for record, outcome in zip(records, outcomes, strict=True) if outcome is None]
        unknown = self._unknown(session, accepted)
        renamed = self._renamed(session, accepted)
        plans = [self._plan(record, unknown, renamed) for record in accepted]
        drafts = [plan.draft for plan in plans if isinstance(plan, _Plan)]
        stored = iter(storage.store(session, self._principal, drafts))
        planned = (_imported(plan, next(stored)) if isinstance(plan, _Plan) else plan for plan in plans)
        return [next(planned) if outcome is None else outcome for outcome in outcomes]

    def _outcome_without_storing(self, record: Record, now: datetime) -> Imported | None:
        if record.expires_at is not None and record.expires_at <= now:
            return Imported("expired")
        try:
            refuse_too_large(record.content, self._settings)
            refuse_large_facts(record.context, self._settings)
            refuse_level(self._principal, record.access_level)
        except ToolError as error:
            return _refused(str(error))
        moments = (record.created_at, record.updated_at, record.expires_at, record.archived_at)
        if any(moment and not _FIRST_YEAR <= moment.year <= _LAST_YEAR for moment in moments):
            return _refused(f"one of its moments lies before the year {_FIRST_YEAR} or after {_LAST_YEAR}; correct it")
        if record.version > _HIGHEST_VERSION:
            return _refused(f"its version is {record.version}, and may be {_HIGHEST_VERSION}; lower it")
        return None

    def _unknown(self, session: Session, records: Sequence[Record]) -> dict[str, str]:
        """The agents that cannot be referred to, each with the reason; those that may be registered are."""
        places = {name: self._place(record) for record in reversed(records) for name in self._named(record)}
        if not places:
            return {}
        known = set(session.scalars(select(Agent.agent_id).where(Agent.agent_id.in_(places))))
        missing = [name for name in sorted(places) if name not in known]
        if not self._governs:
            return {name: f"there is no agent {shown(name)!r}" for name in missing}
        refused = {}
        for name in missing:
            try:
                ensure_registered(session, Principal(name, places[name]))
            except ToolError as error:
                refused[name] = error.message
        return refused

    def _renamed(self, session: Session, records: Sequence[Record]) -> dict[str, str]:
        """The identifiers that records get instead of theirs."""
        if self._governs:
            return {}
        asked = [record.id for record in records if record.id]
        mine: set[str] = set()
        for start in range(0, len(asked), AT_ONCE):
            some = Memory.id.in_(asked[start : start + AT_ONCE])
            mine.update(session.scalars(select(Memory.id).where(some, owned(self._principal))))
        return {one: str(uuid5(UUID(one), self._principal.agent_id)) for one in asked if one not in mine}

    def _named(self, record: Record) -> list[str]:
        granted = [grant.agent_id for grant in record.grants if grant.agent_id != self._owner(record)]
        return [*granted, *([] if self._owner(record) == self._principal.agent_id else [self._owner(record)])]

    def _owner(self, record: Record) -> str:
        return record.agent_id if record.agent_id and self._keeps_authors else self._principal.agent_id

    def _place(self, record: Record) -> str:
        return self._namespace or record.namespace or self._principal.namespace

    def _plan(self, record: Record, unknown: dict[str, str], renamed: dict[str, str]) -> _Plan | Imported:
        owner = self._owner(record)
        if owner in unknown:
            return _refused(unknown[owner])
        grants, faults = self._grants(record, unknown) if record.grants else ((), ())
        foreign = record.agent_id is not None and record.agent_id != owner
        draft = Draft(
            content=record.content,
            namespace=self._place(record),
            memory_type=record.memory_type,
            tags=record.tags,
            importance=record.importance,
            context=record.context,
            source_url=record.source_url,
            access_level=record.access_level,
            expires_at=record.expires_at,
            session=record.session,
            origin="import",
            created_at=record.created_at,
            summary=record.summary,
            relevance=record.relevance,
            id=renamed.get(record.id, record.id) if record.id else None,
            agent_id=owner,
            updated_at=record.updated_at or record.created_at,
            archived_at=record.archived_at,
            version=record.version,
            grants=grants,
            facts={"author": record.agent_id} if foreign else {},
        )
        return _Plan(record, draft, faults)

    def _grants(self, record: Record, unknown: dict[str, str]) -> tuple[tuple[DraftGrant, ...], tuple[str, ...]]:
        """The grants that can be given, each agent's last one, and why others cannot; the owner needs none."""
        wanted = {grant.agent_id: grant for grant in record.grants if grant.agent_id != self._owner(record)}
        if wanted and not self._principal.may(SHARE):
            return (), (f"it is not shared with anybody: {self._principal.agent_id!r} needs the scope {SHARE!r}",)
        given = [grant for name, grant in wanted.items() if name not in unknown]
        faults = [f"it is not shared with {shown(name)!r}: {unknown[name]}" for name in wanted if name in unknown]
        return tuple(DraftGrant(one.agent_id, one.permission, one.expires_at) for one in given), tuple(faults)


def _refused(reason: str) -> Imported:
    return Imported("refused", faults=(reason,))


def _imported(plan: _Plan, stored: storage.Stored) -> Imported:
    if stored.is_duplicate:
        return Imported("duplicate", stored.memory_id)
    renumbered = plan.record.id is not None and stored.memory_id != plan.record.id
    return Imported("stored", stored.memory_id, renumbered, plan.faults)
