"""Tells patterns from chance."""

from collections.abc import Iterable
from math import exp, log


def chance(hits: int, trials: int, rate: float) -> float:
    """A bound on the probability that so many of the trials are hits, where each is one at a certain rate.

    It is Chernoff's (1952), which holds for draws without replacement as well (Hoeffding 1963), and for counts so
    small that an approximation of the distribution would be wrong.

    Args:
        hits: how many trials were hits.
        trials: how many there were, 1 or more.
        rate: how often a trial is a hit by chance.
    """
    share = hits / trials
    if share <= rate:
        return 1.0
    divergence = share * log(share / rate) + ((1 - share) * log((1 - share) / (1 - rate)) if share < 1 else 0.0)
    return exp(-trials * divergence)


def threshold(chances: Iterable[float], tested: int, false_discovery_rate: float) -> float:
    """How improbable a finding has to be, so that few of those that are reported are chance.

    Args:
        chances: the probabilities of the findings.
        tested: how many possible findings were looked for, with those that did not occur at all.
        false_discovery_rate: which share of the reported findings may be chance (Benjamini and Hochberg 1995); 1 when
            everything is to be reported.
    """
    if false_discovery_rate >= 1:
        return 1.0
    ranked = enumerate(sorted(chances), start=1)
    allowed = ((rank * false_discovery_rate / max(1, tested), value) for rank, value in ranked)
    return max((limit for limit, value in allowed if value <= limit), default=0.0)
