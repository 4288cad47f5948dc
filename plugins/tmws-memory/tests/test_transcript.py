"""What a line of a conversation tells about itself."""

import pytest

from tmws_memory.transcript import asks, speaker


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Ann: I went home", "ann"),
        ("[8 May, 13:56] Ann: I went home", "ann"),
        ("[x]Ann: hello", "ann"),
        ("Mary-Jane O'Neil: hello", "mary-jane o'neil"),
        ("Dr. Who: hello", "dr. who"),
        ("Жанна: привет", "жанна"),
        ("Ann:\nhello", "ann"),
    ],
)
def test_a_line_that_begins_with_a_name_and_a_colon_has_a_speaker(line: str, name: str) -> None:
    assert speaker(line) == name


@pytest.mark.parametrize(
    "line",
    [
        "I went home",
        "https://example.com: a link",
        "Ann:hello",
        ": hello",
        "x" * 41 + ": hello",
        "first\nAnn: second",
        "[" + "x" * 101 + "] Ann: hello",
        "",
    ],
)
def test_another_line_has_no_speaker(line: str) -> None:
    assert speaker(line) is None


@pytest.mark.parametrize("line", ["Are you there?", "Are you there? \n", "東京ですか\uff1f", "هل أنت هنا\u061f"])
def test_a_question_ends_with_a_question_mark(line: str) -> None:
    assert asks(line)


@pytest.mark.parametrize("line", ["I am.", "Who? Me.", "", "?!"])
def test_what_ends_otherwise_asks_nothing(line: str) -> None:
    assert not asks(line)
