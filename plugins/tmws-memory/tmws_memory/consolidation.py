"""To put one memory in the place of several, and to take that back; each of them in one transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.columns import ACCESS_LEVELS, utc_now
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, NotFound
from tmws_memory import index, removal, storage
from tmws_memory.access import GOVERN
from tmws_memory.condensing.attributes import Attributes, united
from tmws_memory.draft import Draft
from tmws_memory.identifier import is_identifier
from tmws_memory.models.consolidation import Consolidation
from tmws_memory.models.memory import Memory
from tmws_memory.reading import many, not_found

Method = Literal["summary", "merge", "compress"]
WrittenBy = Literal["extractive", "model"]

MOST_SOURCES = 100
"""How many memories one consolidation takes."""
MOST_SOURCE_CHARACTERS = 500_000
"""How long the texts of one consolidation may be together."""

# from the narrowest to the widest
_WIDTHS = {level: width for width, level in enumerate(("private", "shared", "team", "public", "system"))}
assert set(_WIDTHS) == set(ACCESS_LEVELS)  # noqa: S101 -- a new level needs a place among them


@dataclass(frozen=True)
class Condensed:
    """A text that is to stand for some memories.

    Attributes:
        text: the text.
        method: `summary`, `merge` or `compress`.
        written_by: `extractive`, or `model` for the model of the client.
        parameters: what else it was made with.
        sources: the memories as they were read for it.
        archives: whether those of the caller are to be put aside.
    """

    text: str
    method: Method
    written_by: WrittenBy
    parameters: Mapping[str, Any]
    sources: Sequence[Memory]
    archives: bool


@dataclass(frozen=True)
class Consolidated:
    """What became of some memories.

    Attributes:
        consolidation: the record of it.
        memory: the memory that they have become.
        archived: those that were put aside.
    """

    consolidation: Consolidation
    memory: Memory
    archived: Sequence[Memory]


@dataclass(frozen=True)
class Undone:
    """What came back.

    Attributes:
        deleted: the memory that had been made.
        restored: its sources that were in the archive.
    """

    deleted: Memory
    restored: Sequence[Memory]


def sources(session: Session, principal: Principal, memory_ids: Sequence[str]) -> list[Memory]:
    """The memories of some identifiers, in their order, all of one namespace.

    Raises:
        NotFound: one of them is not there, or the caller may not see it.
        InvalidArguments: they are in several namespaces.
    """
    known = many(session, [one for one in memory_ids if is_identifier(one)], principal)
    for memory_id in memory_ids:
        if memory_id not in known:
            raise not_found(memory_id)
    found = [known[memory_id].memory for memory_id in memory_ids]
    namespaces = sorted({memory.namespace for memory in found})
    if len(namespaces) > 1:
        raise InvalidArguments(
            f"memory_ids: they are in the namespaces {', '.join(namespaces)}",
            hint="consolidate those of one namespace at a time",
        )
    return found


def draft_of(principal: Principal, sources: Sequence[Memory], text: str) -> Draft:
    """The memory that sources become.

    All tags and facts are kept and the importance is the highest. It is of the commonest kind, belongs to the session
    that all sources have in common, if any, and lives as long as the one of them that lives longest.

    Nobody can read it who could not read each source: it has the narrowest of their access levels, from private over
    shared, team and public to system. Grants are not carried over, so what would be shared is private; and it is
    public instead of system if the caller does not govern the server.

    Args:
        principal: whose memory it becomes.
        sources: the memories.
        text: its text.
    """
    ordered = sorted(sources, key=lambda memory: (memory.created_at, memory.id))
    attributes = united([Attributes(tuple(one.tags), one.importance_score, one.context) for one in ordered])
    sessions = {one.metadata_json.get("session") for one in ordered}
    links = {one.source_url for one in ordered}
    return Draft(
        content=text,
        namespace=ordered[0].namespace,
        memory_type=Counter(one.memory_type for one in ordered).most_common(1)[0][0],
        tags=list(attributes.tags),
        importance=attributes.importance,
        context=dict(attributes.context),
        source_url=links.pop() if len(links) == 1 else None,
        access_level=_narrowest(principal, ordered),
        expires_at=_latest([one.expires_at for one in ordered]),
        session=sessions.pop() if len(sessions) == 1 else None,
        origin="consolidation",
        relevance=max(one.relevance_score for one in ordered),
    )


def consolidate(session: Session, principal: Principal, condensed: Condensed) -> Consolidated:
    """Store what was condensed, say where it comes from, and archive the sources that belong to the caller.

    Args:
        session: a writing session.
        principal: whose memory it becomes.
        condensed: the text, and the sources as they were read for it.

    Raises:
        AlreadyChanged: a source has changed since, or the caller has a memory with that text besides the sources.
    """
    current = _unchanged(session, principal, condensed.sources)
    archived = [one for one in current if one.agent_id == principal.agent_id] if condensed.archives else []
    removal.archive(session, archived)
    session.flush()
    (stored,) = storage.store(session, principal, [draft_of(principal, current, condensed.text)])
    if stored.is_duplicate:
        raise AlreadyChanged(
            f"memory {stored.memory.id!r} has the text already that they would become",
            hint="name it among memory_ids, and archive the sources",
            details={"memory_id": stored.memory.id},
        )
    put_aside = {one.id: one.version for one in archived}
    read_versions = {one.id: one.version for one in condensed.sources}
    consolidation = Consolidation(
        source_memory_ids=[one.id for one in current],
        consolidated_memory_id=stored.memory.id,
        consolidation_type=condensed.method,
        agent_id=principal.agent_id,
        consolidation_metadata={
            "written_by": condensed.written_by,
            "parameters": dict(condensed.parameters),
            "content_hash": stored.memory.content_hash,
            "sources": [
                {
                    "id": one.id,
                    "version": read_versions[one.id],
                    "content_hash": one.content_hash,
                    "archived_version": put_aside.get(one.id),
                }
                for one in current
            ],
        },
    )
    session.add(consolidation)
    session.flush()
    return Consolidated(consolidation, stored.memory, archived)


def undo(session: Session, principal: Principal, consolidation_id: str) -> Undone:
    """Delete what a consolidation has made, and bring back the sources that it has archived.

    A source that was brought back in the meantime stays as it is, even if something else has archived it again.

    Args:
        session: a writing session.
        principal: who has consolidated them.
        consolidation_id: which consolidation.

    Raises:
        NotFound: the caller has made no such consolidation.
        AlreadyChanged: it is undone already; or its result was changed, or consolidated again; or a source is gone, or
            cannot come back because another memory has its text now. Nothing is changed then.
    """
    consolidation = _own(session, principal, consolidation_id)
    about = consolidation.consolidation_metadata
    result = session.get_one(Memory, consolidation.consolidated_memory_id)
    if "undone_at" in about:
        raise AlreadyChanged(f"consolidation {consolidation_id!r} is undone already")
    if result.content_hash != about.get("content_hash", result.content_hash):
        raise AlreadyChanged(
            f"memory {result.id!r} was changed after it was made",
            hint="bring the sources back one by one with memory_restore",
            details={"memory_id": result.id},
        )
    if result.archived_at is not None and result.deleted_at is None:
        raise AlreadyChanged(
            f"memory {result.id!r} was consolidated again",
            hint="undo that first, or bring the sources back one by one with memory_restore",
            details={"memory_id": result.id},
        )
    if result.deleted_at is None:
        result.deleted_at = utc_now()
        index.remove(session, [result.id])
        session.flush()  # a source may have the same text, which only one memory may have at a time
    restored = [removal.restore(session, principal, one) for one in _still_archived(session, about.get("sources", []))]
    about["undone_at"] = utc_now().isoformat()
    session.flush()
    return Undone(result, restored)


def _still_archived(session: Session, sources: Sequence[Mapping[str, Any]]) -> list[str]:
    """Those sources that are in the archive since the consolidation has put them there."""
    put_aside = {one["id"]: one["archived_version"] for one in sources if one["archived_version"] is not None}
    versions = select(Memory.id, Memory.version).where(Memory.id.in_(list(put_aside)))
    known = dict(session.execute(versions).all())
    for memory_id in put_aside:
        if memory_id not in known:
            raise AlreadyChanged(
                f"memory {memory_id!r} is gone for good, so its consolidation cannot be undone",
                hint="bring the other sources back one by one with memory_restore",
                details={"memory_id": memory_id},
            )
    return [memory_id for memory_id, version in put_aside.items() if known[memory_id] == version]


def _own(session: Session, principal: Principal, consolidation_id: str) -> Consolidation:
    if is_identifier(consolidation_id):
        mine = select(Consolidation).where(
            Consolidation.id == consolidation_id, Consolidation.agent_id == principal.agent_id
        )
        found = session.scalar(mine.with_for_update())
        if found is not None:
            return found
    raise NotFound(
        f"there is no consolidation {consolidation_id!r} of yours", hint="memory_provenance tells it for a memory"
    )


def _unchanged(session: Session, principal: Principal, read: Sequence[Memory]) -> list[Memory]:
    """The sources as they are now, if they are what was read."""
    try:
        current = sources(session, principal, [one.id for one in read])
    except NotFound as error:
        raise AlreadyChanged(
            f"{error.message} any more", hint="somebody has changed or removed it since it was read; look again"
        ) from error
    for before, now in zip(read, current, strict=True):
        if (before.version, before.content_hash) != (now.version, now.content_hash):
            raise AlreadyChanged(
                f"memory {now.id!r} has changed from version {before.version} to {now.version} since it was read",
                hint="consolidate again",
                details={"memory_id": now.id, "version": now.version},
            )
    return current


def _narrowest(principal: Principal, sources: Sequence[Memory]) -> str:
    level = min((one.access_level for one in sources), key=_WIDTHS.__getitem__)
    if level == "shared":
        return "private"
    return "public" if level == "system" and not principal.may(GOVERN) else level


def _latest(ends: Sequence[datetime | None]) -> datetime | None:
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None
