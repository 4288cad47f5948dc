"""The conversations of LoCoMo are read from a file of its shape, and nothing else is taken for it."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.locomo.dataset import NotLoCoMo, evidence, read


def test_turns_come_in_the_order_of_the_sessions_numbers(locomo_file: Path) -> None:
    (conversation, _) = read(locomo_file)
    assert [turn.id for turn in conversation.turns] == ["D1:1", "D1:2", "D2:1", "D10:1", "D10:2"]


def test_a_turn_says_when_who_and_what(locomo_file: Path) -> None:
    (conversation, _) = read(locomo_file)
    assert conversation.turns[0].text == "[1:56 pm on 8 May, 2023] Ann: I adopted a ginger kitten."


def test_the_caption_of_a_shared_picture_belongs_to_the_turn(locomo_file: Path) -> None:
    (conversation, _) = read(locomo_file)
    assert conversation.turns[2].text.endswith("Bob: Look at this! [shares a photo: a red bicycle in the snow]")


def test_a_question_without_evidence_is_left_out(locomo_file: Path) -> None:
    (conversation, _) = read(locomo_file)
    assert "Would Ann like dogs?" not in [question.text for question in conversation.questions]


def test_evidence_that_names_no_turn_does_not_count(locomo_file: Path) -> None:
    (conversation, _) = read(locomo_file)
    (question,) = [question for question in conversation.questions if question.category == 1]
    assert question.evidence == {"D1:1", "D10:2"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("D8:6; D9:17", ["D8:6", "D9:17"]),
        ("D9:1 D4:4 D4:6", ["D9:1", "D4:4", "D4:6"]),
        ("D:11:26", ["D11:26"]),
        ("D30:05", ["D30:5"]),
        ("D", []),
    ],
)
def test_misspelt_evidence_is_read_as_it_was_meant(written: str, meant: list[str]) -> None:
    assert evidence([written]) == meant


def test_evidence_that_is_named_twice_counts_once() -> None:
    assert evidence(["D1:2", "D1:02"]) == ["D1:2"]


@pytest.mark.parametrize("document", [[], {}, [{}], [{"sample_id": "conv-1", "conversation": [], "qa": []}], ["text"]])
def test_a_file_of_another_shape_is_refused_with_where_to_get_the_right_one(tmp_path: Path, document: object) -> None:
    file = tmp_path / "other.json"
    file.write_text(json.dumps(document))
    with pytest.raises(NotLoCoMo, match="snap-research/locomo"):
        read(file)


def test_a_question_of_an_unknown_category_is_refused(tmp_path: Path, locomo_document: list[dict[str, Any]]) -> None:
    locomo_document[0]["qa"][0]["category"] = 6
    file = tmp_path / "other.json"
    file.write_text(json.dumps(locomo_document))
    with pytest.raises(NotLoCoMo, match="no category 6"):
        read(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotLoCoMo, match=r"missing\.json cannot be read"):
        read(tmp_path / "missing.json")
