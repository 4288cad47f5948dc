"""To delete skills: first marked and kept for a while, so that it can be undone, then really gone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete as delete_rows
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_skills import authoring
from tmws_skills.access import deletable
from tmws_skills.activation import activations
from tmws_skills.lookup import find_deleted, find_to
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_activation import SkillActivation


def delete(session: Session, principal: Principal, skill: str) -> Skill:
    """Mark a skill as deleted; nobody finds or uses it any more, and its owner can restore it for a while.

    Wherever it is active, that ends; a restored skill has to be activated anew.

    Raises:
        NotFound: there is no such skill for the caller.
        PermissionDenied: the caller may read it, and not delete it.
    """
    found = find_to(session, principal, skill, deletable, "delete")
    found.is_deleted, found.deleted_at = True, utc_now()
    session.flush()
    activations.end_all(session, SkillActivation.skill_id == found.id)
    return found


def restore(session: Session, principal: Principal, skill: str) -> Skill:
    """Bring back a deleted skill of the caller, with its versions, shares and pins.

    Raises:
        NotFound: there is none with that identifier or name among the caller's deleted ones.
        AlreadyChanged: another skill of the namespace has the name by now.
    """
    found = find_deleted(session, principal, skill)
    authoring.refuse_taken(session, found.namespace, found.name)
    try:
        with session.begin_nested():
            found.is_deleted, found.deleted_at = False, None
    except IntegrityError as error:  # only PostgreSQL lets another process take the name at this very moment
        raise authoring.taken(found.namespace, found.name) from error
    return found


def due(session: Session, before: datetime, most: int) -> Sequence[str]:
    """The skills that were deleted before a moment, the first ones first; what others change just now is left out.

    Args:
        session: a writing session.
        before: the moment.
        most: how many at most.
    """
    oldest = select(Skill.id).where(Skill.deleted_at < before).order_by(Skill.deleted_at, Skill.id).limit(most)
    return session.scalars(oldest.with_for_update(skip_locked=True)).all()


def purge(session: Session, skill_ids: Sequence[str]) -> None:
    """Remove skills for good, with all that belongs to them, which the database sees to."""
    session.execute(delete_rows(Skill).where(Skill.id.in_(skill_ids)).execution_options(synchronize_session=False))


def restorable_until(skill: Skill, undo_days: float) -> datetime | None:
    """Until when a deleted skill can be restored."""
    return None if skill.deleted_at is None else skill.deleted_at + timedelta(days=undo_days)
