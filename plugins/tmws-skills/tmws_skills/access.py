"""Who may see and change which skill: decided here, in the query, for every tool, resource, prompt and command."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, func, or_, select

from tmws_core import Principal
from tmws_core.tool_errors import PermissionDenied
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_sharing import SkillSharing

READ = "skills:read"
WRITE = "skills:write"
REVIEW = "skills:review"
"""The scope to approve and reject what others have written."""
GOVERN = "skills:govern"
"""The scope to put a skill before everybody on the server with the level `system`, or into another namespace."""

_CALLERS_REMEMBERED = 256
_READ: Sequence[str] = ("read", "write", "delete")
_WRITE: Sequence[str] = ("write", "delete")
_DELETE: Sequence[str] = ("delete",)


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def readable(principal: Principal) -> ColumnElement[bool]:
    """The condition that a skill is there for a caller at all; to everybody else it is as one that never was.

    Its owner reads it; at `team` whoever calls from its namespace, at `public` and `system` everybody; and at every
    level but `private` those with whom it is shared, until that expires.
    """
    return and_(
        present(),
        or_(
            owned(principal),
            Skill.access_level.in_(("public", "system")),
            and_(Skill.access_level == "team", Skill.namespace == principal.namespace),
            _shared(principal, _READ),
        ),
    )


def writable(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller may change a skill: as its owner, or because it is shared for that."""
    return and_(present(), or_(owned(principal), _shared(principal, _WRITE)))


def deletable(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller may delete a skill: as its owner, or because it is shared for that."""
    return and_(present(), or_(owned(principal), _shared(principal, _DELETE)))


def owned(principal: Principal) -> ColumnElement[bool]:
    """The condition that a skill belongs to a caller, in whatever state it is."""
    return Skill.created_by == principal.agent_id


def own(principal: Principal) -> ColumnElement[bool]:
    """The condition that a skill belongs to a caller and is there."""
    return and_(present(), owned(principal))


def deleted(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller can bring a skill back."""
    return and_(owned(principal), Skill.deleted_at.is_not(None))


def present() -> ColumnElement[bool]:
    """The condition that a skill is not deleted."""
    return Skill.deleted_at.is_(None)


def refuse_level(principal: Principal, access_level: str) -> None:
    """Refuse the level `system` to whoever does not govern the skills.

    Raises:
        PermissionDenied: the caller does not hold the scope.
    """
    if access_level == "system" and not principal.may(GOVERN):
        raise PermissionDenied(
            f"{principal.agent_id!r} may not put a skill at the level 'system': it needs the scope {GOVERN!r}",
            hint="use 'public', or ask the operator for the scope",
            details={"scope": GOVERN},
        )


def refuse_namespace(principal: Principal, namespace: str) -> None:
    """Refuse another namespace than the caller's to whoever does not govern the skills.

    What stands in a namespace is found by its bare name there, so nobody puts instructions among those of others.

    Raises:
        PermissionDenied: it is another one, and the caller does not hold the scope.
    """
    if namespace != principal.namespace and not principal.may(GOVERN):
        raise PermissionDenied(
            f"{principal.agent_id!r} may not put a skill into the namespace {namespace!r}: "
            f"it needs the scope {GOVERN!r}",
            hint=f"leave the namespace out to use your own, {principal.namespace!r}",
            details={"scope": GOVERN},
        )


def _shared(principal: Principal, permissions: Sequence[str]) -> ColumnElement[bool]:
    return and_(
        Skill.access_level != "private",
        select(SkillSharing.skill_id)
        .where(
            SkillSharing.skill_id == Skill.id,
            SkillSharing.agent_id == principal.agent_id,
            SkillSharing.permission.in_(permissions),
            or_(SkillSharing.expires_at.is_(None), SkillSharing.expires_at > func.current_timestamp()),
        )
        .exists(),
    )
