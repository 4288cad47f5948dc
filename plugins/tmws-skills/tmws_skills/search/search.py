"""A search: what has the words, then what is near in meaning, then both as one ranking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest

from sqlalchemy import ColumnElement, String, and_, cast, func, select
from sqlalchemy.orm import Session

from tmws_core import Context
from tmws_skills.catalogue import Filters
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_version import SkillVersion
from tmws_skills.search.by_words import by_words
from tmws_skills.search.fusion import fused
from tmws_skills.search.meaning import MOST_KEPT, Meaning

MOST_BY_MEANING = 50
"""So many skills are found by meaning at most."""
LONGEST_TEXT = 2_000
"""So many characters of the instructions count for the meaning, besides name and description."""
_BETWEEN = "@"
"""What stands between a skill and its version in the key of a vector: a version never changes."""


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes:
        skill_ids: the skills, the best first.
        similarities: how near in meaning they are, as far as that is known.
    """

    skill_ids: Sequence[str]
    similarities: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Compared:
    """The skills that are compared by meaning: the keys of their versions, and the texts that are not embedded yet."""

    keys: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _LookedUp:
    """What the database has said: the skills with the words, the deprecated ones, and what is compared by meaning."""

    ranked: Sequence[str]
    deprecated: frozenset[str]
    compared: _Compared

    def in_order(self, skill_ids: Sequence[str]) -> list[str]:
        """A ranking in which what is deprecated comes last."""
        return sorted(skill_ids, key=lambda skill_id: skill_id in self.deprecated)


async def search(ctx: Context, meaning: Meaning, question: str, filters: Filters) -> Found:
    """The skills that a question finds, as far as the caller can read them.

    Args:
        ctx: the call.
        meaning: compares meanings, when there is an embedder.
        question: any text.
        filters: which skills are meant.
    """
    conditions = filters.conditions(ctx.principal)

    def look_up(session: Session) -> _LookedUp:
        named = session.scalars(select(Skill.id).where(_named(question), *conditions).order_by(Skill.id)).all()
        ranked = dict.fromkeys([*named, *by_words(session, question, conditions)])
        last = session.scalars(select(Skill.id).where(Skill.deprecated_at.is_not(None), *conditions)).all()
        compared = _compared(session, meaning, conditions) if meaning.possible else _Compared()
        return _LookedUp(list(ranked), frozenset(last), compared)

    looked_up = await ctx.transaction(look_up)
    compared = looked_up.compared
    if not compared.keys:
        return Found(looked_up.in_order(looked_up.ranked))
    by_key = await meaning.similarities(question, list(compared.keys.values()), compared.texts)
    similarities = {skill_id: by_key[key] for skill_id, key in compared.keys.items() if key in by_key}
    positive = [skill_id for skill_id, similarity in similarities.items() if similarity > 0]
    nearest = nlargest(MOST_BY_MEANING, positive, key=lambda skill_id: similarities[skill_id])
    return Found(looked_up.in_order(fused(looked_up.ranked, nearest)), similarities)


def _named(question: str) -> ColumnElement[bool]:
    """The condition that a question is the very name of a skill, with or without its namespace."""
    namespace, slash, name = question.strip().lower().rpartition("/")
    named = Skill.name == name.replace(" ", "-")
    return and_(named, Skill.namespace == namespace) if slash else named


def _compared(session: Session, meaning: Meaning, conditions: Sequence[ColumnElement[bool]]) -> _Compared:
    each = select(Skill.id, Skill.active_version).where(*conditions).order_by(Skill.id).limit(MOST_KEPT).subquery()
    # one text: a row costs more than what stands in it
    together = func.aggregate_strings(each.c.id + _BETWEEN + cast(each.c.active_version, String), " ")
    found = (session.scalar(select(together)) or "").split()
    keys = {key.partition(_BETWEEN)[0]: key for key in found}
    missing = meaning.missing(found)
    return _Compared(keys, _texts(session, [key.partition(_BETWEEN)[0] for key in missing]) if missing else {})


def _texts(session: Session, skill_ids: Sequence[str]) -> Mapping[str, str]:
    """The texts of some skills by the keys of their versions."""
    statement = (
        select(Skill.id, SkillVersion.version, Skill.name, Skill.description, SkillVersion.core_instructions)
        .join(SkillVersion, and_(SkillVersion.skill_id == Skill.id, SkillVersion.version == Skill.active_version))
        .where(Skill.id.in_(skill_ids))
    )
    return {
        f"{skill_id}{_BETWEEN}{version}": "\n".join(
            [name.replace("-", " "), description or "", (instructions or "")[:LONGEST_TEXT]]
        )
        for skill_id, version, name, description, instructions in session.execute(statement)
    }
