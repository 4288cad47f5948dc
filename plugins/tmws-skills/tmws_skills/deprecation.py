"""To deprecate skills: they still work, tell what is to be used instead, and are found last."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.tool_errors import InvalidArguments
from tmws_skills.access import readable, writable
from tmws_skills.lookup import find, find_to
from tmws_skills.models.skill import Skill


def deprecate(session: Session, principal: Principal, skill: str, note: str | None, replaced_by: str | None) -> Skill:
    """Mark a skill as one that should not be used any more; what was said before is replaced.

    Args:
        session: a writing session.
        principal: who says so.
        skill: the skill's identifier or name.
        note: why, for whoever still uses it.
        replaced_by: the identifier or name of the skill to use instead.

    Raises:
        NotFound: there is no such skill for the caller, or none to use instead.
        PermissionDenied: the caller may read it, and not change it.
        InvalidArguments: it would be replaced by itself, or by one that it replaces.
    """
    found = find_to(session, principal, skill, writable, "deprecate")
    other = None if replaced_by is None else find(session, principal, replaced_by)
    if other is not None and found.id in (other.id, other.replaced_by):
        raise InvalidArguments(
            f"replaced_by: {other.name!r} is the skill itself, or is replaced by it", hint="name another skill"
        )
    if found.deprecated_at is None:
        found.deprecated_at = utc_now()
    found.deprecation_note, found.replaced_by = note, None if other is None else other.id
    session.flush()
    return found


def revive(session: Session, principal: Principal, skill: str) -> Skill:
    """Take back that a skill is deprecated.

    Raises:
        NotFound: there is no such skill for the caller.
        PermissionDenied: the caller may read it, and not change it.
    """
    found = find_to(session, principal, skill, writable, "change")
    found.deprecated_at = found.deprecation_note = found.replaced_by = None
    session.flush()
    return found


def replacement(session: Session, principal: Principal, skill: Skill) -> Skill | None:
    """The skill to use instead of a deprecated one, if there is one that the caller may see."""
    if skill.replaced_by is None:
        return None
    return session.scalars(select(Skill).where(Skill.id == skill.replaced_by, readable(principal))).first()
