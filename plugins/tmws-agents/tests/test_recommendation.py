"""Which agents suit a task."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmws_agents.recommendation import Candidate, recommend

TESTER = Candidate("tester", "Tester", ["testing", "debugging"], 0.5, 0, 0)
WRITER = Candidate("writer", "Writer", ["documentation"], 0.5, 0, 0)


def names(task: str, needed: list[str], *candidates: Candidate) -> list[str]:
    return [one.candidate.agent_id for one in recommend(task, needed, candidates)]


def test_who_can_do_what_the_task_mentions_is_recommended() -> None:
    assert names("we need documentation", [], TESTER, WRITER) == ["writer"]


def test_who_has_a_needed_capability_is_recommended_in_whatever_case() -> None:
    assert names("anything", ["Testing"], TESTER, WRITER) == ["tester"]


def test_who_can_do_nothing_of_it_is_left_out_however_trusted() -> None:
    assert names("bake a cake", ["baking"], replace(TESTER, trust=1.0, tasks=9, successes=9)) == []


def test_who_can_do_more_of_it_comes_first() -> None:
    both = replace(TESTER, agent_id="both", capabilities=["testing", "documentation"])
    assert names("", ["testing", "documentation"], TESTER, both) == ["both", "tester"]
    assert names("testing and documentation", [], TESTER, both) == ["both", "tester"]


@pytest.mark.parametrize("better", [{"trust": 0.9}, {"tasks": 10, "successes": 10}])
def test_of_two_as_able_the_more_trusted_or_successful_comes_first(better: dict[str, float]) -> None:
    other = Candidate(**(vars(TESTER) | {"agent_id": "zoe"} | better))
    assert names("testing", [], TESTER, other) == ["zoe", "tester"]


def test_who_has_failed_comes_after_who_has_done_nothing_yet() -> None:
    failed = replace(TESTER, agent_id="a-failed", tasks=5, successes=0)
    assert names("testing", [], failed, TESTER) == ["tester", "a-failed"]


def test_equals_are_told_by_name() -> None:
    assert names("testing", [], replace(TESTER, agent_id="b"), replace(TESTER, agent_id="a")) == ["a", "b"]


def test_the_reasons_say_what_counted() -> None:
    done = replace(TESTER, tasks=4, successes=3)
    (one,) = recommend("some testing", ["debugging", "baking"], [done])
    assert one.reasons == [
        "it has 1 of the 2 capabilities that are needed: debugging",
        "the task mentions what it can do: testing",
        "it is trusted 0.50 of 1",
        "it has done 3 of 4 tasks well",
    ]


def test_many_words_are_told_in_few() -> None:
    able = replace(TESTER, capabilities=[f"skill{number}" for number in range(9)])
    (one,) = recommend(" ".join(able.capabilities), [], [able])
    assert one.reasons[0] == "the task mentions what it can do: skill0, skill1, skill2, skill3, skill4 and 4 more"


@given(
    task=st.text(max_size=50),
    needed=st.lists(st.text(max_size=8), max_size=3),
    capabilities=st.lists(st.text(max_size=8), max_size=5),
    trust=st.floats(0, 1),
    tasks=st.integers(0, 100),
)
def test_a_score_lies_between_nought_and_one(
    task: str, needed: list[str], capabilities: list[str], trust: float, tasks: int
) -> None:
    for one in recommend(task, needed, [Candidate("a", "A", capabilities, trust, tasks, tasks // 2)]):
        assert 0 <= one.score <= 1
