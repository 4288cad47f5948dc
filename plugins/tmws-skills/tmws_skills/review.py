"""To publish versions and to review them: strict checks for all, and a second reader where something was found.

A version is a draft until it is published. One in which something was found waits for a reviewer, who is neither its
author nor acts for it; every other is approved with its publication, unless the settings want all of them reviewed.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, PermissionDenied
from tmws_skills import versions
from tmws_skills.access import readable, writable
from tmws_skills.authoring import Revision
from tmws_skills.format.diagnostic import Diagnostic
from tmws_skills.format.document import Document
from tmws_skills.format.validation import check_strict
from tmws_skills.lookup import find_to
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_version import SkillVersion


def publish(
    session: Session, principal: Principal, skill: str, version: int | str | None, *, review_all: bool
) -> Revision:
    """Publish a version: check it strictly, and approve it or have it wait for a reviewer.

    Args:
        session: a writing session.
        principal: who publishes it.
        skill: the skill's identifier or name.
        version: the number or the digest of the version; None for the active one.
        review_all: whether a version in which nothing was found waits, too.

    Raises:
        NotFound: there is no such skill for the caller, or it has no such version.
        PermissionDenied: the caller may read it, and not change it.
        InvalidArguments: it is not what the format asks for, or was rejected.
        AlreadyChanged: an approved version with another content has the same `metadata.version`.
    """
    found = find_to(session, principal, skill, writable, "publish")
    chosen = versions.active(session, found) if version is None else versions.one(session, found, version)
    ensure_registered(session, principal)
    if chosen.review_status == "rejected":
        raise InvalidArguments(
            f"version {chosen.version} of the skill {found.name!r} was rejected: {chosen.review_comment}",
            hint="change the skill, and publish the new version",
        )
    if chosen.review_status != "approved":
        _refuse_unfit(session, found, chosen)
        waits = bool(chosen.findings) or review_all
        chosen.review_status = "pending_review" if waits else "approved"
        session.flush()
    return Revision(found, chosen, is_new=False)


def review(
    session: Session, principal: Principal, skill: str, version: int | str, *, approve: bool, comment: str | None
) -> Revision:
    """Approve a version or reject it, under the reviewer's name; a later review replaces an earlier one.

    Args:
        session: a writing session.
        principal: the reviewer.
        skill: the skill's identifier or name.
        version: the number or the digest of the version.
        approve: whether it is approved.
        comment: what the reviewer says of it.

    Raises:
        NotFound: there is no such skill for the caller, or it has no such version.
        PermissionDenied: the reviewer is the author.
        InvalidArguments: it is not published, not what the format asks for, or rejected without a reason.
        AlreadyChanged: an approved version with another content has the same `metadata.version`.
    """
    found = find_to(session, principal, skill, readable, "review")
    chosen = versions.one(session, found, version)
    if chosen.created_by is not None and chosen.created_by in (principal.agent_id, principal.actor):
        raise PermissionDenied(
            f"version {chosen.version} of the skill {found.name!r} was written by {chosen.created_by!r}, who does not "
            "review it",
            hint="ask somebody else who holds the scope 'skills:review'",
        )
    if chosen.review_status == "draft":
        raise InvalidArguments(
            f"version {chosen.version} of the skill {found.name!r} is a draft, and waits for no review",
            hint="whoever may change the skill publishes it first, with skill_publish",
        )
    if not approve and not comment:
        raise InvalidArguments("comment: a rejection needs a reason", hint="say what has to be changed")
    if approve:
        _refuse_unfit(session, found, chosen)
    ensure_registered(session, principal)
    chosen.review_status = "approved" if approve else "rejected"
    chosen.reviewed_by_agent_id, chosen.reviewed_at, chosen.review_comment = principal.agent_id, utc_now(), comment
    session.flush()
    return Revision(found, chosen, is_new=False)


def diagnose(skill: Skill, version: SkillVersion) -> Sequence[Diagnostic]:
    """What the format of agentskills.io says of a version; an error keeps it from being published."""
    return check_strict(Document.parse(version.content), skill.name)


def _refuse_unfit(session: Session, skill: Skill, version: SkillVersion) -> None:
    errors = [one for one in diagnose(skill, version) if one.severity == "error"]
    if errors:
        raise InvalidArguments(
            f"version {version.version} of the skill {skill.name!r} cannot be published: {errors[0]}",
            hint="change the skill with skill_update, then publish the new version",
            details={"faults": [{"argument": one.where, "fault": one.message, "code": one.code} for one in errors]},
        )
    _refuse_same_version(session, skill, version)


def _refuse_same_version(session: Session, skill: Skill, version: SkillVersion) -> None:
    """Whoever reads `metadata.version` outside of this server takes what has the same for the same."""
    number = Document.parse(version.content).version
    if number is None:
        return
    approved = SkillVersion.skill_id == skill.id, SkillVersion.review_status == "approved"
    others = select(SkillVersion.version, SkillVersion.content).where(*approved, SkillVersion.id != version.id)
    for other, content in session.execute(others.order_by(SkillVersion.version)):
        if Document.parse(content).version == number:
            raise AlreadyChanged(
                f"metadata.version {number!r} is that of the approved version {other} of the skill {skill.name!r}, "
                "which has another content",
                hint="set another metadata.version with skill_update, then publish the new version",
                details={"version": other},
            )
