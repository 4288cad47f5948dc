import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmws_memory.exchange.sections import Heading, marked_lines, split

PIECES = st.sampled_from(
    ["# a\n", "## b\n", "\n", "text\n", "text ", "```\n", "~~~~\n", "\r\n", "\u2028", "  # c\n", "#d\n"]
)


@settings(max_examples=200, deadline=None, database=None)
@given(text=st.lists(PIECES).map("".join), largest=st.integers(1, 40))
def test_the_parts_are_the_text_and_none_is_too_large(text: str, largest: int) -> None:
    parts = split(text, largest)
    assert "".join(parts) == text
    assert all(0 < len(part) <= largest for part in parts)


def test_a_text_that_is_small_enough_is_one_part() -> None:
    assert split("# a\n\ntext\n# b\n", 100) == ["# a\n\ntext\n# b\n"]


def test_a_part_begins_at_a_heading() -> None:
    assert split("# a\none\n## b\ntwo\n# c\nthree\n", 15) == ["# a\none\n", "## b\ntwo\n", "# c\nthree\n"]


def test_small_sections_share_a_part() -> None:
    assert split("# a\n# b\n# c\nlong text\n", 14) == ["# a\n# b\n", "# c\nlong text\n"]


def test_a_section_that_is_too_large_is_divided_between_paragraphs() -> None:
    assert split("# a\n\none one\n\ntwo two\n", 15) == ["# a\n\none one\n\n", "two two\n"]


def test_a_line_that_is_too_large_is_divided_anywhere() -> None:
    assert split("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("# a", Heading(1, "a")),
        ("   ###### a b ##\r\n", Heading(6, "a b")),
        ("#", Heading(1, "")),
        ("# ##", Heading(1, "")),
        ("# a" + " " * 1_000_000 + "b #", Heading(1, "a" + " " * 1_000_000 + "b")),
        ("#a", None),
        ("    # a", None),
        ("####### a", None),
        ("# C#", Heading(1, "C#")),
    ],
    ids=range(9),
)
def test_a_heading_is_what_commonmark_says(line: str, heading: Heading | None) -> None:
    assert [marked.heading for marked in marked_lines(line)] == [heading]


def test_lines_in_a_fence_are_code_until_a_fence_as_long() -> None:
    text = "a\n````\n# b\n```\n````\nc\n~~~ x\nd"
    assert [line.code for line in marked_lines(text)] == [False, True, True, True, True, False, True, True]
