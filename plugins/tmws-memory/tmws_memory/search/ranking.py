"""In which order candidates are told: words in a memory and around it, meaning, and what speaks for it besides.

Each word of the question counts once for a memory, with the weight of its rarity: in full when the memory has it, less
when a memory near it in the same session has it. Of several ways to the same word the best counts, not their sum:
otherwise the one word that a whole conversation is about would outweigh all others. A question passes most of it on to
what follows, which is likely to be the answer. Meaning is smoothed over the surroundings, and joined by a convex
combination of the two scaled scores (Bruch, Gai and Ingber 2023). Tuned on four conversations of LoCoMo.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from tmws_memory.decay import decayed
from tmws_memory.search.candidates import WINDOW, Candidate
from tmws_memory.search.postings import Posting
from tmws_memory.settings import MemorySettings

FORWARD, BACKWARD, DECAY = 0.7, 0.55, 0.75
FROM_A_QUESTION = 0.9
MEANING_AROUND, MEANING_WINDOW = 0.3, 2
SPEAKER_ASKED_FOR = 0.08
ONLY_ASKS = 0.06
LEAST_SIMILARITY = 0.2
"""Below this cosine, meaning alone makes no hit: any two texts are a little alike."""


@dataclass(frozen=True)
class Ranked:
    """A candidate, its score, and why it has it.

    Attributes:
        candidate: the candidate.
        score: the higher the better; scores of different questions do not compare.
        words: the words of the question that it has.
        nearby: those that only its surroundings have.
        similarity: the cosine of its meaning and the question's, if known.
        freshness: what is left of its relevance since it was last used, from 0 to 1.
    """

    candidate: Candidate
    score: float
    words: list[str]
    nearby: list[str]
    similarity: float | None
    freshness: float


class Ranking:
    """Candidates in their order, the best first; those that share nothing with the question are left out.

    Attributes:
        goes_on: whether there may be more than these candidates.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        postings: Sequence[Posting],
        similarities: Mapping[str, float],
        asked: Sequence[str],
        now: datetime,
        settings: MemorySettings,
        *,
        goes_on: bool = False,
    ) -> None:
        """Order candidates.

        Args:
            candidates: the memories to choose among.
            postings: the words of the question, and who has them.
            similarities: the cosines of meaning, by memory; empty where meaning is not known.
            asked: all words of the question, in lower case.
            now: the present moment.
            settings: how much what counts.
            goes_on: whether there may be more than these candidates.
        """
        self.goes_on = goes_on
        self._candidates = candidates
        self._postings = postings
        self._similarities = similarities
        self._own = _presence(candidates, postings)
        pairs = _Pairs(candidates)
        self._around = pairs.spread(self._own)
        moment = now.timestamp()
        self._freshness = np.array(
            [decayed(one.relevance, moment - one.used_at, settings.half_life_days) for one in candidates]
        )
        words = _scaled(self._around @ np.array([one.weight for one in postings], np.float64))
        similar = np.array([similarities.get(one.memory_id, 0.0) for one in candidates])
        share = settings.weight_meaning if similarities else 0.0
        self._score = (
            (1 - share) * words
            + share * _scaled(pairs.smoothed(similar))
            + SPEAKER_ASKED_FOR * np.array([_is_asked_for(one, asked) for one in candidates], np.float64)
            - ONLY_ASKS * np.array([one.asks for one in candidates], np.float64)
            + settings.weight_importance * np.array([one.importance for one in candidates])
            + settings.weight_freshness * self._freshness
            + settings.weight_trust * np.array([one.trust for one in candidates])
        )
        self._score = self._score.round(6)  # the last digits depend on where in a matrix a row stands
        hit = (self._around > 0).any(axis=1) | (similar >= LEAST_SIMILARITY)
        self._order = sorted(
            np.flatnonzero(hit).tolist(), key=lambda place: (-self._score[place], candidates[place].memory_id)
        )

    def __len__(self) -> int:
        return len(self._order)

    def part(self, begin: int, end: int) -> list[Ranked]:
        """A part of the ranking, with why each candidate stands where it does."""
        return [self._explained(place) for place in self._order[begin:end]]

    def _explained(self, place: int) -> Ranked:
        candidate = self._candidates[place]
        own, around = self._own[place], self._around[place]
        return Ranked(
            candidate=candidate,
            score=float(self._score[place]),
            words=[one.word for one, has in zip(self._postings, own, strict=True) if has],
            nearby=[one.word for one, has, near in zip(self._postings, own, around, strict=True) if near and not has],
            similarity=self._similarities.get(candidate.memory_id),
            freshness=round(float(self._freshness[place]), 4),
        )


class _Pairs:
    """Which candidates stand how far before which, in the same session."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._asks = np.array([one.asks for one in candidates], bool)
        place_of = {(one.session, one.position): place for place, one in enumerate(candidates) if one.session}
        self._at: dict[int, tuple[NDArray[np.intp], NDArray[np.intp]]] = {}
        for distance in range(1, WINDOW + 1):
            found = [
                (place_of[session, position - distance], place)
                for (session, position), place in place_of.items()
                if position is not None and (session, position - distance) in place_of
            ]
            before, after = zip(*found, strict=True) if found else ((), ())
            self._at[distance] = np.array(before, np.intp), np.array(after, np.intp)

    def spread(self, own: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each has of each word, itself or around it."""
        around = own.copy()
        for distance, (before, after) in self._at.items():
            decay = DECAY ** (distance - 1)
            forward = np.full(len(before), FORWARD * decay)
            if distance == 1:
                forward[self._asks[before]] = FROM_A_QUESTION
            around[after] = np.maximum(around[after], forward[:, np.newaxis] * own[before])
            around[before] = np.maximum(around[before], BACKWARD * decay * own[after])
        return around

    def smoothed(self, similar: NDArray[np.float64]) -> NDArray[np.float64]:
        """The similarity of each together with that of its surroundings."""
        smooth = similar.copy()
        for distance in range(1, MEANING_WINDOW + 1):
            before, after = self._at[distance]
            smooth[after] += MEANING_AROUND * similar[before]
            smooth[before] += MEANING_AROUND * similar[after]
        return smooth


def _presence(candidates: Sequence[Candidate], postings: Sequence[Posting]) -> NDArray[np.float64]:
    has = [[candidate.document in posting.documents for posting in postings] for candidate in candidates]
    return np.array(has, np.float64).reshape(len(candidates), len(postings))


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values from 0 to 1, the greatest of them 1; what is below 0 counts as 0."""
    positive = np.clip(values, 0, None)
    greatest = positive.max(initial=0.0)
    return positive / greatest if greatest > 0 else positive


def _is_asked_for(candidate: Candidate, asked: Sequence[str]) -> bool:
    return candidate.speaker is not None and not set(candidate.speaker.split()).isdisjoint(asked)
