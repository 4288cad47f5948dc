"""To find one skill by its identifier or its name, as far as the caller may see or change it."""

import re
from collections.abc import Callable

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.tool_errors import InvalidArguments, NotFound, PermissionDenied
from tmws_skills.access import deleted, own, readable
from tmws_skills.models.skill import Skill

Rule = Callable[[Principal], ColumnElement[bool]]

_IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# also what a skill could be called before names were strict; a database may refuse even to compare with other texts
_NAME = re.compile(r"(?:(?P<namespace>[a-z0-9][a-z0-9._-]{0,254})/)?(?P<name>[a-z0-9][a-z0-9_-]{0,254})")
_MOST_NAMED = 10


def find(session: Session, principal: Principal, skill: str) -> Skill:
    """The skill of an identifier or a name, if the caller may see it.

    A bare name means the skill of the caller's namespace, or else the only one elsewhere; `namespace/name` leaves no
    doubt.

    Args:
        session: a reading session.
        principal: who asks.
        skill: the identifier, the name, or the namespace and the name with `/` between them.

    Raises:
        NotFound: there is none, or the caller may not see it; the two are not told apart.
        InvalidArguments: several skills of other namespaces have the name.
    """
    return _find(session, principal, skill, readable(principal))


def find_to(session: Session, principal: Principal, skill: str, rule: Rule, verb: str) -> Skill:
    """The skill, if the caller may do something with it; nobody else changes it before this transaction ends.

    Args:
        session: a writing session.
        principal: who asks.
        skill: as for `find`.
        rule: who may do what is going to be done.
        verb: what is going to be done, for the refusal.

    Raises:
        NotFound: there is none, or the caller may not see it.
        PermissionDenied: the caller sees it, and may not do that with it.
        InvalidArguments: several skills of other namespaces have the name.
    """
    found = find(session, principal, skill)
    session.refresh(found, with_for_update={"key_share": True})
    # asked anew, because whoever held the row until now may have deleted or closed it
    if session.scalar(select(Skill.id).where(Skill.id == found.id, readable(principal))) is None:
        raise not_found(skill)
    if session.scalar(select(Skill.id).where(Skill.id == found.id, rule(principal))) is None:
        raise PermissionDenied(
            f"{principal.agent_id!r} may not {verb} the skill {found.name!r}, which belongs to {found.created_by!r}",
            hint="ask its owner to share it with that permission",
        )
    return found


def find_own(session: Session, principal: Principal, skill: str) -> Skill:
    """The skill, if it is the caller's.

    Args:
        session: a reading session.
        principal: who asks.
        skill: as for `find`.

    Raises:
        NotFound: there is none that is the caller's; whether it is somebody else's is not told.
    """
    return _find(session, principal, skill, own(principal))


def find_deleted(session: Session, principal: Principal, skill: str) -> Skill:
    """A skill that the caller can bring back; of several with one name, the one that was deleted last.

    Args:
        session: a writing session.
        principal: its owner.
        skill: as for `find`.

    Raises:
        NotFound: there is none.
    """
    condition = _named(skill)
    if condition is not None:
        newest = select(Skill).where(condition, deleted(principal)).order_by(Skill.deleted_at.desc()).limit(1)
        found = session.scalars(newest.with_for_update(key_share=True)).first()
        if found is not None:
            return found
    raise NotFound(f"there is no deleted skill {skill!r} of yours", hint="after some days it is gone for good")


def not_found(skill: str) -> NotFound:
    """The one answer for a skill that is not there and for one that is not the caller's to see."""
    return NotFound(f"there is no skill {skill!r}", hint="find the right one with skill_search or skill_list")


def is_identifier(text: str) -> bool:
    """Whether a text can be the identifier of a skill."""
    return _IDENTIFIER.fullmatch(text) is not None


def _find(session: Session, principal: Principal, skill: str, rule: ColumnElement[bool]) -> Skill:
    condition = _named(skill)
    if condition is None:
        raise not_found(skill)
    own_first = (Skill.namespace != principal.namespace, Skill.namespace)
    found = session.scalars(select(Skill).where(condition, rule).order_by(*own_first).limit(_MOST_NAMED)).all()
    if not found:
        raise not_found(skill)
    if len(found) > 1 and found[0].namespace != principal.namespace:
        raise InvalidArguments(
            f"skill: {skill!r} is the name of several skills of other namespaces",
            hint="give one of: " + ", ".join(f"{one.namespace}/{one.name}" for one in found),
        )
    return found[0]


def _named(skill: str) -> ColumnElement[bool] | None:
    """The condition that a skill is meant, whoever may see it; None when no skill can be."""
    if is_identifier(skill):
        return Skill.id == skill
    parts = _NAME.fullmatch(skill)
    if parts is None:
        return None
    name = Skill.name == parts["name"]
    return name if parts["namespace"] is None else and_(name, Skill.namespace == parts["namespace"])
