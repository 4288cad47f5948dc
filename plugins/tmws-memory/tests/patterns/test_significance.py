"""Patterns and chance."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmws_memory.patterns.significance import chance, threshold


def test_hits_without_a_miss_are_as_probable_as_the_rate_to_that_power() -> None:
    assert chance(3, 3, 0.5) == pytest.approx(0.125)


def test_no_more_hits_than_by_chance_are_no_finding() -> None:
    assert (chance(5, 10, 0.5), chance(2, 2, 1.0)) == (1.0, 1.0)


@given(st.integers(1, 40), st.data(), st.floats(0.01, 0.99))
def test_the_bound_is_never_below_the_probability(trials: int, data: st.DataObject, rate: float) -> None:
    hits = data.draw(st.integers(0, trials))
    exact = sum(comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(hits, trials + 1))
    assert chance(hits, trials, rate) >= exact * (1 - 1e-9)


def test_the_threshold_is_the_procedure_of_benjamini_and_hochberg() -> None:
    # the third value passes with 3 * 0.1 / 10, so all three count, though the first alone would need 0.01
    assert threshold([0.011, 0.03, 0.02, 0.9], tested=10, false_discovery_rate=0.1) == pytest.approx(0.03)


def test_nothing_passes_where_nothing_is_improbable() -> None:
    assert threshold([0.5, 0.6], tested=10, false_discovery_rate=0.1) == 0.0


def test_a_rate_of_one_lets_everything_pass() -> None:
    assert threshold([0.5, 1.0], tested=10, false_discovery_rate=1) == 1.0
