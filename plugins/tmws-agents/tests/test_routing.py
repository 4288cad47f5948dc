"""Which personas suit a task."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmws_agents.routing import NOTHING_FITS, Candidate, route
from tmws_agents.seeds import DEFAULT_AGENTS
from tmws_agents.task_kinds import KINDS

DEFAULTS = [Candidate(one.role, one.role, one.triggers, 0.5) for one in DEFAULT_AGENTS]


@pytest.mark.parametrize(
    ("task", "kind", "first"),
    [
        ("Audit the login for security vulnerabilities", "security_audit", "auditor"),
        ("The query is slow, find the bottleneck and improve latency", "optimization", "optimizer"),
        ("Write a README and a tutorial", "documentation", "documenter"),
        ("Fix the crash in the parser, here is the traceback", "debugging", "developer"),
        ("Implement the new endpoint", "implementation", "developer"),
        ("Make a roadmap with our priorities", "strategy", "strategist"),
        ("Research and compare the libraries", "research", "researcher"),
        ("Coordinate the two groups, there is a conflict", "coordination", "coordinator"),
        ("Improve the layout and accessibility of the user interface", "ui_design", "designer"),
        ("Think about the architecture and the data model", "architecture", "strategist"),
    ],
)
def test_each_kind_of_task_goes_to_the_persona_for_it(task: str, kind: str, first: str) -> None:
    found = route(task, DEFAULTS)
    assert (found.task_type, found.suggestions[0].name, found.suggestions[0].part) == (kind, first, "primary")
    assert found.confidence == 0.85


def test_support_and_reviewer_of_a_kind_are_named_too() -> None:
    parts = {one.part: one.name for one in route("a security audit", DEFAULTS).suggestions}
    assert parts == {"primary": "auditor", "support": "developer", "reviewer": "strategist"}


def test_a_task_of_which_nothing_is_known_goes_to_the_generalist() -> None:
    found = route("hello", DEFAULTS)
    assert [one.name for one in found.suggestions] == ["conductor"]
    assert (found.task_type, found.confidence) == (None, NOTHING_FITS)


def test_without_any_persona_there_is_no_suggestion() -> None:
    assert route("a security audit", []).suggestions == []


def test_a_trigger_alone_calls_a_persona() -> None:
    found = route("bake a cake", [*DEFAULTS, Candidate("baker", "developer", ["cake"], 0.5)])
    assert [one.name for one in found.suggestions] == ["baker"]
    assert found.confidence == 0.7
    assert found.suggestions[0].reasons[0] == "the task mentions its triggers 'cake'"


def test_more_triggers_and_longer_ones_count_more() -> None:
    task = "alpha beta extraordinary"
    triggers = {"one": ["alpha"], "two": ["alpha", "beta"], "long": ["extraordinary"]}
    found = route(task, [Candidate(name, "designer", words, 0.5) for name, words in triggers.items()])
    assert {one.name: one.score for one in found.suggestions} == {"two": 0.47, "long": 0.44, "one": 0.38}


def test_one_trigger_said_twice_counts_once() -> None:
    (found,) = route("alpha", [Candidate("one", "designer", ["alpha", "alpha"], 0.5)]).suggestions
    assert found.score == 0.38


def test_of_two_that_fit_as_well_the_more_trusted_comes_first() -> None:
    candidates = [Candidate("a", "designer", ["cake"], 0.2), Candidate("b", "designer", ["cake"], 0.9)]
    assert [one.name for one in route("a cake", candidates).suggestions] == ["b", "a"]


def test_trust_alone_suits_no_task() -> None:
    assert route("a cake", [Candidate("a", "designer", ["pie"], 1.0)]).suggestions == []


def test_a_pattern_is_a_word_and_nothing_more() -> None:
    found = route("a" * 10_000 + "!", [Candidate("a", "designer", ["(a+)+$", ".*"], 1.0)])
    assert found.suggestions == []


def test_every_reason_is_a_sentence_about_the_task_or_the_trust() -> None:
    for one in route("Audit the security", DEFAULTS).suggestions:
        assert one.reasons[-1] == "its agent is trusted 0.50 of 1"


def test_every_role_in_a_kind_of_task_is_one_of_a_default_persona() -> None:
    needed = {role for kind in KINDS.values() for role in (kind.primary, kind.support, kind.reviewer)}
    assert needed <= {one.role for one in DEFAULT_AGENTS}


@given(
    task=st.text(),
    candidates=st.lists(
        st.builds(
            Candidate,
            st.text(max_size=5),
            st.sampled_from(["auditor", "conductor", "developer"]),
            st.lists(st.text(max_size=10), max_size=3),
            st.floats(0, 1),
        ),
        max_size=5,
    ),
)
def test_scores_lie_between_nought_and_one_and_fall(task: str, candidates: list[Candidate]) -> None:
    found = route(task, candidates)
    scores = [one.score for one in found.suggestions]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert 0 <= found.confidence <= 1
