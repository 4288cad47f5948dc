"""Who may see and change which memory: decided here, in the query, for every tool, resource, prompt and command."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, func, or_, select

from tmws_core import Principal
from tmws_core.tool_errors import PermissionDenied
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing

GOVERN = "memory:govern"
"""The scope to put something before everybody on the server with the level `system`."""

_CALLERS_REMEMBERED = 256
_READ: Sequence[str] = ("read", "write", "delete")
_WRITE: Sequence[str] = ("write", "delete")
_DELETE: Sequence[str] = ("delete",)


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def readable(principal: Principal) -> ColumnElement[bool]:
    """The condition that a memory is there for a caller at all; to everybody else it is as one that never was.

    Its owner reads it; at `team` whoever calls from its namespace, at `public` and `system` everybody; and at every
    level but `private` those to whom it was granted, until the grant expires.
    """
    return and_(
        present(),
        or_(
            owned(principal),
            Memory.access_level.in_(("public", "system")),
            and_(Memory.access_level == "team", Memory.namespace == principal.namespace),
            _granted(principal, _READ),
        ),
    )


def writable(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller may change a memory: as its owner, or by a grant to write or to delete."""
    return and_(present(), or_(owned(principal), _granted(principal, _WRITE)))


def deletable(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller may delete a memory: as its owner, or by a grant to delete."""
    return and_(present(), or_(owned(principal), _granted(principal, _DELETE)))


def owned(principal: Principal) -> ColumnElement[bool]:
    """The condition that a memory belongs to a caller, in whatever state it is."""
    return Memory.agent_id == principal.agent_id


def archived(principal: Principal) -> ColumnElement[bool]:
    """The condition that a memory is in a caller's archive, out of which it can be restored."""
    return and_(owned(principal), Memory.archived_at.is_not(None), Memory.deleted_at.is_(None), living())


def present() -> ColumnElement[bool]:
    """The condition that a memory is neither deleted nor archived, and its lifetime is not over."""
    return and_(kept(), living())


def kept() -> ColumnElement[bool]:
    """The condition that a memory is neither deleted nor archived, so that it stands in the index."""
    return and_(Memory.deleted_at.is_(None), Memory.archived_at.is_(None))


def living() -> ColumnElement[bool]:
    """The condition that the lifetime of a memory is not over, wherever it is."""
    return or_(Memory.expires_at.is_(None), Memory.expires_at > func.current_timestamp())


def refuse_level(principal: Principal, access_level: str) -> None:
    """Refuse the level `system` to whoever does not govern the server.

    Raises:
        PermissionDenied: the caller does not hold the scope.
    """
    if access_level == "system" and not principal.may(GOVERN):
        raise PermissionDenied(
            f"{principal.agent_id!r} may not put a memory at the level 'system': it needs the scope {GOVERN!r}",
            hint="use 'public', or ask the operator for the scope",
            details={"scope": GOVERN},
        )


def _granted(principal: Principal, permissions: Sequence[str]) -> ColumnElement[bool]:
    return and_(
        Memory.access_level != "private",
        select(Sharing.memory_id)
        .where(
            Sharing.memory_id == Memory.id,
            Sharing.shared_with_agent_id == principal.agent_id,
            Sharing.permission.in_(permissions),
            or_(Sharing.expires_at.is_(None), Sharing.expires_at > func.current_timestamp()),
        )
        .exists(),
    )
