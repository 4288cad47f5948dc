"""Shares: what an owner lets another agent do with one of its skills, and until when."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.tool_errors import InvalidArguments, NotFound
from tmws_skills.access import own
from tmws_skills.lookup import find_to
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_sharing import SkillSharing


def share(
    session: Session, principal: Principal, skill: str, agent_id: str, permission: str, expires_at: datetime | None
) -> Skill:
    """Let another agent read, change or delete a skill of the caller; a private one becomes a shared one.

    What was shared before it became private does not come back with that: whoever shares it now has only this agent in
    mind. An owner who wants all of them back sets its level instead.

    Args:
        session: a writing session.
        principal: the owner.
        skill: the skill's identifier or name.
        agent_id: the other agent, who must be known to the server.
        permission: `read`, `write`, which includes to read, or `delete`, which includes both.
        expires_at: when it ends by itself.

    Raises:
        NotFound: there is no such skill for the caller, or no such agent.
        PermissionDenied: the skill is not the caller's.
        InvalidArguments: the caller would share with itself.
    """
    found = find_to(session, principal, skill, own, "share")
    if agent_id == principal.agent_id:
        raise InvalidArguments("agent_id: the skill is yours already", hint="name another agent")
    if session.scalar(select(Agent.id).where(Agent.agent_id == agent_id)) is None:
        raise NotFound(f"there is no agent {agent_id!r}", hint="an agent is known once it has changed something")
    if found.access_level == "private":
        suspended = SkillSharing.skill_id == found.id, SkillSharing.agent_id != agent_id
        session.execute(delete(SkillSharing).where(*suspended))
        found.access_level = "shared"
    shared = session.get(SkillSharing, (found.id, agent_id))
    if shared is None:
        shared = SkillSharing(skill_id=found.id, agent_id=agent_id)
        session.add(shared)
    shared.permission, shared.expires_at, shared.shared_at = permission, expires_at, utc_now()
    session.flush()
    return found


def unshare(session: Session, principal: Principal, skill: str, agent_id: str) -> Skill:
    """Take back what an agent was allowed; a skill that was shared with nobody else is private again.

    Raises:
        NotFound: there is no such skill for the caller, or it is not shared with that agent.
        PermissionDenied: the skill is not the caller's.
    """
    found = find_to(session, principal, skill, own, "unshare")
    shared = session.get(SkillSharing, (found.id, agent_id))
    if shared is None:
        raise NotFound(f"the skill {found.name!r} is not shared with {agent_id!r}", hint="skill_shares lists with whom")
    session.delete(shared)
    session.flush()
    _close(session, [found])
    return found


def page(session: Session, skill: Skill, after: str | None, most: int) -> Sequence[SkillSharing]:
    """With whom a skill is shared, by agent: those after an agent alone, so many at most."""
    mine = select(SkillSharing).where(SkillSharing.skill_id == skill.id).order_by(SkillSharing.agent_id).limit(most)
    if after is not None:
        mine = mine.where(SkillSharing.agent_id > after)
    return session.scalars(mine).all()


def end(session: Session, now: datetime, most: int) -> int:
    """Take away what has expired; a skill that is then shared with nobody is private.

    Args:
        session: a writing session.
        now: the present moment.
        most: of how many skills at most.

    Returns:
        Of how many skills.
    """
    expired = select(SkillSharing.skill_id).where(SkillSharing.expires_at <= now)
    concerned = select(Skill).where(Skill.id.in_(expired)).order_by(Skill.id).limit(most)
    skills = session.scalars(concerned.with_for_update(skip_locked=True, key_share=True)).all()
    over = SkillSharing.skill_id.in_([skill.id for skill in skills]), SkillSharing.expires_at <= now
    session.execute(delete(SkillSharing).where(*over).execution_options(synchronize_session=False))
    _close(session, skills)
    return len(skills)


def _close(session: Session, skills: Sequence[Skill]) -> None:
    """Make private what is at the level `shared` and shared with nobody."""
    identifiers = [skill.id for skill in skills]
    counted = select(SkillSharing.skill_id, func.count()).where(SkillSharing.skill_id.in_(identifiers))
    shared = {row.skill_id for row in session.execute(counted.group_by(SkillSharing.skill_id))}
    for skill in skills:
        if skill.access_level == "shared" and skill.id not in shared:
            skill.access_level = "private"
    session.flush()
