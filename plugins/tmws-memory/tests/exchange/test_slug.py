import pytest

from tmws_memory.exchange.slug import slug, tag


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Design Decision", "design-decision"), ("works_on", "works-on"), ("Élan!", "elan"), ("場所", ""), ("../a", "a")],
)
def test_a_slug_has_only_letters_digits_and_hyphens(text: str, expected: str) -> None:
    assert slug(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("Harbour Ledger", "harbour-ledger"), ("東京 オフィス", "東京-オフィス"), ("🐢", "")]
)
def test_a_tag_has_words_of_any_script(text: str, expected: str) -> None:
    assert tag(text) == expected


def test_a_cut_does_not_end_in_a_hyphen() -> None:
    assert (slug("ab cd", 3), tag("ab cd", 3)) == ("ab", "ab")
