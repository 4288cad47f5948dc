"""To change memories: the former version stays readable, and a change of what is not there any more is refused."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.tool_errors import AlreadyChanged
from tmws_memory import index, twins
from tmws_memory.access import owned, readable, writable
from tmws_memory.draft import digest
from tmws_memory.grants import refuse_without
from tmws_memory.lifetime import end_of_life, refuse_longer
from tmws_memory.models.memory import Memory
from tmws_memory.models.version import Version
from tmws_memory.reading import get
from tmws_memory.settings import MemorySettings

_KEPT = ("content", "memory_type", "access_level", "tags", "importance_score", "context", "source_url")


def update(
    session: Session,
    principal: Principal,
    memory_id: str,
    changes: Mapping[str, Any],
    *,
    ttl_days: float | None = None,
    expected_version: int | None = None,
    settings: MemorySettings,
) -> Memory:
    """Change a memory.

    Args:
        session: a writing session.
        principal: who changes it.
        memory_id: which one.
        changes: the columns that change, with their new values.
        ttl_days: how long it is to live from now on, in days; None leaves that as it is.
        expected_version: the version that the caller has read; None to change whatever is there.
        settings: how long it may live, and how many former versions stay.

    Raises:
        NotFound: there is none with that identifier, or the caller may not see it.
        PermissionDenied: the caller may read it, and not change it, or not who may read it.
        InvalidArguments: it may not live that long at its access level.
        AlreadyChanged: it is not at the expected version any more, or another memory has the new text.
    """
    memory = get(session, memory_id, readable(principal)).memory
    refuse_without(session, principal, memory, writable(principal), "change")
    _refuse_stale(memory, expected_version)
    different = {column: value for column, value in changes.items() if getattr(memory, column) != value}
    different |= _lifetime(memory, different.get("access_level", memory.access_level), ttl_days, settings)
    if not different:
        return memory
    if not different.keys().isdisjoint(("access_level", "expires_at")):
        refuse_without(session, principal, memory, owned(principal), "change who may read")
    former = Version(
        memory_id=memory.id,
        version=memory.version,
        replaced_by=principal.agent_id,
        **{column: getattr(memory, column) for column in _KEPT},
    )
    if "content" in different:
        different |= {"content_hash": digest(different["content"]), "embedding_status": "pending", "summary": None}
    _write(session, principal, memory, different)
    _keep(session, former, settings.versions_kept)
    index.renew(session, memory)
    return memory


def _refuse_stale(memory: Memory, expected_version: int | None) -> None:
    if expected_version is not None and memory.version != expected_version:
        raise AlreadyChanged(
            f"memory {memory.id!r} is at version {memory.version}, not {expected_version}",
            hint="read it again, then change it",
            details={"version": memory.version},
        )


def _lifetime(memory: Memory, access_level: str, ttl_days: float | None, settings: MemorySettings) -> dict[str, Any]:
    if ttl_days is not None:
        return {"expires_at": end_of_life(ttl_days, access_level, settings)}
    if access_level != memory.access_level:
        refuse_longer(memory.expires_at, access_level, settings)
    return {}


def _write(session: Session, principal: Principal, memory: Memory, different: Mapping[str, Any]) -> None:
    """Write the changes, and find out whether somebody else was quicker, before anything else depends on them."""
    text = different.get("content_hash")
    if text is not None:
        twins.refuse(session, principal, memory, text)
    try:
        with session.begin_nested():
            for column, value in different.items():
                setattr(memory, column, value)
    except IntegrityError:  # only PostgreSQL lets another process store the same text at this very moment
        if text is not None:
            twins.refuse(session, principal, memory, text)
        raise


def _keep(session: Session, former: Version, versions_kept: int) -> None:
    if versions_kept:
        session.add(former)
    mine = Version.memory_id == former.memory_id
    too_old = select(Version.version).where(mine).order_by(Version.version.desc()).offset(versions_kept)
    session.execute(delete(Version).where(mine, Version.version.in_(too_old)))
