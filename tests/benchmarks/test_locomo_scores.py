"""Rankings are scored by how much of the evidence is near the top, and by how near its first turn is."""

import pytest

from benchmarks.locomo.scores import Summary, score


def test_recall_is_the_share_of_the_evidence_within_the_depth() -> None:
    found = ["a", *(f"other-{number}" for number in range(6)), "b"]
    assert score(1, {"a", "b", "c", "d"}, found).recall == (0.25, 0.5, 0.5)


def test_the_reciprocal_rank_is_that_of_the_first_evidence() -> None:
    assert score(1, {"b", "c"}, ["a", "b", "c"]).reciprocal_rank == 0.5


def test_evidence_that_was_not_found_scores_nothing() -> None:
    missed = score(1, {"z"}, ["a", "b"])
    assert (missed.recall, missed.reciprocal_rank) == ((0, 0, 0), 0)


def test_a_summary_is_the_mean_of_its_questions() -> None:
    summary = Summary.of([score(1, {"a"}, ["a"]), score(1, {"a"}, []), score(1, {"a"}, ["b", "a"])])
    assert summary.questions == 3
    assert summary.recall == pytest.approx((2 / 3,) * 3)
    assert summary.reciprocal_rank == pytest.approx(0.5)
