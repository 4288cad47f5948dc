"""To read the versions of a skill: all of them, one, and the one that an agent uses."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.tool_errors import NotFound
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_pin import SkillPin
from tmws_skills.models.skill_version import SkillVersion


def of(session: Session, skill: Skill, *, before: int | None = None, most: int | None = None) -> Sequence[SkillVersion]:
    """The versions of a skill, newest first.

    Args:
        session: a reading session.
        skill: the skill; the caller may see it.
        before: only the versions before this one.
        most: how many at most; None for all.
    """
    newest = select(SkillVersion).where(SkillVersion.skill_id == skill.id).order_by(SkillVersion.version.desc())
    if before is not None:
        newest = newest.where(SkillVersion.version < before)
    return session.scalars(newest.limit(most)).all()


def one(session: Session, skill: Skill, version: int | str) -> SkillVersion:
    """A version of a skill, by its number or its digest.

    Args:
        session: a reading session.
        skill: the skill; the caller may see it.
        version: the number, or the 64 hex digits of the digest.

    Raises:
        NotFound: the skill has no such version.
    """
    column = SkillVersion.content_hash if isinstance(version, str) else SkillVersion.version
    found = session.scalars(select(SkillVersion).where(SkillVersion.skill_id == skill.id, column == version)).first()
    if found is None:
        raise NotFound(f"the skill {skill.name!r} has no version {version}", hint="skill_versions lists them")
    return found


def active(session: Session, skill: Skill) -> SkillVersion:
    """The version that whoever follows the skill gets."""
    return one(session, skill, skill.active_version)


def pinned(session: Session, skill: Skill, agent_id: str) -> int | None:
    """The number of the version that an agent keeps to; None when it follows the active one."""
    return session.scalar(select(SkillPin.version).where(SkillPin.skill_id == skill.id, SkillPin.agent_id == agent_id))


def in_use(session: Session, principal: Principal, skill: Skill) -> SkillVersion:
    """The version that a caller uses: the one that it is pinned to, else the active one."""
    return one(session, skill, pinned(session, skill, principal.agent_id) or skill.active_version)
