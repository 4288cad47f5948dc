"""Gives memories their vectors after they are stored; no memory waits for this, and none is lost when it fails."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, Update, and_, bindparam, func, literal_column, select, update
from sqlalchemy.orm import Session

from tmws_core.database import Database
from tmws_core.exclusive import Exclusive
from tmws_memory.access import present
from tmws_memory.meaning import Meaning
from tmws_memory.membership import as_parameter, is_one_of
from tmws_memory.models.base import table_of
from tmws_memory.models.memory import Memory
from tmws_memory.scope import namespace_token

if TYPE_CHECKING:
    from tmws_memory.vectors.index import Vectors

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_ROUNDS = 30.0
SECONDS_TO_GATHER = 0.2
MOST_SECONDS_TO_GATHER = 3.0
"""Stores in quick succession make the embedding wait for a pause, so long at most: it would hold them up."""
KEPT_AT_ONCE = 64
"""So many vectors are written in one transaction, which other writers have to wait for."""
LOCK = "memory-embedding"
_MEMORIES = table_of(Memory)


@dataclass(frozen=True)
class _Waiting:
    memory_id: str
    content: str
    content_hash: str
    namespace: str


@dataclass(frozen=True)
class Round:
    """What one round of embedding did: how many memories have a vector now, and how many could not get one."""

    ready: int
    failed: int

    @property
    def size(self) -> int:
        """How many memories do not wait any more."""
        return self.ready + self.failed


@dataclass(frozen=True)
class Again:
    """What one batch of embedding anew did.

    Attributes:
        last: the identifier of the last memory of the batch.
        size: how many memories it had.
        done: what became of them.
    """

    last: str
    size: int
    done: Round


class EmbeddingWorker:
    """Embeds what waits for it, soon after it is stored and again when something has failed."""

    def __init__(self, database: Database, meaning: Meaning, batch: int) -> None:
        self._database = database
        self._meaning = meaning
        self._batch = batch
        self._wake = asyncio.Event()
        self._turn = asyncio.Lock()
        self._exclusive = Exclusive(database, LOCK)

    def wake(self) -> None:
        """Something was stored."""
        self._wake.set()

    async def run(self) -> None:
        """Embed until cancelled; what goes wrong is told in the log, and tried again."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS_BETWEEN_ROUNDS):
                    await self._wake.wait()
                await self._pause()
            self._wake.clear()
            try:
                await self._alone()
            except Exception:
                logger.exception("memories could not be embedded; they are found by their words, and tried again")

    async def _pause(self) -> None:
        """Wait until nothing more is stored for a moment, so that it is embedded together."""
        with suppress(TimeoutError):
            async with asyncio.timeout(MOST_SECONDS_TO_GATHER):
                while self._wake.is_set():
                    self._wake.clear()
                    await asyncio.sleep(SECONDS_TO_GATHER)

    async def _alone(self) -> None:
        """Embed what waits, in one process at a time: two would embed the same, and keep the writers waiting."""
        while not await self._exclusive.try_acquire():  # noqa: ASYNC110 -- the holder is another process
            await asyncio.sleep(SECONDS_TO_GATHER)
        try:
            while (await self.round()).size >= self._batch:
                pass
        finally:
            await self._exclusive.release()

    async def finish(self) -> None:
        """Embed until nothing waits any more that can be embedded now."""
        while (await self.round()).size:
            pass

    async def round(self) -> Round:
        """Embed one batch of the memories that wait."""
        async with self._turn:
            if not self._meaning.enabled:
                return Round(0, 0)
            waiting = await self._database.transaction(self._waiting, read_only=True)
            if not waiting or await self._meaning.index() is None or await self._meaning.embedder() is None:
                return Round(0, 0)
            from tmws_memory.embedders.embedder import EmbedderUnavailable

            try:
                return await self._embed(waiting)
            except EmbedderUnavailable as error:
                logger.warning("memories wait for their vectors: %s", error)
                return Round(0, 0)

    async def again(self, condition: ColumnElement[bool], after: str = "") -> "Again | None":
        """Embed one batch of the memories that fulfil a condition, whether they have a vector or not.

        Args:
            condition: which memories; those that are not present are left out.
            after: only those whose identifiers follow this one.

        Returns:
            What was done and how far it went; None when no memory is left.

        Raises:
            EmbedderUnavailable: there is no embedder, or the vector index failed.
        """

        def next_ones(session: Session) -> list[_Waiting]:
            following = _texts().where(condition, present(), Memory.id > after).order_by(Memory.id)
            return [_Waiting(*row) for row in session.execute(following.limit(self._batch))]

        async with self._turn:
            batch = await self._database.transaction(next_ones, read_only=True)
            if not batch:
                return None
            return Again(batch[-1].memory_id, len(batch), await self._embed(batch))

    def _waiting(self, session: Session) -> list[_Waiting]:
        statement = _texts().where(in_status("pending"), present()).order_by(Memory.updated_at).limit(self._batch)
        return [_Waiting(*row) for row in session.execute(statement)]

    async def _embed(self, waiting: Sequence[_Waiting]) -> Round:
        from tmws_memory.embedders.embedder import EmbedderFault, EmbedderUnavailable
        from tmws_memory.vectors.index import VectorIndexFault

        embedder = await self._meaning.embedder()
        try:
            vectors = await self._meaning.of_documents([one.content for one in waiting])
        except EmbedderFault as error:
            if not await self._meaning.works():
                return Round(0, 0)
            return await self._embed_halves(waiting, error)
        index = await self._meaning.index()
        if embedder is None or index is None:
            raise EmbedderUnavailable(self._meaning.status)
        model, dimension = embedder.name, embedder.dimension

        def keep(session: Session, some: "Mapping[_Waiting, Vectors]") -> int:
            from tmws_memory.vectors.index import Space

            unchanged = _unchanged(session, list(some))
            for namespace in sorted({one.namespace for one in some}, key=namespace_token):
                kept = {
                    one.memory_id: vector
                    for one, vector in some.items()
                    if one.namespace == namespace and one.memory_id in unchanged
                }
                index.put(session, Space(namespace_token(namespace), model, dimension), kept)
            _mark(session, sorted(unchanged), "ready", model, dimension)
            return len(unchanged)

        try:
            ready = 0
            for start in range(0, len(waiting), KEPT_AT_ONCE):
                end = start + KEPT_AT_ONCE
                some = dict(zip(waiting[start:end], vectors[start:end], strict=True))
                ready += await self._database.transaction(partial(keep, some=some), read_only=False)
            return Round(ready, 0)
        except VectorIndexFault as error:
            self._meaning.rest(str(error))
            raise EmbedderUnavailable(str(error)) from error

    async def _embed_halves(self, waiting: Sequence[_Waiting], error: Exception) -> Round:
        """Find the one text that the embedder cannot take, and go on without it."""
        if len(waiting) > 1:
            middle = len(waiting) // 2
            first, second = await self._embed(waiting[:middle]), await self._embed(waiting[middle:])
            return Round(first.ready + second.ready, first.failed + second.failed)
        logger.warning("memory %s is found by its words alone: %s", waiting[0].memory_id, error)

        def give_up(session: Session) -> None:
            _mark(session, sorted(_unchanged(session, waiting)), "failed", None, None)

        await self._database.transaction(give_up, read_only=False)
        return Round(0, 1)


