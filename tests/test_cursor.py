"""Where a page ended, and who may read on from there."""

import base64
import json

import pytest
from pydantic import TypeAdapter

from tmws_core import Principal, cursor
from tmws_core.tool_errors import InvalidArguments

ALICE = Principal("alice", "place", frozenset())
ANYTHING: TypeAdapter[object] = TypeAdapter(object)
POSITION = ["2026-05-01T00:00:00+00:00", "an identifier"]


@pytest.mark.parametrize("position", [POSITION, 17, "東京 🎉", {"a": [1, None]}])
def test_a_cursor_leads_back_to_its_position(position: object) -> None:
    assert cursor.decode(cursor.encode(position, ALICE, "list"), ALICE, "list", ANYTHING) == position


def test_a_cursor_can_stand_in_an_address() -> None:
    assert cursor.encode(["ÿ?>~"] * 9, ALICE, "list").replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("other", [Principal("bob", "place", frozenset()), Principal("alice", "other", frozenset())])
def test_a_cursor_of_another_caller_is_refused(other: Principal) -> None:
    with pytest.raises(InvalidArguments, match="was not given to you"):
        cursor.decode(cursor.encode(POSITION, ALICE, "list"), other, "list")


def test_a_cursor_of_another_question_is_refused() -> None:
    with pytest.raises(InvalidArguments, match="for these arguments") as refused:
        cursor.decode(cursor.encode(POSITION, ALICE, "list"), ALICE, "search")
    assert refused.value.details == {"faults": [{"argument": "cursor", "fault": "not one of yours"}]}


def test_a_cursor_whose_position_was_changed_is_refused() -> None:
    genuine = base64.urlsafe_b64decode(cursor.encode(5, ALICE, "list") + "===")
    changed = base64.urlsafe_b64encode(genuine.replace(b"5", b"500")).decode().rstrip("=")
    assert json.loads(genuine[12:]) == 5
    with pytest.raises(InvalidArguments):
        cursor.decode(changed, ALICE, "list")


@pytest.mark.parametrize("position", range(0, 40, 3))
def test_a_cursor_with_another_character_is_refused(position: int) -> None:
    genuine = cursor.encode(POSITION, ALICE, "list")
    other = "A" if genuine[position] != "A" else "B"
    with pytest.raises(InvalidArguments):
        cursor.decode(genuine[:position] + other + genuine[position + 1 :], ALICE, "list")


@pytest.mark.parametrize("text", ["", "x", "====", "\0", "\ud800", "é", "‮", "a b", "AAAA", "////", "9" * 500])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidArguments):
        cursor.decode(text, ALICE, "list")
