"""The tokens by which a search is narrowed."""

import pytest

from tmws_memory.models.memory import Memory
from tmws_memory.scope import OPEN, namespace_token, owner_token, scope_of, session_token, tokens


def memory(**values: object) -> Memory:
    known = {"namespace": "place", "agent_id": "alice", "memory_type": "fact", "tags": ["a", "b"]}
    return Memory(**(known | {"access_level": "private"} | values))


def test_a_scope_has_everything_that_a_search_can_ask_for() -> None:
    scope = scope_of(memory()).split()
    assert set(tokens("place", "alice", "fact", ["b", "a"])) == set(scope)


def test_a_search_that_asks_for_less_asks_for_a_part_of_the_scope() -> None:
    assert set(tokens("place", None, None, [])) < set(scope_of(memory()).split())


@pytest.mark.parametrize(
    "other",
    [("other", None, None, []), ("place", "bob", None, []), ("place", None, "rule", []), ("place", None, None, ["c"])],
)
def test_a_search_for_something_else_asks_for_a_token_that_is_not_there(
    other: tuple[str, str | None, str | None, list[str]],
) -> None:
    assert not set(tokens(*other)) <= set(scope_of(memory()).split())


@pytest.mark.parametrize("level", ["team", "shared", "public", "system"])
def test_what_others_may_read_is_open(level: str) -> None:
    assert OPEN in scope_of(memory(access_level=level)).split()


def test_what_is_private_is_not_open() -> None:
    assert OPEN not in scope_of(memory(access_level="private")).split()


def test_the_same_word_is_another_token_in_another_place() -> None:
    words = {namespace_token("x"), owner_token("x"), *tokens("x", "x", "x", ["x"]), session_token("x", "x", "x")}
    assert len(words) == 5


@pytest.mark.parametrize("value", ["open", "a b", '"', "東京", "a-b", "*", "Größe", ""])
def test_a_token_is_one_word_whatever_it_stands_for(value: str) -> None:
    (_, token) = tokens("place", None, None, [value])
    assert token.isalnum()
    assert token.isascii()
    assert token != OPEN


def test_a_session_belongs_to_an_owner_in_a_namespace() -> None:
    sessions = {
        session_token(owner, namespace, "talk") for owner in ("alice", "bob") for namespace in ("place", "other")
    }
    assert len(sessions) == 4


def test_no_session_has_no_token() -> None:
    assert session_token("alice", "place", None) is None
