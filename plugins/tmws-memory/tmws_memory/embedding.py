"""Gives memories their vectors after they are stored; no memory waits for this, and none is lost when it fails."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tmws_core.database import Database
from tmws_memory.access import present
from tmws_memory.meaning import Meaning
from tmws_memory.models.memory import Memory
from tmws_memory.scope import namespace_token

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_ROUNDS = 30.0


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


class EmbeddingWorker:
    """Embeds what waits for it, soon after it is stored and again when something has failed."""

    def __init__(self, database: Database, meaning: Meaning, batch: int) -> None:
        self._database = database
        self._meaning = meaning
        self._batch = batch
        self._wake = asyncio.Event()
        self._turn = asyncio.Lock()

    def wake(self) -> None:
        """Something was stored."""
        self._wake.set()

    async def run(self) -> None:
        """Embed until cancelled; what goes wrong is told in the log, and tried again."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS_BETWEEN_ROUNDS):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self.finish()
            except Exception:
                logger.exception("memories could not be embedded; they are found by their words, and tried again")

    async def finish(self) -> None:
        """Embed until nothing waits any more that can be embedded now."""
        while (done := await self.round()).ready or done.failed:
            pass

    async def round(self) -> Round:
        """Embed one batch of the memories that wait."""
        async with self._turn:
            if not self._meaning.enabled:
                return Round(0, 0)
            waiting = await self._database.transaction(self._waiting, read_only=True)
            if not waiting or await self._meaning.embedder() is None:
                return Round(0, 0)
            return await self._embed(waiting)

    def _waiting(self, session: Session) -> list[_Waiting]:
        statement = (
            select(Memory.id, Memory.content, Memory.content_hash, Memory.namespace)
            .where(Memory.embedding_status == "pending", present())
            .order_by(Memory.updated_at)
            .limit(self._batch)
        )
        return [_Waiting(*row) for row in session.execute(statement)]

    async def _embed(self, waiting: Sequence[_Waiting]) -> Round:
        from tmws_memory.embedders.embedder import EmbedderFault, EmbedderUnavailable

        try:
            vectors = await self._meaning.of_documents([one.content for one in waiting])
        except EmbedderUnavailable as error:
            logger.warning("memories wait for their vectors: %s", error)
            return Round(0, 0)
        except EmbedderFault as error:
            return await self._embed_halves(waiting, error)
        embedder = await self._meaning.embedder()
        if embedder is None:
            return Round(0, 0)
        index = await self._meaning.index()
        model, dimension = embedder.name, embedder.dimension

        def keep(session: Session) -> int:
            from tmws_memory.vectors.index import Space

            unchanged = _unchanged(session, waiting)
            for namespace in sorted({one.namespace for one in waiting}):
                kept = {
                    one.memory_id: vector
                    for one, vector in zip(waiting, vectors, strict=True)
                    if one.namespace == namespace and one.memory_id in unchanged
                }
                index.put(session, Space(namespace_token(namespace), model, dimension), kept)
            _mark(session, sorted(unchanged), "ready", model, dimension)
            return len(unchanged)

        return Round(await self._database.transaction(keep, read_only=False), 0)

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


def pending(session: Session) -> int:
    """How many memories wait for a vector."""
    waiting = select(func.count()).select_from(Memory).where(Memory.embedding_status == "pending", present())
    return session.scalar(waiting) or 0


def _unchanged(session: Session, waiting: Sequence[_Waiting]) -> set[str]:
    """Those that still have the text that was embedded; nobody changes them until the transaction ends.

    Who deletes or archives memories has their rows, and waits for the revision of the vectors; so the rows come first
    here as well.
    """
    texts = {(one.memory_id, one.content_hash) for one in waiting}
    now = (
        select(Memory.id, Memory.content_hash)
        .where(Memory.id.in_([one.memory_id for one in waiting]), present())
        .order_by(Memory.id)
        .with_for_update(key_share=True)
    )
    return {memory_id for memory_id, content_hash in session.execute(now) if (memory_id, content_hash) in texts}


def _mark(session: Session, memory_ids: Sequence[str], status: str, model: str | None, dimension: int | None) -> None:
    session.execute(
        update(Memory)
        .where(Memory.id.in_(memory_ids))
        .values(
            embedding_status=status,
            embedding_model=model,
            embedding_dimension=dimension,
            updated_at=Memory.updated_at,
        )
        .execution_options(synchronize_session=False)
    )
