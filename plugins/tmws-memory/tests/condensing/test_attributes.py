"""What a memory made of others has besides its text."""

from typing import Any

import pytest

from tmws_memory.condensing.attributes import Attributes, united


def attributes(*tags: str, importance: float = 0.5, **context: object) -> Attributes:
    return Attributes(tags, importance, context)


def test_all_tags_are_kept_once_in_their_order() -> None:
    assert united([attributes("b", "a"), attributes("a", "c")]).tags == ("b", "a", "c")


def test_of_too_many_tags_those_that_most_sources_share_are_kept() -> None:
    sources = [attributes("a", "b", "c"), attributes("c", "d"), attributes("d", "c")]
    assert united(sources, most_tags=3).tags == ("a", "c", "d")


def test_a_memory_has_fifty_tags_at_most() -> None:
    assert len(united([attributes(*map(str, range(80)))]).tags) == 50


def test_the_highest_importance_counts() -> None:
    assert (
        united([attributes(importance=0.2), attributes(importance=0.9), attributes(importance=0.5)]).importance == 0.9
    )


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"port": 1}, {"port": 2}, {"port": [1, 2]}),
        ({"port": 1}, {"port": 1}, {"port": 1}),
        ({"on": True}, {"on": 1}, {"on": [True, 1]}),
        ({"hosts": ["a", "b"]}, {"hosts": ["b", "c"]}, {"hosts": ["a", "b", "c"]}),
        ({"hosts": ["a", "b"]}, {"hosts": "a"}, {"hosts": ["a", "b"]}),
        ({"db": {"port": 1, "host": "a"}}, {"db": {"port": 2}}, {"db": {"port": [1, 2], "host": "a"}}),
        ({"db": {"port": 1}}, {"db": None}, {"db": [{"port": 1}, None]}),
    ],
)
def test_facts_are_united_and_conflicts_keep_both_values(
    one: dict[str, Any], other: dict[str, Any], both: dict[str, Any]
) -> None:
    assert united([attributes(**one), attributes(**other)]).context == both


def test_three_different_values_are_all_kept() -> None:
    assert united([attributes(port=1), attributes(port=2), attributes(port=3), attributes(port=1)]).context == {
        "port": [1, 2, 3]
    }


def test_nothing_cannot_be_united() -> None:
    with pytest.raises(ValueError, match="at least one memory"):
        united([])
