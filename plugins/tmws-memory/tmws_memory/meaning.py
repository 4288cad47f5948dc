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
    from tmws_memory.vectors.checked import CheckedIndex
    from tmws_memory.vectors.index import Vectors

logger = logging.getLogger(__name__)

SECONDS_AFTER_A_FAILURE = 30.0


class Meaning:
    """Turns text into vectors, and knows where vectors are kept."""

    def __init__(self, application: Host) -> None:
        self._application = application
        self._settings = application.settings.section(MemorySettings)
        self._loading: asyncio.Task[None] | None = None
        self._embedder: CheckedEmbedder | None = None
        self._index: CheckedIndex | None = None
        self._reason = "" if self._settings.embeddings else "turned off with TMWS_MEMORY_EMBEDDINGS"
        self._failed_at = -SECONDS_AFTER_A_FAILURE
        self._has_answered = False

    @property
    def status(self) -> str:
        """By which model memories are found by meaning, or why they are not."""
        if self._reason:
            return f"not found by meaning: {self._reason}"
        if self._embedder is None:
            return "the embedder has not been needed yet"
        index = f" in the index {self._index.name}" if self._index is not None else ""
        return f"found by meaning with {self._embedder.name}{index}"

    @property
    def enabled(self) -> bool:
        """Whether the operator wants memories to be found by meaning."""
        return self._settings.embeddings

    @property
    def loaded(self) -> "CheckedEmbedder | None":
        """The embedder, as far as it was needed already."""
        return self._embedder

    async def index(self) -> "CheckedIndex | None":
        """The vector index, brought when it is first asked for; None when there is none, or it has just failed."""
        if not self.enabled or self._resting:
            return None
        await self._load()
        return self._index

    async def embedder(self) -> "CheckedEmbedder | None":
        """The embedder, loaded when it is first asked for; None when there is none, or it has just failed."""
        if not self.enabled or self._resting:
            return None
        await self._load()
        return self._embedder

    @property
    def working(self) -> "tuple[CheckedEmbedder, CheckedIndex] | None":
        """The embedder and the index when both are loaded and well."""
        if self._embedder is None or self._index is None or not self.enabled or self._resting:
            return None
        return self._embedder, self._index

    @property
    def immediate(self) -> bool:
        """Whether `at_once` may be asked: the embedder is quick, and is loaded, for it has answered before."""
        return self._has_answered and self.working is not None and self.working[0].immediate

    def at_once(self, text: str) -> "Vectors | None":
        """The vector of a question from an `immediate` embedder, in the thread that asks; None when it fails."""
        if self._embedder is None:
            return None
        try:
            vector = self._embedder.embed_query(text)
        except Exception as error:
            self.rest(str(error))
            return None
        self._reason = ""
        return vector

    async def of_question(self, text: str) -> "Vectors | None":
        """The vector of a question; None when the embedder has none to give in the time that a search can wait."""
        try:
            async with asyncio.timeout(self._settings.embedder_seconds):
                embedder = await self.embedder()
                if embedder is None:
                    return None
                vector = await in_daemon_thread(lambda: embedder.embed_query(text))
        except TimeoutError:
            name = "the embedder" if self._embedder is None else self._embedder.name
            self.rest(f"{name} did not answer in {self._settings.embedder_seconds:g} s")
        except Exception as error:
            self.rest(str(error))
        else:
            self._reason, self._has_answered = "", True
            return vector
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
        vectors = await in_daemon_thread(lambda: embedder.embed_documents(texts))
        self._reason, self._has_answered = "", True
        return vectors

    async def works(self) -> bool:
        """Whether the embedder takes a plain text; when it does not, other texts are not to blame for its failures."""
        try:
            await self.of_documents(["text"])
        except Exception as error:
            self.rest(str(error))
            return False
        return True

    def close(self) -> None:
        """Wait no longer for what is being loaded."""
        if self._loading is not None:
            self._loading.cancel()

    def rest(self, reason: str) -> None:
        """Leave the embedder and the index alone for a while, because one of them has just failed.

        Args:
            reason: what the status says until then.
        """
        if reason != self._reason:
            logger.warning("memories are found by their words alone for now: %s", reason)
        self._reason, self._failed_at = reason, time.monotonic()

    @property
    def _resting(self) -> bool:
        return time.monotonic() - self._failed_at < SECONDS_AFTER_A_FAILURE

    async def _load(self) -> None:
        """Load what is missing. Whoever gives up waiting leaves it to be loaded for the next one."""
        if self._index is not None and self._embedder is not None:
            return
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._load_now(), name="memory embedder")
        await asyncio.shield(self._loading)

    async def _load_now(self) -> None:
        try:
            if self._index is None:
                self._index = await in_daemon_thread(self._brought_index)
            if self._embedder is None:
                self._embedder = await in_daemon_thread(self._loaded_embedder)
        except Exception as error:
            self.rest(str(error) or type(error).__name__)
        else:
            self._reason = ""

    def _brought_index(self) -> "CheckedIndex":
        from tmws_memory.vectors.checked import CheckedIndex
        from tmws_memory.vectors.index import VectorIndexFault

        try:
            return CheckedIndex(self._application.hook.tmws_memory_vector_index(application=self._application))
        except Exception as error:
            raise VectorIndexFault(f"the vector index could not be opened: {type(error).__name__}: {error}") from error

    def _loaded_embedder(self) -> "CheckedEmbedder":
        from tmws_memory.embedders.checked import CheckedEmbedder
        from tmws_memory.embedders.embedder import EmbedderUnavailable

        found = self._application.hook.tmws_memory_embedder(application=self._application)
        if found is None:
            raise EmbedderUnavailable("no installed plugin brings an embedder")
        return CheckedEmbedder(found)
