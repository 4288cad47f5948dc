"""The meaning of skills, as far as somebody brings an embedder; without one, or when it fails, words are enough."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from threading import Lock, Thread
from typing import TYPE_CHECKING, TypeVar

from tmws_core.host import Host

if TYPE_CHECKING:
    from tmws_skills.search.embedder import Embedder
    from tmws_skills.search.vectors import Vectors

logger = logging.getLogger(__name__)

MOST_KEPT = 10_000
"""The vectors of so many versions are kept: 256 numbers each take 10 MB."""
SECONDS_OF_A_SEARCH = 1.0
"""A search waits so long for its meaning; what is embedded later is there for the next one."""
SECONDS_AFTER_A_FAILURE = 30.0
_AT_ONCE = 64

Result = TypeVar("Result")
Texts = Mapping[str, str]
"""The texts of versions by their keys."""


class Meaning:
    """Compares questions with skills; it belongs to the running server."""

    def __init__(self, application: Host) -> None:
        self._application = application
        self._embedder: Embedder | None = None
        self._vectors: Vectors | None = None
        self._asked_for = False
        self._reason = ""
        self._failed_at = -SECONDS_AFTER_A_FAILURE
        self._embedding = Lock()

    @property
    def status(self) -> str:
        """By which model skills are found by meaning, or why they are not."""
        if self._reason:
            return f"found by words alone: {self._reason}"
        if self._embedder is not None:
            return f"found by words, and by meaning with {self._embedder.name}"
        if self._asked_for:
            return "found by words alone: no installed plugin brings an embedder for skills"
        return "found by words; an embedder has not been needed yet"

    @property
    def possible(self) -> bool:
        """Whether it is worth to ask: there may be an embedder, and it has not failed just now."""
        if self._asked_for and self._embedder is None and not self._reason:
            return False
        return time.monotonic() - self._failed_at >= SECONDS_AFTER_A_FAILURE

    def missing(self, keys: list[str]) -> list[str]:
        """Those of some keys whose texts have to be given to `similarities`."""
        return keys if self._vectors is None else self._vectors.missing(keys)

    async def similarities(self, question: str, keys: list[str], texts: Texts) -> Mapping[str, float]:
        """How near in meaning a question is to each of some versions, from -1 to 1, as far as it is known in time.

        Args:
            question: what is asked.
            keys: which versions.
            texts: the texts of those that `missing` has named.
        """
        try:
            async with asyncio.timeout(SECONDS_OF_A_SEARCH):
                return await _in_thread(partial(self._compare, question, keys, texts))
        except TimeoutError:
            self._rest(f"the embedder did not answer in {SECONDS_OF_A_SEARCH:g} s")
        except Exception as error:
            self._rest(str(error) or type(error).__name__)
        return {}

    def _compare(self, question: str, keys: list[str], texts: Texts) -> Mapping[str, float]:
        embedder = self._brought()
        if embedder is None or self._vectors is None:
            return {}
        vector = embedder.embed_query(question)
        with self._embedding:  # whoever comes second finds the vectors there
            unknown = [key for key in self._vectors.missing(keys) if key in texts]
            for begin in range(0, len(unknown), _AT_ONCE):
                some = unknown[begin : begin + _AT_ONCE]
                self._vectors.keep(some, embedder.embed_documents([texts[key] for key in some]))
        found = self._vectors.similarities(keys, vector)
        self._reason, self._failed_at = "", -SECONDS_AFTER_A_FAILURE  # also when a search has given up waiting for it
        return found

    def _brought(self) -> "Embedder | None":
        if self._embedder is None:
            embedder = self._application.hook.tmws_skills_embedder(application=self._application)
            self._asked_for = True
            if embedder is not None:
                from tmws_skills.search.vectors import Vectors

                self._vectors, self._embedder = Vectors(MOST_KEPT), embedder
        return self._embedder

    def _rest(self, reason: str) -> None:
        """Leave the embedder alone for a while: it has just failed."""
        if reason != self._reason:
            logger.warning("skills are found by their words alone for now: %s", reason)
        self._reason, self._failed_at = reason, time.monotonic()


async def _in_thread(work: Callable[[], Result]) -> Result:
    """Run work in a thread that nobody has to wait for, not even the end of the process: an embedder may hang."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def settle(set_it: Callable[[], None]) -> None:
        if not done.done():
            set_it()

    def run() -> None:
        try:
            set_it = partial(done.set_result, work())
        except BaseException as error:  # a SystemExit or StopIteration of somebody's embedder would harm the loop
            fault = RuntimeError(f"the embedder of skills failed with {type(error).__name__}: {error}")
            set_it = partial(done.set_exception, fault)
        with suppress(RuntimeError):  # the loop is closed by now
            loop.call_soon_threadsafe(settle, set_it)

    Thread(target=run, name="tmws-skills-embedder", daemon=True).start()
    return await done
