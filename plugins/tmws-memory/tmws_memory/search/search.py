"""A search: first the words, then their meaning, then the candidates in their order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_memory.filters import Filters
from tmws_memory.scope import namespace_token
from tmws_memory.search.candidates import Candidate, Candidates
from tmws_memory.search.postings import Posting
from tmws_memory.search.ranking import Ranking
from tmws_memory.settings import MemorySettings
from tmws_memory.vectors.index import Space, VectorIndex

MOST_BY_WORDS = 60
MOST_BY_MEANING = 30
FIRST_OF_EACH = 30
"""So many of the best by words, and of the best by meaning, bring their surroundings along."""
MOST_COMPARED = 1000
"""Where filters leave no more memories than these, each of them is compared with the question."""
FARTHEST = 10
"""Where fewer than one in so many of the nearest memories are candidates, all candidates are compared instead."""
SHARE_EMBEDDED, FEW = 0.1, 5
"""A word that a larger share of the memories has, and more than a few, is left out of the meaning: it would pull every
question to them."""


@dataclass(frozen=True)
class QuestionVector:
    """A question as a vector, and where the memories' vectors are.

    Attributes:
        index: the vectors of the memories.
        space: which of them.
        vector: the question's.
        compares_all: whether there are so few memories to choose among that each of them is compared.
    """

    index: VectorIndex
    space: Space
    vector: NDArray[np.float32]
    compares_all: bool = False


def compares_all(filters: Filters, size: int) -> bool:
    """Whether to compare the meaning of everything that fulfils some filters: they leave little, and much is known.

    Args:
        filters: where to look.
        size: how many documents the scope has.
    """
    return bool(filters.tokens) and size <= MOST_COMPARED


def words_to_embed(postings: Sequence[Posting], size: int) -> list[str]:
    """The words of a question whose meaning is looked for; all of them when each is frequent."""
    rare = [one.word for one in postings if len(one.documents) <= max(FEW, SHARE_EMBEDDED * size)]
    return rare or [one.word for one in postings]


def search(
    session: Session,
    principal: Principal,
    filters: Filters,
    asked: Sequence[str],
    postings: Sequence[Posting],
    meaning: QuestionVector | None,
    now: datetime,
    settings: MemorySettings,
) -> Ranking:
    """The memories that a question finds, best first.

    A candidate is a memory that the caller can read and that fulfils the filters: what is no candidate is neither told
    nor counts for its surroundings.

    Args:
        session: a reading session.
        principal: who asks.
        filters: where to look.
        asked: all words of the question.
        postings: the words of the question, and who has them.
        meaning: the question's meaning, if there is an embedder.
        now: the present moment.
        settings: how much what counts.
    """
    candidates = Candidates(session, principal, filters)
    weights = _weights(postings)
    best = _best(weights, weights)
    among = candidates.identifiers() if meaning is not None and meaning.compares_all else None
    nearest = [] if meaning is None else _nearest(session, meaning, MOST_BY_MEANING, among)
    pool = {one.memory_id: one for one in candidates.of(best, nearest)}
    by_meaning = [pool[found] for found in nearest if found in pool]
    # most namespaces hold little that their readers cannot read: only where few of the best are candidates, all are
    # looked at
    if sum(one.document in weights for one in pool.values()) * 2 < len(best) < len(weights):
        best = _best(weights, weights.keys() & set(candidates.documents()))
        pool |= {one.memory_id: one for one in candidates.of(best, ())}
    if meaning is not None and among is None and len(by_meaning) * 2 < len(nearest):
        by_meaning = _nearest_candidates(session, candidates, meaning, len(by_meaning))
    by_words = nlargest(FIRST_OF_EACH, pool.values(), key=lambda one: (weights.get(one.document, 0), one.document))
    around = candidates.around([*by_words, *by_meaning[:FIRST_OF_EACH]])
    pool |= {one.memory_id: one for one in (*by_meaning, *around)}
    similarities = {}
    if meaning is not None:
        similarities = meaning.index.similarities(session, meaning.space, meaning.vector, pool.keys())
    return Ranking(list(pool.values()), postings, similarities, asked, now, settings)


def _weights(postings: Sequence[Posting]) -> Mapping[int, float]:
    """How much of the question's words each document has itself."""
    weights: defaultdict[int, float] = defaultdict(float)
    for posting in postings:
        for document in posting.documents:
            weights[document] += posting.weight
    return weights


def _best(weights: Mapping[int, float], documents: Iterable[int]) -> list[int]:
    return nlargest(MOST_BY_WORDS, documents, key=lambda document: (weights[document], document))


def _nearest_candidates(
    session: Session, candidates: Candidates, meaning: QuestionVector, share: int
) -> list[Candidate]:
    """The candidates that are nearest in meaning, the nearest first.

    Args:
        session: a reading session.
        candidates: loads them.
        meaning: the question's meaning.
        share: how many of the `MOST_BY_MEANING` nearest memories are candidates.
    """
    found: list[Candidate] = []
    if share * FARTHEST >= MOST_BY_MEANING:
        enough = 2 * MOST_BY_MEANING * MOST_BY_MEANING // share
        found = _in_order(candidates, _nearest(session, meaning, enough))
    if len(found) < MOST_BY_MEANING:
        found = _in_order(candidates, _nearest(session, meaning, MOST_BY_MEANING, candidates.identifiers()))
    return found[:MOST_BY_MEANING]


def _nearest(session: Session, meaning: QuestionVector, most: int, among: Sequence[str] | None = None) -> list[str]:
    found = meaning.index.nearest(session, meaning.space, meaning.vector, most, among)
    return [memory_id for memory_id, _ in found]


def _in_order(candidates: Candidates, memory_ids: Sequence[str]) -> list[Candidate]:
    found = {one.memory_id: one for one in candidates.of((), memory_ids)}
    return [found[memory_id] for memory_id in memory_ids if memory_id in found]


def space_of(filters: Filters, model: str, dimension: int) -> Space:
    """Where the vectors of a namespace are."""
    return Space(namespace_token(filters.namespace), model, dimension)
