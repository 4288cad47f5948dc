import pytest

from tmws_skills.format.front_matter import LONGEST, Malformed, load

BOMB = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]"


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (BOMB, 1, "front_matter_alias"),
        ("a: 1\nb: *a", 2, "front_matter_alias"),
        ("&a x: 1", 1, "front_matter_alias"),
        ("<<: *a", 1, "front_matter_alias"),
        ("a: !!python/object/apply:os.system [ls]", 1, "front_matter_tag"),
        ("a: !!binary aGk=", 1, "front_matter_tag"),
        ("a: ! 12", 1, "front_matter_tag"),
        ("a: 1\nb: 2\na: 3", 3, "front_matter_duplicate"),
        ("a:\n  b: {c: 1, c: 2}", 2, "front_matter_duplicate"),
        ("'a': 1\na: 2", 2, "front_matter_duplicate"),
        ("date: {{date}}", 1, "front_matter_key"),
        ("- a", 1, "front_matter_no_mapping"),
        ("text", 1, "front_matter_no_mapping"),
        ("a: 1\n--- {a: 2}", 2, "front_matter_no_mapping"),
        ("a: [1", 1, "front_matter_broken"),
        ("a: b: c", 1, "front_matter_broken"),
        ("a: 1\nb: \x01", 2, "front_matter_broken"),
        ('a: "\\UFFFFFFFF"', 1, "front_matter_broken"),
        (f"a: {'9' * 5000}", 1, "front_matter_number"),
        (f"a: {'[' * 30_000}", 1, "front_matter_too_deep"),
        (f"a: {'{b: ' * 10_000}", 1, "front_matter_too_deep"),
        (f"a: {'x' * LONGEST}", 1, "front_matter_too_large"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else None,
)
def test_front_matter_that_is_refused_says_why_and_where(text: str, line: int, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        load(text)
    assert (caught.value.code, caught.value.line) == (code, line)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2026-01-31", "2026-01-31"),
        ("12:30:45", "12:30:45"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("True", True),
        ("'true'", "true"),
        ("~", None),
        ("", None),
        ("''", ""),
        ("0123", 123),
        ("0o17", 15),
        ("0x1F", 31),
        ("+12", 12),
        ("1_000", "1_000"),
        ("-1.5e3", -1500.0),
        (".5", 0.5),
        ("1.", 1.0),
        (".inf", ".inf"),
        ("1e999", "1e999"),
        ("[a, 1]", ["a", 1]),
        ("{b: null}", {"b": None}),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_a_value_is_that_of_the_core_schema_of_yaml_1_2_as_far_as_json_has_it(written: str, value: object) -> None:
    assert repr(load(f"a: {written}").value) == repr({"a": value})


def test_the_order_of_the_names_is_kept() -> None:
    assert list(load("b: 1\nc: 2\na: 3").members) == ["b", "c", "a"]


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment\n"])
def test_front_matter_without_anything_is_empty(text: str) -> None:
    assert load(text).value == {}


def test_a_value_knows_where_it_stands_and_how_it_is_written() -> None:
    text = "a: x\nb:\n  c: 1.10\n"
    node = load(text).members["b"].members["c"]
    assert (node.value, node.written, text[node.start : node.end]) == (1.1, "1.10", "1.10")
