"""A search: first the words, then their meaning, then the candidates in their order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from math import ceil

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_memory.filters import Filters
from tmws_memory.scope import namespace_token
from tmws_memory.search.candidates import Candidate, Candidates
from tmws_memory.search.lookup import Known
from tmws_memory.search.postings import Posting
from tmws_memory.search.ranking import LEAST_SIMILARITY, Ranking
from tmws_memory.settings import MemorySettings
from tmws_memory.vectors.index import Space, VectorIndex

BY_WORDS, BY_MEANING, FIRST_OF_EACH = 40, 20, 20
"""So many of the best by words and by meaning are candidates at first, and so many of each bring their surroundings.
With half as many again the best are no better (LoCoMo)."""
MORE_THAN_NEEDED = 1.5
"""Under filters, so many times as many of the nearest memories are looked at as would do on average."""
MOST_COMPARED = 1000
"""Where filters leave no more memories than these, each of them is compared with the question."""
FARTHEST = 10
"""Where fewer than one in so many of the nearest memories are candidates, all candidates are compared instead."""


@dataclass(frozen=True)
class Compared:
    """A question as a vector, and the vectors of memories that it is compared with.

    Attributes:
        index: the vectors of the memories.
        space: which of them.
        vector: the question's.
        compares_all: whether there are so few memories to choose among that each of them is compared.
        most: how many of the nearest candidates count.
        looked_at: how many of the nearest memories to look at, because not all of them will be candidates.
    """

    index: VectorIndex
    space: Space
    vector: NDArray[np.float32]
    compares_all: bool = False
    most: int = BY_MEANING
    looked_at: int = BY_MEANING


def compared(
    index: VectorIndex, space: Space, vector: NDArray[np.float32], filters: Filters, known: Known, depth: int = 1
) -> Compared:
    """A question to compare with memories, by as many of them as the filters make worth it.

    Args:
        index: the vectors of the memories.
        space: which of them.
        vector: the question's.
        filters: where to look.
        known: how much there is.
        depth: how many times as many candidates as at first.
    """
    compares_all = bool(filters.tokens) and known.size <= MOST_COMPARED
    most = looked_at = BY_MEANING * depth
    if known.size < known.unfiltered and not compares_all:
        share = max(known.size, 1) / known.unfiltered
        looked_at = max(most, min(MOST_COMPARED, ceil(most * MORE_THAN_NEEDED / share)))
    return Compared(index, space, vector, compares_all, most, looked_at)


def search(
    session: Session,
    principal: Principal,
    filters: Filters,
    asked: Sequence[str],
    postings: Sequence[Posting],
    meaning: Compared | None,
    now: datetime,
    settings: MemorySettings,
    depth: int = 1,
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
        depth: how many times as many candidates as at first, for pages that go further.
    """
    candidates = Candidates(session, principal, filters)
    weights = _weights(postings)
    best = _best(weights, weights, BY_WORDS * depth)
    among = candidates.identifiers() if meaning is not None and meaning.compares_all else None
    nearest = [] if meaning is None else _nearest(session, meaning, meaning.looked_at, among)
    pool = {one.memory_id: one for one in candidates.of(best, nearest)}
    most_by_meaning = 0 if meaning is None else meaning.most
    by_meaning = [pool[found] for found in nearest if found in pool][:most_by_meaning]
    # most namespaces hold little that their readers cannot read: only where few of the best are candidates, all are
    # looked at
    if sum(one.document in weights for one in pool.values()) * 2 < len(best) < len(weights):
        best = _best(weights, weights.keys() & set(candidates.documents()), BY_WORDS * depth)
        pool |= {one.memory_id: one for one in candidates.of(best, ())}
    found_all = among is not None or meaning is None or len(nearest) < meaning.looked_at
    if meaning is not None and not found_all and len(by_meaning) * 2 < meaning.most:
        by_meaning = _nearest_candidates(session, candidates, meaning, len(by_meaning))
    first = FIRST_OF_EACH * depth
    by_words = nlargest(first, pool.values(), key=lambda one: (weights.get(one.document, 0), one.document))
    around = candidates.around([*by_words, *by_meaning[:first]])
    pool |= {one.memory_id: one for one in (*by_meaning, *around)}
    similarities = {}
    if meaning is not None:
        similarities = meaning.index.similarities(session, meaning.space, meaning.vector, pool.keys())
    goes_on = len(best) < len(weights) or _goes_on(nearest, meaning, similarities)
    return Ranking(list(pool.values()), postings, similarities, asked, now, settings, goes_on=goes_on)


def _goes_on(nearest: Sequence[str], meaning: Compared | None, similarities: Mapping[str, float]) -> bool:
    """Whether there may be more that is similar enough to be a hit: the farthest that was looked at still is."""
    if meaning is None or len(nearest) < meaning.looked_at:
        return False
    return min((similarities[one] for one in nearest if one in similarities), default=0.0) >= LEAST_SIMILARITY


def _weights(postings: Sequence[Posting]) -> Mapping[int, float]:
    """How much of the question's words each document has itself."""
    weights: defaultdict[int, float] = defaultdict(float)
    for posting in postings:
        for document in posting.documents:
            weights[document] += posting.weight
    return weights


def _best(weights: Mapping[int, float], documents: Iterable[int], most: int) -> list[int]:
    # of pairs, without a key: to call a function for each takes as long as all the rest of the sorting
    best = sorted(((weights[document], document) for document in documents), reverse=True)
    return [document for _, document in best[:most]]


def _nearest_candidates(session: Session, candidates: Candidates, meaning: Compared, known: int) -> list[Candidate]:
    """The candidates that are nearest in meaning, the nearest first.

    Args:
        session: a reading session.
        candidates: loads them.
        meaning: the question's meaning.
        known: how many of the nearest memories that were looked at are candidates.
    """
    found: list[Candidate] = []
    if known * FARTHEST >= meaning.looked_at:
        enough = 2 * meaning.most * meaning.looked_at // known
        found = _in_order(candidates, _nearest(session, meaning, enough))
    if len(found) < meaning.most:
        found = _in_order(candidates, _nearest(session, meaning, meaning.most, candidates.identifiers()))
    return found[: meaning.most]


def _nearest(session: Session, meaning: Compared, most: int, among: Sequence[str] | None = None) -> list[str]:
    found = meaning.index.nearest(session, meaning.space, meaning.vector, most, among)
    return [memory_id for memory_id, _ in found]


def _in_order(candidates: Candidates, memory_ids: Sequence[str]) -> list[Candidate]:
    found = {one.memory_id: one for one in candidates.of((), memory_ids)}
    return [found[memory_id] for memory_id in memory_ids if memory_id in found]


def space_of(filters: Filters, model: str, dimension: int) -> Space:
    """Where the vectors of a namespace are."""
    return Space(namespace_token(filters.namespace), model, dimension)
