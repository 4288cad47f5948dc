"""The embedder and the vector index of a running server; they may be missing, slow or broken without any harm."""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tmws_core.host import Host
from tmws_memory.daemon_thread import in_daemon_thread
from tmws_memory.settings import MemorySettings

if TYPE_CHECKING:
    from tmws_memory.embedders.checked import CheckedEmbedder
    from tmws_memory.vectors.index import VectorIndex, Vectors

logger = logging.getLogger(__name__)

SECONDS_AFTER_A_FAILURE = 30.0


class Meaning:
    """Turns text into vectors, and knows where vectors are kept."""

    def __init__(self, application: Host) -> None:
        self._application = application
        self._settings = application.settings.section(MemorySettings)
        self._loading = asyncio.Lock()
        self._embedder: CheckedEmbedder | None = None
        self._index: VectorIndex | None = None
        self._reason = "" if self._settings.embeddings else "turned off with TMWS_MEMORY_EMBEDDINGS"
        self._failed_at = -SECONDS_AFTER_A_FAILURE

    @property
    def status(self) -> str:
        """By which model memories are found by meaning, or why they are not."""
        if self._reason:
            return f"not found by meaning: {self._reason}"
        if self._embedder is None:
            return "the embedder has not been needed yet"
        return f"found by meaning with {self._embedder.name}"

    @property
    def enabled(self) -> bool:
        """Whether the operator wants memories to be found by meaning."""
        return self._settings.embeddings

    async def index(self) -> "VectorIndex":
        """The vector index."""
        await self._load()
        assert self._index is not None  # noqa: S101 -- the plugin's own is always there
        return self._index

    async def embedder(self) -> "CheckedEmbedder | None":
        """The embedder, loaded when it is first asked for; None when there is none, or it has just failed."""
        if not self.enabled or self._resting:
            return None
        await self._load()
        return self._embedder

    async def of_question(self, text: str) -> "Vectors | None":
        """The vector of a question; None when the embedder has none to give in the time that a search can wait."""
        embedder = await self.embedder()
        if embedder is None:
            return None
        try:
            async with asyncio.timeout(self._settings.embedder_seconds):
                return await in_daemon_thread(lambda: embedder.embed_query(text))
        except TimeoutError:
            self._rest(f"{embedder.name} did not answer in {self._settings.embedder_seconds:g} s")
        except Exception as error:
            self._rest(str(error))
        return None

    async def of_documents(self, texts: Sequence[str]) -> "Vectors":
        """The vectors of texts, one a row.

        Raises:
            EmbedderUnavailable: there is no embedder.
            EmbedderFault: it failed.
        """
        from tmws_memory.embedders.embedder import EmbedderUnavailable

        embedder = await self.embedder()
        if embedder is None:
            raise EmbedderUnavailable(self._reason or "the embedder has just failed; it is tried again in a while")
        return await in_daemon_thread(lambda: embedder.embed_documents(texts))

    @property
    def _resting(self) -> bool:
        return time.monotonic() - self._failed_at < SECONDS_AFTER_A_FAILURE

    def _rest(self, reason: str) -> None:
        if reason != self._reason:
            logger.warning("memories are found by their words alone for now: %s", reason)
        self._reason, self._failed_at = reason, time.monotonic()

    async def _load(self) -> None:
        async with self._loading:
            if self._index is None:
                hook = self._application.hook
                self._index = await in_daemon_thread(
                    lambda: hook.tmws_memory_vector_index(application=self._application)
                )
            if self._embedder is None and self.enabled and not self._resting:
                try:
                    self._embedder = await in_daemon_thread(self._loaded)
                except Exception as error:
                    self._rest(str(error))
                    return
            if not self._resting and self.enabled:
                self._reason = ""

    def _loaded(self) -> "CheckedEmbedder":
        from tmws_memory.embedders.checked import CheckedEmbedder
        from tmws_memory.embedders.embedder import EmbedderUnavailable

        found = self._application.hook.tmws_memory_embedder(application=self._application)
        if found is None:
            raise EmbedderUnavailable("no installed plugin brings an embedder")
        return CheckedEmbedder(found)
