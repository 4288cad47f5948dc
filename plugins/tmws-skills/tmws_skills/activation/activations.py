"""To put a skill to use and to end that; an agent has as many skills active as it likes, each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.tool_errors import InvalidArguments, NotFound, PermissionDenied
from tmws_skills.access import readable
from tmws_skills.fields import is_storable
from tmws_skills.loading import Opened, open_for
from tmws_skills.lookup import find_to
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_activation import SkillActivation
from tmws_skills.models.skill_version import SkillVersion

Outcome = Literal["succeeded", "failed"]
_LONGEST_DURATION = 2**31 - 1
"""In milliseconds: what the column holds, 24 days."""


@dataclass(frozen=True)
class Activated:
    """A skill that is active now.

    Attributes:
        activation: its row.
        opened: the skill, and the version that is in use.
        is_new: whether it was not active before, or in another version.
        former: the version that was active until now, when it was another one.
    """

    activation: SkillActivation
    opened: Opened
    is_new: bool
    former: int | None = None


@dataclass(frozen=True)
class Result:
    """How the use of a skill went.

    Attributes:
        outcome: whether it was of use; None when nobody says.
        usefulness: how much it helped, from 0 to 1.
        error_message: what went wrong.
    """

    outcome: Outcome | None = None
    usefulness: float | None = None
    error_message: str | None = None


class Known(NamedTuple):
    """An activation, and the skill as far as its agent can still read it."""

    activation: SkillActivation
    namespace: str | None
    name: str | None


def activate(session: Session, principal: Principal, skill: str, level: int) -> Activated:
    """Put the version of a skill to use that a caller gets; what is active in that version already stays as it is.

    The skill's row is held until the transaction ends, so that it is not deleted at this moment, and nobody begins the
    same use twice.

    Args:
        session: a writing session.
        principal: who will use it.
        skill: the skill's identifier or name.
        level: how much of it is read now.

    Raises:
        NotFound: there is no such skill for the caller.
        PermissionDenied: a reviewer has rejected that version, and the skill is another's.
    """
    ensure_registered(session, principal)
    if session.get_bind().dialect.name == "postgresql":  # on SQLite nobody else writes meanwhile
        find_to(session, principal, skill, readable, "activate")
    opened = open_for(session, principal, skill)
    current, version = opened.activation, opened.version
    refuse_rejected(principal, opened.skill, version)
    read = _tokens_read(version, level)
    if current is not None and current.version == version.version:
        current.layer_loaded = max(current.layer_loaded or 1, level)
        current.tokens_loaded = max(current.tokens_loaded or 0, read)
        session.flush()
        return Activated(current, opened, is_new=False)
    if current is not None:
        _end(current, Result(), utc_now())
        session.flush()
    activation = SkillActivation(
        skill_id=opened.skill.id,
        agent_id=principal.agent_id,
        version=version.version,
        namespace=principal.namespace,
        layer_loaded=level,
        tokens_loaded=read,
    )
    session.add(activation)
    session.flush()
    return Activated(activation, opened, is_new=True, former=None if current is None else current.version)


def deactivate(session: Session, principal: Principal, skill: str, result: Result) -> Known:
    """End a caller's use of a skill, also of one that it cannot read any more.

    Args:
        session: a writing session.
        principal: who has used it.
        skill: the identifier of the skill or of the activation; or the skill's name, as long as the caller can read it.
        result: how it went.

    Raises:
        NotFound: no such skill is active for the caller.
        InvalidArguments: several skills of that name are.
    """
    found = _only(_matching(session, principal, skill), skill, principal)
    activation = found.activation
    session.refresh(activation, with_for_update=True)
    if activation.state != "active":  # another process was quicker
        raise _not_active(skill)
    _end(activation, result, utc_now())
    session.flush()
    return found


def refuse_rejected(principal: Principal, skill: Skill, version: SkillVersion) -> None:
    """Refuse a version that a reviewer has rejected to everybody but the owner of the skill, who makes it better.

    Raises:
        PermissionDenied: it was rejected, and the skill is another's.
    """
    if version.review_status == "rejected" and skill.created_by != principal.agent_id:
        raise PermissionDenied(
            f"a reviewer has rejected version {version.version} of the skill {skill.name!r}: "
            f"{version.review_comment or 'without a comment'}",
            hint="use another version with skill_pin, or ask its owner for a better one",
        )


def end_all(session: Session, condition: ColumnElement[bool]) -> int:
    """End the activations of skills that are no more to be used; how many.

    Args:
        session: a writing session.
        condition: of which skills or agents, as a condition on `SkillActivation`.
    """
    now = utc_now()
    ended = session.execute(
        update(SkillActivation)
        .where(SkillActivation.state == "active", condition)
        .values(state="inactive", deactivated_at=now)
        .returning(SkillActivation.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def page(
    session: Session,
    principal: Principal,
    *,
    skill_id: str | None,
    state: str | None,
    limit: int,
    after: tuple[datetime, str] | None,
) -> tuple[Sequence[Known], int]:
    """A part of a caller's own activations, the newest first, one more than the limit; and how many there are in all.

    Args:
        session: a reading session.
        principal: whose.
        skill_id: of this skill alone.
        state: `active` or `inactive` alone.
        limit: how many at most.
        after: moment and identifier of the one before.
    """
    conditions = [SkillActivation.agent_id == principal.agent_id]
    if skill_id is not None:
        conditions.append(_of(skill_id))
    if state is not None:
        conditions.append(SkillActivation.state == state)
    total = session.scalar(select(func.count()).select_from(SkillActivation).where(*conditions)) or 0
    order = (SkillActivation.activated_at, SkillActivation.id)
    if after is not None:
        conditions.append(tuple_(*order) < after)
    statement = _known(principal).where(*conditions).order_by(*(column.desc() for column in order)).limit(limit + 1)
    return [Known(*row) for row in session.execute(statement)], total


def _known(principal: Principal) -> Select[SkillActivation, str | None, str | None]:
    legible = and_(Skill.id == SkillActivation.skill_id, readable(principal))
    return select(SkillActivation, Skill.namespace, Skill.name).outerjoin(Skill, legible)


def _matching(session: Session, principal: Principal, skill: str) -> list[Known]:
    namespace, _, name = skill.rpartition("/")
    if not is_storable(skill):  # a database may refuse even to compare with it
        return []
    named = and_(Skill.name == name, Skill.namespace == namespace) if namespace else Skill.name == name
    meant = or_(SkillActivation.id == skill, SkillActivation.skill_id == skill, named)
    return [Known(*row) for row in session.execute(_known(principal).where(_active(principal), meant))]


def _only(found: Sequence[Known], skill: str, principal: Principal) -> Known:
    own = [one for one in found if one.namespace == principal.namespace]
    chosen = own if len(own) == 1 else found
    if not chosen:
        raise _not_active(skill)
    if len(chosen) > 1:
        raise InvalidArguments(
            f"skill: several active skills are called {skill!r}",
            hint="give one of: " + ", ".join(sorted(f"{one.namespace}/{one.name}" for one in chosen)),
        )
    return chosen[0]


def _end(activation: SkillActivation, result: Result, now: datetime) -> None:
    lasted = int((now - activation.activated_at).total_seconds() * 1000)
    activation.state = "inactive"
    activation.deactivated_at = now
    activation.duration_ms = min(max(lasted, 0), _LONGEST_DURATION)
    activation.outcome = result.outcome
    activation.usefulness = result.usefulness
    activation.error_message = result.error_message


def _tokens_read(version: SkillVersion, level: int) -> int:
    layers = (version.metadata_tokens, version.core_tokens, version.auxiliary_tokens)
    return sum(size or 0 for size in layers[:level])


def _active(principal: Principal) -> ColumnElement[bool]:
    return and_(SkillActivation.agent_id == principal.agent_id, SkillActivation.state == "active")


def _of(skill_id: str) -> ColumnElement[bool]:
    return SkillActivation.skill_id == skill_id


def _not_active(skill: str) -> NotFound:
    return NotFound(f"no skill {skill!r} is active for you", hint="skill_activations lists those that are")
