import pytest

from tmws_memory.exchange.front_matter import LONGEST, Document, Malformed, compose, parse

BOMB = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]"


def front(text: str) -> object:
    return parse(f"---\n{text}\n---\n").front


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (BOMB, 2, "anchors"),
        ("a: 1\nb: *a", 3, "aliases"),
        ("a: !!python/object/apply:os.system [ls]", 2, "tags"),
        ("a: !!binary aGk=", 2, "tags"),
        ("? !x a\n: 1", 2, "tags"),
        ("a: 1\nb: 2\na: 3", 4, "twice"),
        ("a: {b: 1, b: 2}", 2, "twice"),
        ("date: {{date}}", 2, "put it in quotes"),
        ("- a", 2, "no mapping"),
        ("text", 2, "no mapping"),
        ("a: [1", 3, "no YAML"),
        ("a: b: c", 2, "no YAML"),
        ("a: \x01", 1, "no YAML"),
        ("a: 1\n--- b", 3, "no mapping"),
        ('a: "\\UFFFFFFFF"', 1, "no YAML"),
        (f"a: {'9' * 5000}", 2, "digits"),
        (f"a: {'[' * 1000}", 2, "levels deep"),
        (f"a: {'{b: ' * 1000}", 2, "levels deep"),
        (f"a: {'x' * LONGEST}", 1, "shorten"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else None,
)
def test_front_matter_that_cannot_be_read_is_reported_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(Malformed, match=reason) as caught:
        front(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2026-01-31", "2026-01-31"),
        ("12:30", "12:30"),
        ("no", "no"),
        ("0123", "0123"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("true", True),
        ("'true'", "true"),
        ("~", None),
        ("", None),
        ("''", ""),
        ("12", 12),
        ("-1.5e3", -1500.0),
        ("[a, 1]", ["a", 1]),
        ("{b: null}", {"b": None}),
    ],
)
def test_a_value_is_what_json_makes_of_it_or_text(written: str, value: object) -> None:
    assert repr(front(f"a: {written}")) == repr({"a": value})


def test_a_name_is_text_as_it_was_written() -> None:
    assert front("1: a\ntrue: b\n2026-01-31: c") == {"1": "a", "true": "b", "2026-01-31": "c"}


@pytest.mark.parametrize(
    "text", ["", "---", "---\n", "text\n---\na: 1\n---\n", " ---\na: 1\n---\n", "---\na: 1\n--- -\n"]
)
def test_a_text_without_two_lines_of_hyphens_has_no_front_matter(text: str) -> None:
    assert parse(text) == Document(None, text, 1)


def test_empty_front_matter_is_front_matter() -> None:
    assert parse("---\n---\ntext") == Document({}, "text", 3)


def test_the_line_on_which_the_text_begins_is_told() -> None:
    assert parse("---\r\na: 1\r\n---\r\n\r\ntext") == Document({"a": 1}, "\r\ntext", 4)


def test_text_that_looks_like_a_number_or_a_date_is_one_to_no_reader() -> None:
    written = compose({"a": "no", "b": "1e5", "c": "0x1f", "d": "12:30"}, "")
    assert written == "---\na: 'no'\nb: '1e5'\nc: '0x1f'\nd: '12:30'\n---\n"


def test_front_matter_that_could_not_be_read_again_is_not_written() -> None:
    with pytest.raises(ValueError, match="use JSONL"):
        compose({"a": "x" * LONGEST}, "")
