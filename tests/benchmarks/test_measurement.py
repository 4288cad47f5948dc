"""Variants are measured by turns, and a value meets its bound from the right side."""

import pytest

from benchmarks.findings import Verdict
from benchmarks.measurement import Sample, by_turns, by_turns_in_one_loop, elapsed_ratio, turns


def test_every_second_round_goes_in_the_reverse_order() -> None:
    assert list(turns(["a", "b"], 2)) == [(0, "a"), (0, "b"), (1, "b"), (1, "a"), (2, "a"), (2, "b")]


def test_the_first_round_is_not_kept() -> None:
    taken = iter(range(3))
    samples = by_turns({"a": lambda: Sample(next(taken), 0)}, 2)
    assert [sample.cpu for sample in samples["a"]] == [1, 2]


async def test_variants_of_an_event_loop_are_measured_in_the_same_order() -> None:
    order: list[str] = []

    async def take(name: str) -> Sample:
        order.append(name)
        return Sample(1, 1)

    samples = await by_turns_in_one_loop({"a": lambda: take("a"), "b": lambda: take("b")}, 1)
    assert order == ["a", "b", "b", "a"]
    assert [len(series) for series in samples.values()] == [1, 1]


def test_the_ratio_of_elapsed_times_is_the_median_of_the_rounds() -> None:
    measured, floor = [Sample(0, 2), Sample(0, 9), Sample(0, 30)], [Sample(0, 1), Sample(0, 3), Sample(0, 3)]
    assert elapsed_ratio(measured, floor) == 3


@pytest.mark.parametrize(
    ("value", "at_least", "met"), [(1, False, True), (3, False, False), (1, True, False), (3, True, True)]
)
def test_a_bound_is_met_from_its_own_side(value: float, at_least: bool, met: bool) -> None:
    assert Verdict("claim", value, 2, at_least=at_least).met is met


def test_what_has_no_bound_is_met() -> None:
    assert Verdict("claim", 1_000_000).met
