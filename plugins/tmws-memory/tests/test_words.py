"""What an index gets of a text, and what it is asked."""

from unicodedata import normalize

import pytest

from tmws_memory.words import asked, indexed


def test_a_text_is_indexed_by_its_words() -> None:
    assert indexed("See https://example.com/docs, v1.2 (foo_bar).") == "see https example com docs v1 2 foo bar"


def test_letters_beyond_ascii_are_lowered() -> None:
    assert indexed("ΩMEGA ЖУК") == "ωmega жук"


def test_accents_of_latin_letters_do_not_matter() -> None:
    assert indexed("Café ÄRGER Việt") == "cafe arger viet"


def test_marks_of_other_letters_stay() -> None:
    assert indexed("йод ガス") == "йод ガス"


@pytest.mark.parametrize("text", ["résumé", "йод", "ガス", "도쿄"])
def test_a_text_has_the_same_words_composed_and_decomposed(text: str) -> None:
    assert indexed(normalize("NFD", text)) == indexed(normalize("NFC", text))


def test_letters_of_full_width_are_as_others() -> None:
    assert indexed("ＰＤＦ") == "pdf"


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("東京タワー", "東京 京タ タワ ワー"),
        ("도쿄타워", "도쿄 쿄타 타워"),
        ("茶", "茶"),
        ("PDFを開く", "pdf を開 開く"),
    ],
)
def test_text_without_spaces_is_cut_into_pairs(text: str, pairs: str) -> None:
    assert indexed(text) == pairs


def test_a_question_asks_for_each_word_once() -> None:
    assert asked("Redis redis REDIS cache") == ["redis", "cache"]


def test_words_that_say_nothing_are_not_asked_for() -> None:
    assert asked("Where is the key of the safe?") == ["key", "safe"]


def test_a_question_of_such_words_alone_asks_for_all_of_them() -> None:
    assert asked("Who are you?") == ["who", "are", "you"]


@pytest.mark.parametrize("question", ["", "   ", "?!", "___", "*:^-", "🎉"])
def test_a_question_without_words_asks_for_nothing(question: str) -> None:
    assert asked(question) == []


def test_an_operator_is_a_word() -> None:
    assert asked('"cat" AND NOT dog* NEAR(x:y)') == ["cat", "dog", "near", "x", "y"]


def test_a_question_asks_for_64_words_at_most() -> None:
    assert asked(" ".join(f"word{number}" for number in range(100))) == [f"word{number}" for number in range(64)]


def test_the_64_words_are_those_that_say_something() -> None:
    words = (
        "a about also am an and any are as at be been being but by can could d did do does doing for from had has have "
        "having he her hers him his how i if in into is it its ll m may me might must my no not of on or our ours re s "
        "she should so such t than that the their them then there these they this those"
    )
    assert len(words.split()) > 64
    assert asked(f"{words} zebra") == ["zebra"]


def test_a_question_is_cut_as_the_text_is() -> None:
    assert set(asked("京タワ")) <= set(indexed("東京タワー").split())
