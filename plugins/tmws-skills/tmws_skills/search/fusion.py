"""Makes one ranking of two."""

from collections import defaultdict
from collections.abc import Sequence

EVENNESS = 60
"""The constant of reciprocal rank fusion; the larger, the less the first places of one ranking count (see `fused`)."""


def fused(*rankings: Sequence[str]) -> list[str]:
    """Everything that stands in any of some rankings, the best first, by reciprocal rank fusion.

    See Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning
    methods" (SIGIR 2009). What is equal keeps the order of the first ranking.

    Args:
        rankings: each the best first, with each entry once.
    """
    scores: defaultdict[str, float] = defaultdict(float)
    for ranking in rankings:
        for place, one in enumerate(ranking, 1):
            scores[one] += 1 / (EVENNESS + place)
    return sorted(scores, key=lambda one: -scores[one])
