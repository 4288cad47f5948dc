"""Recalls: which memories are recalled together, of which patterns are found."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_core.identifiers import new_identifier
from tmws_memory.models.recall import Recall

MOST_KEPT = 2_000
"""How many recalls of an agent in a namespace are kept."""
MOST_TOGETHER = 50
"""How many memories of one recall are kept: what comes after them hardly belongs to the first ones."""


@dataclass(frozen=True)
class NotedRecall:
    """What one search has shown.

    Attributes:
        agent_id: who searched.
        namespace: where.
        memory_ids: what was shown, best first.
    """

    agent_id: str
    namespace: str
    memory_ids: tuple[str, ...]


def keep(session: Session, recalls: Sequence[NotedRecall]) -> None:
    """Write recalls down, and drop the oldest ones of the same agents.

    An agent that has never stored anything is unknown to the database; its recalls are passed over.

    Args:
        session: a writing session.
        recalls: what was recalled, the oldest first.
    """
    names = {recall.agent_id for recall in recalls}
    known = set(session.scalars(select(Agent.agent_id).where(Agent.agent_id.in_(names)))) if names else set()
    identifiers = sorted(new_identifier() for _ in recalls)  # those of one millisecond are in no order of their own
    rows = [
        {
            "id": identifier,
            "agent_id": recall.agent_id,
            "namespace": recall.namespace,
            "memory_ids": list(recall.memory_ids[:MOST_TOGETHER]),
        }
        for identifier, recall in zip(identifiers, recalls, strict=True)
        if recall.agent_id in known
    ]
    if not rows:
        return
    session.execute(insert(Recall), rows)
    for agent_id, namespace in {(recall.agent_id, recall.namespace) for recall in recalls}:
        theirs = (Recall.agent_id == agent_id, Recall.namespace == namespace)
        last_dropped = session.scalar(
            select(Recall.id).where(*theirs).order_by(Recall.id.desc()).offset(MOST_KEPT).limit(1)
        )
        if last_dropped is not None:
            session.execute(delete(Recall).where(*theirs, Recall.id <= last_dropped))


def of(session: Session, principal: Principal, namespace: str) -> list[list[str]]:
    """What a caller has recalled in a namespace, the newest first; some of it may be gone or hidden by now."""
    mine = (
        select(Recall.memory_ids)
        .where(Recall.agent_id == principal.agent_id, Recall.namespace == namespace)
        .order_by(Recall.id.desc())
        .limit(MOST_KEPT)
    )
    return [list(memory_ids) for memory_ids in session.scalars(mine)]
