"""A search: first the words, then their meaning, then the candidates in their order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
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
from tmws_memory.search.ranking import Ranked, own_weight, rank
from tmws_memory.settings import MemorySettings
from tmws_memory.vectors.index import Space, VectorIndex

MOST_BY_WORDS = 200
MOST_BY_MEANING = 100
FIRST_OF_EACH = 50
"""So many of the best by words, and of the best by meaning, bring their surroundings along."""
SHARE_EMBEDDED, FEW = 0.1, 5
"""A word that a larger share of the memories has, and more than a few, is left out of the meaning: it would pull every
question to them."""


@dataclass(frozen=True)
class Meaning:
    """A question as a vector, and where the memories' vectors are.

    Attributes:
        index: the vectors of the memories.
        space: which of them.
        vector: the question's.
    """

    index: VectorIndex
    space: Space
    vector: NDArray[np.float32]


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
    meaning: Meaning | None,
    now: datetime,
    settings: MemorySettings,
) -> list[Ranked]:
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
    pool = {one.document: one for one in _best_by_words(candidates, postings)}
    by_words = nlargest(FIRST_OF_EACH, pool.values(), key=lambda one: (own_weight(one, postings), one.document))
    by_meaning = [] if meaning is None else _nearest(session, candidates, meaning)
    for found in (by_meaning, candidates.around([*by_words, *by_meaning[:FIRST_OF_EACH]])):
        pool.update({one.document: one for one in found})
    similarities = {}
    if meaning is not None:
        identifiers = [one.memory_id for one in pool.values()]
        similarities = meaning.index.similarities(session, meaning.space, meaning.vector, identifiers)
    return rank(list(pool.values()), postings, similarities, asked, now, settings)


def _best_by_words(candidates: Candidates, postings: Sequence[Posting]) -> list[Candidate]:
    """The candidates that have most of the words.

    As with the nearest in meaning, all candidates are looked at only if few of the best documents are candidates.
    """
    weights: defaultdict[int, float] = defaultdict(float)
    for posting in postings:
        for document in posting.documents:
            weights[document] += posting.weight

    def best(documents: Iterable[int]) -> list[int]:
        return nlargest(MOST_BY_WORDS, documents, key=lambda document: (weights[document], document))

    first = best(weights)
    found = candidates.of(first, ())
    if len(found) * 2 < len(first) < len(weights):
        found = candidates.of(best(weights.keys() & set(candidates.documents())), ())
    return found


def _nearest(session: Session, candidates: Candidates, meaning: Meaning) -> list[Candidate]:
    """The candidates that are nearest in meaning, the nearest first.

    Most namespaces hold little that their readers cannot read, so the nearest of all are asked for first, and only if
    few of them are candidates, the nearest among the candidates.
    """
    nearest = meaning.index.nearest(session, meaning.space, meaning.vector, MOST_BY_MEANING)
    found = _in_order(candidates, nearest)
    if len(found) * 2 < len(nearest) == MOST_BY_MEANING:
        among = candidates.identifiers()
        found = _in_order(
            candidates, meaning.index.nearest(session, meaning.space, meaning.vector, MOST_BY_MEANING, among)
        )
    return found


def _in_order(candidates: Candidates, nearest: Sequence[tuple[str, float]]) -> list[Candidate]:
    found = {one.memory_id: one for one in candidates.of((), [identifier for identifier, _ in nearest])}
    return [found[identifier] for identifier, _ in nearest if identifier in found]


def space_of(filters: Filters, model: str, dimension: int) -> Space:
    """Where the vectors of a namespace are."""
    return Space(namespace_token(filters.namespace), model, dimension)
