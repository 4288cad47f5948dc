"""Keeps the documents of the full-text index in step with the skills, in the transaction that writes a skill."""

from typing import Any

from sqlalchemy import Connection, event, insert, select, update

from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_document import SkillDocument
from tmws_skills.models.skill_version import SkillVersion
from tmws_skills.words import indexed

_TEXTS = select(
    Skill.name,
    Skill.display_name,
    Skill.tags,
    Skill.description,
    SkillVersion.core_instructions,
    SkillVersion.content,
).outerjoin(SkillVersion, (SkillVersion.skill_id == Skill.id) & (SkillVersion.version == Skill.active_version))


def write_document(connection: Connection, skill_id: str) -> None:
    """Write the document of a skill anew, from what stands in the database at this moment.

    Args:
        connection: the connection of the transaction that has written the skill.
        skill_id: which skill.
    """
    found = connection.execute(_TEXTS.where(Skill.id == skill_id)).one_or_none()
    if found is None:
        return
    name, display_name, tags, description, instructions, content = found
    words = {
        "name": indexed(f"{name} {display_name or ''}"),
        "tags": indexed(" ".join(map(str, tags))),
        "description": indexed(description or ""),
        "body": indexed((content or "") if instructions is None else instructions),
    }
    changed = connection.execute(update(SkillDocument).where(SkillDocument.skill_id == skill_id).values(words))
    if not changed.rowcount:
        connection.execute(insert(SkillDocument).values(skill_id=skill_id, **words))


@event.listens_for(Skill, "after_insert")
@event.listens_for(Skill, "after_update")
def _follow_skill(_mapper: Any, connection: Connection, skill: Skill) -> None:  # noqa: ANN401 -- SQLAlchemy's own type
    write_document(connection, skill.id)


@event.listens_for(SkillVersion, "after_insert")
def _follow_version(_mapper: Any, connection: Connection, version: SkillVersion) -> None:  # noqa: ANN401 -- see above
    write_document(connection, version.skill_id)
