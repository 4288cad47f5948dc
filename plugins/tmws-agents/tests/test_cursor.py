"""Cursors are for the one who asked, and for the same question."""

import pytest

from tmws_agents.cursor import decode, encode
from tmws_core import Principal
from tmws_core.tool_errors import InvalidArguments

ALICE = Principal("alice", "place")


@pytest.mark.parametrize("name", ["bob", "Old Name", "東京", "a" * 64])
def test_a_cursor_gives_back_its_name(name: str) -> None:
    assert decode(encode(name, ALICE, "agents"), ALICE, "agents") == name


def test_no_cursor_is_no_name() -> None:
    assert decode(None, ALICE, "agents") is None


@pytest.mark.parametrize(
    ("principal", "question"),
    [(Principal("bob", "place"), "agents"), (Principal("alice", "elsewhere"), "agents"), (ALICE, "teams")],
)
def test_a_cursor_of_somebody_else_or_another_question_is_refused(principal: Principal, question: str) -> None:
    with pytest.raises(InvalidArguments, match="was not given to you"):
        decode(encode("bob", ALICE, "agents"), principal, question)


@pytest.mark.parametrize("cursor", ["", "x", "????", "é", "a" * 1000, "\0", "YWJjZGVmZ2hpamtsYm9i"])
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidArguments, match="was not given to you"):
        decode(cursor, ALICE, "agents")


def test_a_changed_cursor_is_refused() -> None:
    cursor = encode("bob", ALICE, "agents")
    for place, letter in enumerate(cursor):
        changed = cursor[:place] + ("A" if letter != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(InvalidArguments):
            decode(changed, ALICE, "agents")
