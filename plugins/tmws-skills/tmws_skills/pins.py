"""Pins: an agent keeps to one version of a skill, or follows the active one."""

from sqlalchemy.orm import Session

from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.tool_errors import NotFound
from tmws_skills import versions
from tmws_skills.access import readable
from tmws_skills.lookup import find_to
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_pin import SkillPin


def pin(session: Session, principal: Principal, skill: str, version: int | str | None) -> SkillPin:
    """Have the caller keep to a version of a skill.

    Args:
        session: a writing session.
        principal: who keeps to it.
        skill: the skill's identifier or name.
        version: the number or the digest of the version; None for the active one.

    Raises:
        NotFound: there is no such skill for the caller, or it has no such version.
    """
    found = find_to(session, principal, skill, readable, "use")
    chosen = versions.active(session, found) if version is None else versions.one(session, found, version)
    ensure_registered(session, principal)
    pinned = session.get(SkillPin, (found.id, principal.agent_id))
    if pinned is None:
        pinned = SkillPin(skill_id=found.id, agent_id=principal.agent_id)
        session.add(pinned)
    pinned.version = chosen.version
    session.flush()
    return pinned


def unpin(session: Session, principal: Principal, skill: str) -> Skill:
    """Have the caller follow the active version of a skill again.

    Raises:
        NotFound: there is no such skill for the caller, or the caller is not pinned to a version of it.
    """
    found = find_to(session, principal, skill, readable, "use")
    pinned = session.get(SkillPin, (found.id, principal.agent_id))
    if pinned is None:
        raise NotFound(f"you are not pinned to a version of the skill {found.name!r}", hint="you follow the active one")
    session.delete(pinned)
    session.flush()
    return found
