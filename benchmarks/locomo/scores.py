"""How good a ranking is, and how good many are together."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from statistics import fmean

DEPTHS = (5, 10, 20)


@dataclass(frozen=True)
class Score:
    """How well one question was answered.

    Attributes:
        category: the question's.
        recall: for each depth, how much of the evidence is among the first so many.
        reciprocal_rank: one divided by the place of the first evidence; 0 where none was found.
    """

    category: int
    recall: tuple[float, ...]
    reciprocal_rank: float


def score(category: int, evidence: Set[str], found: Sequence[str]) -> Score:
    """Score one ranking.

    Args:
        category: the question's.
        evidence: the turns that answer it, at least one.
        found: the turns that were found, best first.
    """
    places = [place for place, turn in enumerate(found, 1) if turn in evidence]
    recall = tuple(sum(place <= depth for place in places) / len(evidence) for depth in DEPTHS)
    return Score(category, recall, 1 / places[0] if places else 0.0)


@dataclass(frozen=True)
class Summary:
    """The means over several questions.

    Attributes:
        questions: how many.
        recall: the mean recall at each depth.
        reciprocal_rank: the mean reciprocal rank.
    """

    questions: int
    recall: tuple[float, ...]
    reciprocal_rank: float

    @classmethod
    def of(cls, scores: Sequence[Score]) -> "Summary":
        """The means of at least one score."""
        recall = tuple(fmean(values) for values in zip(*(one.recall for one in scores), strict=True))
        return cls(len(scores), recall, fmean(one.reciprocal_rank for one in scores))
