"""A corpus of memories in a database that is rolled back, and the way to search it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import numpy as np
import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_memory.draft import Draft
from tmws_memory.filters import Filters
from tmws_memory.scope import namespace_token
from tmws_memory.search.candidates import Candidate, Candidates
from tmws_memory.search.postings import Posting, Scope, count, postings
from tmws_memory.search.ranking import Ranked
from tmws_memory.search.search import Compared, search
from tmws_memory.settings import MemorySettings
from tmws_memory.storage import store
from tmws_memory.vectors.index import Space
from tmws_memory.vectors.scan import VectorScan
from tmws_memory.words import asked, indexed

ALICE = Principal("alice", "place")


def chosen_by(filters: dict[str, Any]) -> Filters:
    """Filters of the place, as a tool makes them of its arguments."""
    return Filters(**({"namespace": "place"} | filters | {"tags": tuple(filters.get("tags", ()))}))


class Corpus:
    """Memories of a namespace, stored and found in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.space = Space(namespace_token("place"), "test 1", 3)
        self.index = VectorScan(1_000_000)
        self.contents: dict[str, str] = {}

    async def remember(
        self, *contents: str, by: Principal = ALICE, vector: Sequence[float] | None = None, **values: Any
    ) -> list[str]:
        """Store memories, all with the same vector and the same values; returns their identifiers."""
        drafts = [Draft(**({"content": content, "namespace": by.namespace} | values)) for content in contents]

        def work(session: Session) -> list[str]:
            identifiers = [one.memory.id for one in store(session, by, drafts)]
            if vector is not None:
                self.index.put(session, self.space, dict.fromkeys(identifiers, np.array(vector, np.float32)))
            return identifiers

        identifiers = await self.session.run_sync(work)
        self.contents |= dict(zip(identifiers, contents, strict=True))
        return identifiers

    async def postings(self, question: str, by: Principal = ALICE, **filters: Any) -> list[Posting]:
        """The postings of the words of a question."""
        scope = Scope(by, chosen_by(filters))

        def work(session: Session) -> list[Posting]:
            return postings(session, asked(question), scope, count(session, scope))

        return await self.session.run_sync(work)

    async def candidates(self, memory_ids: Sequence[str], by: Principal = ALICE, **filters: Any) -> list[Candidate]:
        """The candidates among some memories."""
        chosen = chosen_by(filters)
        return await self.session.run_sync(lambda session: Candidates(session, by, chosen).of((), memory_ids))

    async def ranked(
        self, question: str, by: Principal = ALICE, vector: Sequence[float] | None = None, **filters: Any
    ) -> list[Ranked]:
        """What a question finds, by words, and by meaning when it has a vector."""
        chosen = chosen_by(filters)
        meaning = None if vector is None else Compared(self.index, self.space, np.array(vector, np.float32))
        found = await self.postings(question, by, **filters)
        words = indexed(question).split()
        settings = MemorySettings.model_validate({})
        ranking = await self.session.run_sync(
            lambda session: search(session, by, chosen, words, found, meaning, utc_now(), settings)
        )
        return ranking.part(0, len(ranking))

    async def found(
        self, question: str, by: Principal = ALICE, vector: Sequence[float] | None = None, **filters: Any
    ) -> list[str]:
        """The texts that a question finds, best first."""
        return [self.contents[one.candidate.memory_id] for one in await self.ranked(question, by, vector, **filters)]


@pytest.fixture
def corpus(session: AsyncSession) -> Corpus:
    return Corpus(session)


@pytest.fixture
def remember(corpus: Corpus) -> Callable[..., Awaitable[list[str]]]:
    return corpus.remember


@pytest.fixture
def found(corpus: Corpus) -> Callable[..., Awaitable[list[str]]]:
    return corpus.found


@pytest.fixture
def ranked(corpus: Corpus) -> Callable[..., Awaitable[list[Ranked]]]:
    return corpus.ranked


@pytest.fixture
def postings_of(corpus: Corpus) -> Callable[..., Awaitable[list[Posting]]]:
    return corpus.postings


@pytest.fixture
def candidates_of(corpus: Corpus) -> Callable[..., Awaitable[list[Candidate]]]:
    return corpus.candidates
