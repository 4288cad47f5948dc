"""The tokens by which a search is narrowed."""

import pytest

from tmws_memory.models.memory import Memory
from tmws_memory.scope import (
    AUDIENCE_LENGTH,
    namespace_token,
    open_audience,
    private_audience,
    scope_of,
    session_token,
    tokens,
)


def memory(**values: object) -> Memory:
    known = {"namespace": "place", "agent_id": "alice", "memory_type": "fact", "tags": ["a", "b"]}
    return Memory(**(known | {"access_level": "private"} | values))


def test_a_scope_has_everything_that_a_search_can_ask_for() -> None:
    scope = scope_of(memory()).split()
    assert {private_audience("place", "alice"), *tokens("alice", "fact", ["b", "a"])} == set(scope)


def test_a_search_that_asks_for_less_asks_for_a_part_of_the_scope() -> None:
    assert set(tokens(None, "fact", [])) < set(scope_of(memory()).split())


@pytest.mark.parametrize("other", [("bob", None, []), (None, "rule", []), (None, None, ["c"])])
def test_a_search_for_something_else_asks_for_a_token_that_is_not_there(
    other: tuple[str | None, str | None, list[str]],
) -> None:
    assert not set(tokens(*other)) <= set(scope_of(memory()).split())


@pytest.mark.parametrize("level", ["team", "shared", "public", "system"])
def test_what_others_may_read_is_for_everybody_in_its_namespace(level: str) -> None:
    assert scope_of(memory(access_level=level)).split()[0] == open_audience("place")


def test_what_is_private_is_for_its_owner_alone() -> None:
    assert scope_of(memory(access_level="private")).split()[0] == private_audience("place", "alice")


def test_no_two_audiences_are_one() -> None:
    names = ("a", "b", "ow")
    audiences = [private_audience(namespace, owner) for namespace in names for owner in names]
    assert len({*audiences, *map(open_audience, names)}) == 12


def test_the_same_word_is_another_token_in_another_place() -> None:
    words = {namespace_token("x"), private_audience("x", "x"), *tokens("x", "x", ["x"]), session_token("x", "x", "x")}
    assert len(words) == 6


@pytest.mark.parametrize("value", ["open", "a b", '"', "東京", "a-b", "*", "Größe", ""])
def test_a_token_is_one_word_whatever_it_stands_for(value: str) -> None:
    (token,) = tokens(None, None, [value])
    assert token.isalnum()
    assert token.isascii()


@pytest.mark.parametrize("value", ["open", "a b", "東京", ""])
def test_an_audience_has_neither_a_vowel_nor_another_length(value: str) -> None:
    word = open_audience(value)
    assert len(word) == AUDIENCE_LENGTH
    assert set("aeiouy").isdisjoint(word)


def test_a_session_belongs_to_an_owner_in_a_namespace() -> None:
    sessions = {
        session_token(owner, namespace, "talk") for owner in ("alice", "bob") for namespace in ("place", "other")
    }
    assert len(sessions) == 4


def test_no_session_has_no_token() -> None:
    assert session_token("alice", "place", None) is None
