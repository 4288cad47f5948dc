"""Which words and phrases a text mentions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmws_agents.words import Words


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("Please run the tests.", "test", "tests"),
        ("TESTING it", "Test", "testing"),
        ("find the memory usages", "memory usage", "memory usages"),
        ("the trade-off here", "trade off", "trade off"),
        ("technical excellence", "technical_excellence", "technical excellence"),
        ("a new UI, please", "ui", "ui"),
        ("ＡＵＤＩＴ", "audit", "audit"),
        ("東京のセキュリティ監査", "監査", "監査"),
        ("straße", "STRASSE", "strasse"),
    ],
)
def test_a_phrase_is_found_as_it_stands_in_the_text(text: str, phrase: str, found: str) -> None:
    assert Words(text).mentioned(phrase) == found


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("contest", "test"),  # within a word
        ("build the guide", "ui"),  # a short one is no beginning
        ("uid", "ui"),
        ("usage of memory", "memory usage"),
        ("anything", ""),
        ("anything", "..."),
        ("a", "a"),
        ("", "test"),
    ],
)
def test_a_phrase_that_is_not_there_is_not_found(text: str, phrase: str) -> None:
    assert Words(text).mentioned(phrase) is None


@given(text=st.text(), phrase=st.text())
def test_no_text_and_no_phrase_is_too_much(text: str, phrase: str) -> None:
    found = Words(text).mentioned(phrase)
    assert found is None or found


@given(before=st.text(max_size=20), word=st.text("abcdefghijkl", min_size=2, max_size=10), after=st.text(max_size=20))
def test_a_word_between_spaces_is_found(before: str, word: str, after: str) -> None:
    assert Words(f"{before} {word} {after}").mentioned(word) is not None
