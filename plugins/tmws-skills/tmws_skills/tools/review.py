"""To publish versions of skills, and to review those of others."""

from functools import partial
from typing import Annotated, Literal

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from tmws_core import Context, tool
from tmws_skills import review
from tmws_skills.access import REVIEW, WRITE
from tmws_skills.answers import VersionReceipt
from tmws_skills.authoring import Revision
from tmws_skills.format.diagnostic import Severity
from tmws_skills.settings import SkillsSettings
from tmws_skills.tools.arguments import Note, SkillName, Version


class Diagnosis(BaseModel):
    """Something that the format of agentskills.io says against a skill."""

    severity: Severity
    code: str
    message: str
    where: str


class Publication(VersionReceipt):
    """A version that was published or reviewed."""

    warnings: list[Diagnosis] = Field(description="What the format advises against, and does not forbid.")


@tool(scope=WRITE, idempotent=True)
async def skill_publish(
    ctx: Context,
    skill: SkillName,
    version: Annotated[Version | None, Field(description="Number or digest; without it, the active one.")] = None,
) -> Publication:
    """Publish a version of a skill: it is checked against agentskills.io, and approved, or waits for a reviewer.

    It waits when something in it may be dangerous. Someone else with the scope skills:review then decides.
    """
    review_all = ctx.settings(SkillsSettings).review_all

    def work(session: Session) -> Publication:
        return _published(review.publish(session, ctx.principal, skill, version, review_all=review_all))

    return await ctx.transaction(work, partial(_tell, ctx, "skill.published"))


@tool(scope=REVIEW, idempotent=True)
async def skill_review(
    ctx: Context,
    skill: SkillName,
    version: Annotated[Version, Field(description="The version that you have read, by its number or its digest.")],
    decision: Annotated[Literal["approve", "reject"], Field(description="A rejection needs a comment.")],
    comment: Annotated[Note | None, Field(description="What you say of it to its author.")] = None,
) -> Publication:
    """Approve or reject a version that another agent has written, under your name."""

    def work(session: Session) -> Publication:
        approve = decision == "approve"
        return _published(review.review(session, ctx.principal, skill, version, approve=approve, comment=comment))

    return await ctx.transaction(work, partial(_tell, ctx, "skill.reviewed"))


def _published(done: Revision) -> Publication:
    receipt = VersionReceipt.for_version(done.skill, done.version, is_new=False)
    warnings = [
        Diagnosis(severity=one.severity, code=one.code, message=one.message, where=one.where)
        for one in review.diagnose(done.skill, done.version)
        if one.severity == "warning"
    ]
    return Publication(**receipt.model_dump(), warnings=warnings)


def _tell(ctx: Context, event: str, publication: Publication) -> None:
    ctx.publish(
        event,
        skill_id=publication.id,
        namespace=publication.namespace,
        version=publication.version.version,
        review_status=publication.version.review_status,
    )
    everybody = publication.access_level in ("public", "system")
    ctx.list_changed("prompts", "resources", everybody=everybody)
