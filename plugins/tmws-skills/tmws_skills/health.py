"""What `tmws doctor` and `/readyz` ask about skills."""

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from tmws_core import Context, health_check
from tmws_core.tool_errors import ToolError
from tmws_skills.access import present
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_blob import SkillBlob
from tmws_skills.models.skill_document import SkillDocument
from tmws_skills.models.skill_version import SkillVersion


@health_check
async def skills(ctx: Context) -> str:
    """Whether each skill has its active version, its words in the index, and its files whole."""
    return await ctx.transaction(_checked)


def _checked(session: Session) -> str:
    active = and_(SkillVersion.skill_id == Skill.id, SkillVersion.version == Skill.active_version)
    faults = {
        "skills have no active version": select(func.count()).select_from(Skill).where(~exists().where(active)),
        "skills are in no index": select(func.count())
        .select_from(Skill)
        .where(~exists().where(SkillDocument.skill_id == Skill.id)),
        "files have lost a part of their content": select(func.count())
        .select_from(SkillBlob)
        .where(func.length(SkillBlob.content) != SkillBlob.size),
    }
    found = {fault: session.scalar(statement) or 0 for fault, statement in faults.items()}
    told = [f"{count} {fault}" for fault, count in found.items() if count]
    if told:
        raise ToolError("; ".join(told), hint="take back a copy of the database from before that")
    known = session.scalar(select(func.count()).select_from(Skill).where(present())) or 0
    waiting = session.scalar(
        select(func.count())
        .select_from(SkillVersion)
        .join(Skill)
        .where(present(), SkillVersion.review_status == "pending_review")
    )
    return f"{known} skills; {waiting or 0} versions wait for a reviewer"
