"""Finds the patterns of an agent in a namespace, and keeps them: each once, as it was found last."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from tmws_agents.models.agent import Agent
from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_memory import recalls
from tmws_memory.access import living, owned
from tmws_memory.condensing.topics import topics
from tmws_memory.corpus import MOST_CHARACTERS_FOR_TOPICS, Corpus, load
from tmws_memory.models.memory import Memory
from tmws_memory.models.pattern import Pattern
from tmws_memory.patterns.clusters import LARGEST, SMALLEST, clusters
from tmws_memory.patterns.correlations import correlations, recalled_together
from tmws_memory.patterns.found_pattern import FoundPattern
from tmws_memory.patterns.sequences import sequences
from tmws_memory.vectors.index import Space
from tmws_memory.visibility import visible_among

MOST_FORMER = 500
"""How many patterns that are no longer found are kept."""


@dataclass(frozen=True)
class Material:
    """What patterns are looked for in.

    Attributes:
        corpus: what the agent has stored.
        recalls: which memories it has recalled together, as far as it can still read them.
    """

    corpus: Corpus
    recalls: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Outcome:
    """What has changed.

    Attributes:
        found: how many patterns there are.
        new: how many of them were not known, or not found the last time.
        former: how many that were found the last time are not any more.
    """

    found: int
    new: int
    former: int


def material(session: Session, principal: Principal, namespace: str, space: Space | None) -> Material:
    """What a caller has stored and recalled in a namespace.

    What was archived was stored nevertheless, and counts; what a consolidation has made says nothing of its own.

    Args:
        session: a reading session.
        principal: whose patterns are wanted.
        namespace: where.
        space: where the vectors of the namespace are, if anywhere.
    """
    found = recalls.of(session, principal, namespace)
    visible = visible_among(session, principal, (memory_id for recall in found for memory_id in recall))
    still_visible = [[one for one in recall if one in visible] for recall in found]
    corpus = load(session, _stored(principal, namespace), space, MOST_CHARACTERS_FOR_TOPICS)
    return Material(corpus, [one for one in still_visible if one])


def patterns(material: Material) -> list[FoundPattern]:
    """Find sequences, correlations and clusters; this takes some seconds for many memories."""
    items = material.corpus.items
    known = topics(items, smallest=SMALLEST, largest=LARGEST)
    topic_of = {item: topic.item_ids[0] for topic in known for item in topic.item_ids}
    labels = {f"topic:{topic.item_ids[0]}": f"topic:{', '.join(topic.words)}" for topic in known}
    return [
        *(_labelled(one, labels) for one in sequences(items, topic_of)),
        *correlations(items),
        *recalled_together(material.recalls),
        *clusters(items, known=known),
    ]


def keep(session: Session, principal: Principal, namespace: str, found: Sequence[FoundPattern]) -> Outcome:
    """Keep what was found: what was known is renewed, and what is not found any more becomes inactive.

    Args:
        session: a writing session.
        principal: whose patterns they are.
        namespace: where they were looked for.
        found: all that were found.
    """
    ensure_registered(session, principal)
    _take_turns(session, principal)
    known = {
        (one.pattern_type, one.signature): one
        for one in session.scalars(select(Pattern).where(_of(principal, namespace)))
    }
    now = utc_now()
    new = 0
    for one in found:
        pattern = known.pop((one.type, one.signature), None)
        new += pattern is None or not pattern.is_active
        if pattern is None:
            pattern = Pattern(
                pattern_type=one.type, signature=one.signature, agent_id=principal.agent_id, namespace=namespace
            )
            session.add(pattern)
        pattern.pattern_data = dict(one.pattern_data)
        pattern.confidence, pattern.frequency = one.confidence, one.frequency
        pattern.memory_ids = list(one.memory_ids)
        pattern.is_active, pattern.last_triggered_at = True, now
    session.flush()
    former = [one for one in known.values() if one.is_active]
    for pattern in former:
        pattern.is_active = False
    session.flush()
    _drop_oldest(session, principal, namespace)
    return Outcome(len(found), new, len(former))


def _stored(principal: Principal, namespace: str) -> ColumnElement[bool]:
    origin = Memory.metadata_json["origin"].as_string()
    return and_(
        owned(principal),
        Memory.namespace == namespace,
        Memory.deleted_at.is_(None),
        living(),
        or_(origin.is_(None), origin != "consolidation"),
    )


def _labelled(found: FoundPattern, labels: dict[str, str]) -> FoundPattern:
    """A sequence whose topics are told by their words; it is known by the memory that began each of them."""
    steps = [labels.get(step, step) for step in found.pattern_data["steps"]]
    return replace(found, pattern_data={**found.pattern_data, "steps": steps})


def _of(principal: Principal, namespace: str) -> ColumnElement[bool]:
    return and_(Pattern.agent_id == principal.agent_id, Pattern.namespace == namespace)


def _take_turns(session: Session, principal: Principal) -> None:
    """Let no other process keep patterns of the same agent at the same time, which only PostgreSQL would let happen."""
    session.execute(select(Agent.id).where(Agent.agent_id == principal.agent_id).with_for_update(key_share=True))


def _drop_oldest(session: Session, principal: Principal, namespace: str) -> None:
    former = and_(_of(principal, namespace), Pattern.is_active.is_(False))
    surplus = (
        select(Pattern.id)
        .where(former)
        .order_by(Pattern.last_triggered_at.desc(), Pattern.id.desc())
        .offset(MOST_FORMER)
    )
    identifiers = session.scalars(surplus).all()
    if identifiers:
        session.execute(delete(Pattern).where(Pattern.id.in_(identifiers)))
