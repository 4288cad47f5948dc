"""To store memories; what an owner has already, with the same text in the same namespace, is not stored twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import and_, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.identifiers import new_identifier
from tmws_memory import index, twins
from tmws_memory.draft import Draft
from tmws_memory.models.base import table_of
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing

_Key = tuple[str, str, str, str | None]
"""Owner, namespace and digest of the text of a memory; and its identifier when it is archived, as twins may be."""
_MEMORIES = table_of(Memory)
_UNLESS_THERE = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(_MEMORIES).on_conflict_do_nothing(
        index_elements=[_MEMORIES.c.content_hash, _MEMORIES.c.agent_id, _MEMORIES.c.namespace],
        index_where=and_(_MEMORIES.c.deleted_at.is_(None), _MEMORIES.c.archived_at.is_(None)),
    )
    for dialect in (postgresql, sqlite)
}


@dataclass(frozen=True)
class Stored:
    """What became of a draft.

    Attributes:
        memory_id: the identifier of the memory, the former one when there was one with the same text.
        is_duplicate: whether there was.
    """

    memory_id: str
    is_duplicate: bool
    _source: "Memory | _Fresh"

    @cached_property
    def memory(self) -> Memory:
        """The memory; it is made when it is asked for, because SQLAlchemy takes longer for it than for its row."""
        return self._source if isinstance(self._source, Memory) else self._source.memory()


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A draft with what it gets when it is stored, in the words of a memory."""

    id: str
    agent_id: str
    metadata_json: dict[str, Any]
    draft: Draft
    now: datetime

    @property
    def twin(self) -> tuple[str, str]:
        return self.draft.namespace, self.draft.digest

    @property
    def content(self) -> str:
        return self.draft.content

    @property
    def namespace(self) -> str:
        return self.draft.namespace

    @property
    def memory_type(self) -> str:
        return self.draft.memory_type

    @property
    def access_level(self) -> str:
        return self.draft.access_level

    @property
    def tags(self) -> list[str]:
        return self.draft.tags

    @property
    def created_at(self) -> datetime:
        return self.draft.created_at or self.now

    def row(self) -> dict[str, Any]:
        draft = self.draft
        return {
            "id": self.id,
            "content": draft.content,
            "content_hash": draft.digest,
            "summary": draft.summary,
            "memory_type": draft.memory_type,
            "agent_id": self.agent_id,
            "namespace": draft.namespace,
            "access_level": draft.access_level,
            "shared_with_agents": sorted(grant.agent_id for grant in draft.grants),
            "context": draft.context,
            "tags": draft.tags,
            "source_url": draft.source_url,
            "importance_score": draft.importance,
            "relevance_score": draft.relevance,
            "expires_at": draft.expires_at,
            "archived_at": draft.archived_at,
            "metadata": self.metadata_json,
            "version": draft.version,
            "created_at": self.created_at,
            "updated_at": draft.updated_at or self.now,
        }

    def grants(self) -> list[dict[str, Any]]:
        return [
            {
                "memory_id": self.id,
                "shared_with_agent_id": grant.agent_id,
                "shared_by_agent_id": self.agent_id,
                "permission": grant.permission,
                "expires_at": grant.expires_at,
            }
            for grant in self.draft.grants
        ]

    def memory(self) -> Memory:
        row = self.row()
        return Memory(metadata_json=row.pop("metadata"), **row)