def in_status(status: str) -> ColumnElement[bool]:
    """The condition that a memory waits for its vector (`pending`) or could not get one (`failed`)."""
    # an index over a part of the rows is used where its own condition is repeated as it is
    return and_(Memory.embedding_status != literal_column("'ready'"), Memory.embedding_status == status)


def count_in(session: Session, status: str) -> int:
    """How many present memories wait for a vector (`pending`), or could not get one (`failed`)."""
    return session.scalar(select(func.count()).select_from(Memory).where(in_status(status), present())) or 0


def _texts() -> Select[str, str, str, str]:
    return select(Memory.id, Memory.content, Memory.content_hash, Memory.namespace)


def _unchanged(session: Session, waiting: Sequence[_Waiting]) -> set[str]:
    """Those that still have the text that was embedded; nobody changes or deletes them before the transaction ends."""
    texts = {(one.memory_id, one.content_hash) for one in waiting}
    dialect = session.get_bind().dialect.name
    asked = {"identifiers": as_parameter([one.memory_id for one in waiting], dialect)}
    locked = session.connection().execute(_texts_now(dialect), asked).all()
    return {memory_id for memory_id, content_hash in locked if (memory_id, content_hash) in texts}


def _mark(session: Session, memory_ids: Sequence[str], status: str, model: str | None, dimension: int | None) -> None:
    dialect = session.get_bind().dialect.name
    values = {"status": status, "model": model, "dimension": dimension}
    session.connection().execute(_marked(dialect), {"identifiers": as_parameter(memory_ids, dialect), **values})


@cache
def _texts_now(dialect: str) -> Select[str, str]:
    """The statement for the present texts of the parameter `identifiers`, which it locks."""
    these = is_one_of(_MEMORIES.c.id, "identifiers", dialect)
    found = select(_MEMORIES.c.id, _MEMORIES.c.content_hash).where(these, present())
    return found.order_by(_MEMORIES.c.id).with_for_update()


@cache
def _marked(dialect: str) -> Update:
    """The statement that says of the parameter `identifiers` what became of their vectors."""
    return (
        update(_MEMORIES)
        .where(is_one_of(_MEMORIES.c.id, "identifiers", dialect))
        .values(
            embedding_status=bindparam("status"),
            embedding_model=bindparam("model"),
            embedding_dimension=bindparam("dimension"),
            updated_at=_MEMORIES.c.updated_at,
        )
    )
