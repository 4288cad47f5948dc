"""The words under which a skill is found: kept in step with its name, its tags and its active version."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_document import SkillDocument
from tmws_skills.models.skill_version import SkillVersion
from tmws_skills.words import indexed


def renew(session: Session, skill: Skill, version: SkillVersion) -> None:
    """Index a skill anew.

    Args:
        session: a writing session.
        skill: the skill.
        version: its active version.
    """
    document = session.scalars(select(SkillDocument).where(SkillDocument.skill_id == skill.id)).first()
    if document is None:
        document = SkillDocument(skill_id=skill.id)
        session.add(document)
    document.name = indexed(f"{skill.name} {skill.display_name or ''}")
    document.tags = indexed(" ".join(skill.tags))
    document.description = indexed(skill.description or "")
    document.body = indexed(version.core_instructions or "")
    session.flush()