def store(session: Session, principal: Principal, drafts: Sequence[Draft]) -> list[Stored]:
    """Store drafts as memories of the caller, or of the owner that they name, all of them or none.

    Args:
        session: a writing session.
        principal: who stores them.
        drafts: what to store; their sizes, levels and owners have been checked.

    Returns:
        One result for each draft, in their order. An identifier that another memory has is replaced by a new one.
    """
    ensure_registered(session, principal)
    keys = [_key(draft, principal) for draft in drafts]
    found = _by_key(_archived(session, [draft.id for draft in drafts if draft.archived_at and draft.id]))
    fresh = _fresh(
        session, principal, {key: draft for key, draft in zip(keys, drafts, strict=True) if key not in found}
    )
    found |= _insert(session, fresh)
    added = [one for key, one in fresh.items() if key not in found]
    index.add(session, [one for one in added if one.draft.archived_at is None])
    if grants := [row for one in added for row in one.grants()]:
        session.execute(insert(table_of(Sharing)), grants)
    results: list[Stored] = []
    reported: set[str] = set()
    for key in keys:
        one = found[key] if key in found else fresh[key]
        results.append(Stored(one.id, key in found or one.id in reported, one))
        reported.add(one.id)
    return results


def _key(draft: Draft, principal: Principal) -> _Key:
    return draft.agent_id or principal.agent_id, draft.namespace, draft.digest, _twin(draft)


def _twin(one: Draft | Memory) -> str | None:
    return None if one.archived_at is None else one.id or ""


def _by_key(memories: Iterable[Memory]) -> dict[_Key, Memory]:
    return {(memory.agent_id, memory.namespace, memory.content_hash, _twin(memory)): memory for memory in memories}


def _archived(session: Session, identifiers: Sequence[str]) -> list[Memory]:
    found: list[Memory] = []
    for start in range(0, len(identifiers), twins.AT_ONCE):
        part = Memory.id.in_(identifiers[start : start + twins.AT_ONCE])
        away = select(Memory).where(part, Memory.deleted_at.is_(None), Memory.archived_at.is_not(None))
        found += session.scalars(away)
    return found


def _fresh(session: Session, principal: Principal, drafts: Mapping[_Key, Draft]) -> dict[_Key, _Fresh]:
    taken = _taken(session, [draft.id for draft in drafts.values() if draft.id])
    now = utc_now()
    fresh = {}
    for number, (key, draft) in enumerate(drafts.items()):
        identifier = draft.id if draft.id and draft.id not in taken else new_identifier()
        taken.add(identifier)
        about = {**draft.facts, "origin": draft.origin} | ({} if draft.session is None else {"session": draft.session})
        # a microsecond apart, so that whoever lists them by their moment finds them in the order of the drafts
        moment = now + timedelta(microseconds=number)
        fresh[key] = _Fresh(identifier, draft.agent_id or principal.agent_id, about, draft, moment)
    return fresh


def _taken(session: Session, identifiers: Sequence[str]) -> set[str]:
    taken: set[str] = set()
    for start in range(0, len(identifiers), twins.AT_ONCE):
        part = Memory.id.in_(identifiers[start : start + twins.AT_ONCE])
        taken |= set(session.scalars(select(Memory.id).where(part)))
    return taken


def _insert(session: Session, fresh: Mapping[_Key, _Fresh]) -> dict[_Key, Memory]:
    """Insert memories; returns those that were there already, which costs nothing to find out where there are none."""
    found: dict[_Key, Memory] = {}
    missing = dict(fresh)
    while missing:
        # without the same order everywhere, two could wait for each other
        inserted = _insert_rows(session, sorted(missing.values(), key=lambda one: (one.agent_id, *one.twin)))
        missing = {key: one for key, one in missing.items() if one.id not in inserted}
        owners = {one.agent_id for one in missing.values()}
        found |= _by_key(twins.present(session, owners, [one.draft.digest for one in missing.values()]))
        missing = {key: one for key, one in missing.items() if key not in found}
    return found


def _insert_rows(session: Session, fresh: Sequence[_Fresh]) -> set[str]:
    """Insert those that are not there yet; returns which."""
    rows, identifiers = [one.row() for one in fresh], [one.id for one in fresh]
    if session.get_bind().dialect.name == "postgresql":
        statement = _UNLESS_THERE["postgresql"].returning(_MEMORIES.c.id)
        return {identifier for row in rows for identifier in session.scalars(statement, row)}
    done = session.connection().execute(_UNLESS_THERE["sqlite"], rows)
    return set(identifiers) if done.rowcount == len(rows) else _taken(session, identifiers)
