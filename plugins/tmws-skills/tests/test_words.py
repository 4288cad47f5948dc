"""Which words a text has."""

import pytest

from tmws_skills.words import MOST_ASKED, MOST_BYTES, asked, indexed, is_half_a_pair, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Code-Review, twice!", ["code", "review", "twice"]),
        ("snake_case v1.2", ["snake", "case", "v1", "2"]),
        ("Äpfel café naïve", ["apfel", "cafe", "naive"]),
        ("ＦＵＬＬ width", ["full", "width"]),
        ("コードを確認", ["コー", "ード", "ドを", "を確", "確認"]),
        ("字", ["字"]),
        ("use字典now", ["use", "字典", "now"]),
        ("й", ["й"]),
        ("", []),
        ('"*()^:-', []),
    ],
)
def test_a_text_has_words(text: str, found: list[str]) -> None:
    assert list(words(text)) == found


def test_the_index_has_each_character_of_a_script_without_spaces_at_the_begin_of_a_word() -> None:
    assert indexed("確認書") == "確認 認書 書"


def test_two_spellings_of_a_character_are_one_word() -> None:
    assert list(words("e\u0301tude")) == list(words("étude"))


def test_a_question_has_each_word_once() -> None:
    assert asked("test the tests and test") == ["test", "tests"]


def test_a_question_without_a_word_that_says_something_has_all_its_words() -> None:
    assert asked("how to") == ["how", "to"]


def test_a_long_question_has_its_first_words() -> None:
    assert asked(" ".join(f"word{number}" for number in range(1000))) == [f"word{n}" for n in range(MOST_ASKED)]


def test_a_very_long_text_has_each_word_once() -> None:
    assert indexed("again " * MOST_BYTES) == "again"


def test_a_very_long_text_of_different_words_is_cut_between_words() -> None:
    text = indexed(" ".join(f"é{number:07}" for number in range(100_000)))
    assert MOST_BYTES - 20 < len(text.encode()) <= MOST_BYTES
    assert all(len(word) == 8 for word in text.split(" "))


def test_a_single_han_character_is_half_a_pair_and_a_letter_is_none() -> None:
    assert is_half_a_pair("字")
    assert not is_half_a_pair("a")
    assert not is_half_a_pair("字典")
