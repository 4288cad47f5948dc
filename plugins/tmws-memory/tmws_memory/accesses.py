"""Which memories were read, and which together, written down some time later: to read one does not wait for a write."""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from functools import partial

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.database import Database
from tmws_memory import recalls
from tmws_memory.decay import boosted, decayed
from tmws_memory.models.memory import Memory

SECONDS_BETWEEN_COUNTED = 5.0
_AT_ONCE = 500
_MOST_RECALLS = 1_000


class Accesses:
    """The memories that were read since the last time they were counted; each counts once in five seconds."""

    def __init__(self, database: Database, half_life_days: float) -> None:
        """Begin with nothing read.

        Args:
            database: where it is written down.
            half_life_days: after how many days without a reading a memory is half as relevant.
        """
        self._database = database
        self._half_life_days = half_life_days
        self._noted: dict[str, float] = {}
        self._counted: dict[str, float] = {}
        self._recalls: deque[recalls.NotedRecall] = deque(maxlen=_MOST_RECALLS)

    def note(self, memory_ids: Iterable[str]) -> None:
        """Somebody has read some memories."""
        now = time.monotonic()
        for memory_id in memory_ids:
            if now - self._counted.get(memory_id, -SECONDS_BETWEEN_COUNTED) >= SECONDS_BETWEEN_COUNTED:
                self._noted.setdefault(memory_id, now)

    def note_recall(self, principal: Principal, namespace: str, memory_ids: Iterable[str]) -> None:
        """A search has shown memories to a caller, best first; the oldest searches give way when there are too many."""
        together = tuple(memory_ids)
        self.note(together)
        if together:
            self._recalls.append(recalls.NotedRecall(principal.agent_id, namespace, together))

    async def count(self) -> None:
        """Write down what was noted: one reading more, now, and a little more relevant; and what was found together."""
        noted, self._noted = self._noted, {}
        now = time.monotonic()
        self._counted = {one: at for one, at in self._counted.items() if now - at < SECONDS_BETWEEN_COUNTED}
        self._counted |= noted
        identifiers = sorted(noted)
        for start in range(0, len(identifiers), _AT_ONCE):
            part = identifiers[start : start + _AT_ONCE]
            work = partial(_count, memory_ids=part, half_life_days=self._half_life_days)
            await self._database.transaction(work, read_only=False)
        found, self._recalls = list(self._recalls), deque(maxlen=_MOST_RECALLS)
        if found:
            await self._database.transaction(partial(recalls.keep, recalls=found), read_only=False)


def _count(session: Session, memory_ids: Sequence[str], half_life_days: float) -> None:
    used_at = func.coalesce(Memory.accessed_at, Memory.created_at, type_=Memory.created_at.type)
    # in one order, so that two processes that count the same memories wait for each other instead of for ever
    read = select(Memory.id, Memory.relevance_score, used_at).where(Memory.id.in_(memory_ids)).order_by(Memory.id)
    now = utc_now()
    counted = [
        {
            "memory_id": memory_id,
            "relevance": boosted(decayed(relevance, (now - since).total_seconds(), half_life_days)),
        }
        for memory_id, relevance, since in session.execute(read.with_for_update())
    ]
    if counted:
        statement = (
            update(Memory)
            .where(Memory.id == bindparam("memory_id"))
            .values(
                access_count=Memory.access_count + 1,
                accessed_at=now,
                relevance_score=bindparam("relevance"),
                updated_at=Memory.updated_at,
            )
        )
        session.connection().execute(statement, counted)
