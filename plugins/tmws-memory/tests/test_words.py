"""What an index gets of a text, and what it is asked."""

import pytest

from tmws_memory.words import asked, indexed, namespace_token


def test_a_text_is_indexed_by_its_words() -> None:
    assert indexed("See https://example.com/docs, v1.2 (foo_bar).") == "see https example com docs v1 2 foo bar"


def test_letters_beyond_ascii_are_lowered() -> None:
    assert indexed("ÄRGER ЖУК") == "ärger жук"


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


def test_a_question_is_cut_as_the_text_is() -> None:
    assert set(asked("京タワ")) <= set(indexed("東京タワー").split())


def test_a_namespace_is_one_word() -> None:
    assert namespace_token("team-a.b").isalnum()


def test_namespaces_have_different_tokens() -> None:
    assert namespace_token("team-a") != namespace_token("team_a")
