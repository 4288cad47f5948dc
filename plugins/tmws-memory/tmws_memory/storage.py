"""To store memories; what an owner has already, with the same text in the same namespace, is not stored twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, insert
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.identifiers import new_identifier
from tmws_memory import index, twins
from tmws_memory.draft import Draft
from tmws_memory.models.memory import Memory
from tmws_memory.twins import Key


@dataclass(frozen=True)
class Stored:
    """What became of a draft.

    Attributes:
        memory: the memory, the former one when there was one with the same text.
        is_duplicate: whether there was.
    """

    memory: Memory
    is_duplicate: bool


def store(session: Session, principal: Principal, drafts: Sequence[Draft]) -> list[Stored]:
    """Store drafts as memories of the caller, all of them or none.

    Args:
        session: a writing session.
        principal: whose memories they become.
        drafts: what to store; their sizes and levels have been checked.

    Returns:
        One result for each draft, in their order.
    """
    ensure_registered(session, principal)
    found = twins.present(session, principal.agent_id, [draft.digest for draft in drafts])
    fresh: dict[Key, Memory] = {}
    for draft in drafts:
        if _key(draft) not in found:
            fresh.setdefault(_key(draft), _memory(draft, principal))
    found |= _insert(session, principal.agent_id, fresh)
    index.add(session, [memory for key, memory in fresh.items() if key not in found])
    results: list[Stored] = []
    reported: set[str] = set()
    for draft in drafts:
        memory = found.get(_key(draft)) or fresh[_key(draft)]
        results.append(Stored(memory, _key(draft) in found or memory.id in reported))
        reported.add(memory.id)
    return results


def _key(draft: Draft) -> Key:
    return draft.namespace, draft.digest


def _insert(session: Session, agent_id: str, memories: Mapping[Key, Memory]) -> dict[Key, Memory]:
    """Insert memories; returns those that another process has stored in the meantime, which PostgreSQL lets happen."""
    found: dict[Key, Memory] = {}
    missing = dict(memories)
    while missing:
        inserted = _insert_rows(session, [missing[key] for key in sorted(missing)])
        missing = {key: memory for key, memory in missing.items() if memory.id not in inserted}
        found |= twins.present(session, agent_id, [memory.content_hash for memory in missing.values()])
        missing = {key: memory for key, memory in missing.items() if key not in found}
    return found


def _insert_rows(session: Session, memories: Sequence[Memory]) -> set[str]:
    """Insert those that no other process has; without the same order everywhere, two could wait for each other."""
    rows = [_row(memory) for memory in memories]
    if session.get_bind().dialect.name == "sqlite":
        session.execute(insert(Memory), rows)
        return {memory.id for memory in memories}
    unless_there = postgresql.insert(Memory).on_conflict_do_nothing(
        index_elements=[Memory.content_hash, Memory.agent_id, Memory.namespace],
        index_where=and_(Memory.deleted_at.is_(None), Memory.archived_at.is_(None)),
    )
    return set(session.scalars(unless_there.returning(Memory.id), rows))


def _row(memory: Memory) -> Mapping[str, object]:
    return {name: value for name, value in vars(memory).items() if name != "_sa_instance_state"}


def _memory(draft: Draft, principal: Principal) -> Memory:
    now = utc_now()
    about = {"origin": draft.origin} | ({} if draft.session is None else {"session": draft.session})
    return Memory(
        id=new_identifier(),
        content=draft.content,
        content_hash=draft.digest,
        summary=draft.summary,
        memory_type=draft.memory_type,
        agent_id=principal.agent_id,
        namespace=draft.namespace,
        access_level=draft.access_level,
        context=draft.context,
        tags=draft.tags,
        source_url=draft.source_url,
        importance_score=draft.importance,
        relevance_score=draft.relevance,
        expires_at=draft.expires_at,
        metadata_json=about,
        version=1,
        created_at=draft.created_at or now,
        updated_at=now,
    )
