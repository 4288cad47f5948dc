from datetime import UTC, datetime
from typing import Any

import pytest

from tmws_memory.exchange.record import MOST_TAGS, Fault, Record, build, dump, shown


def reason(**values: object) -> str:
    found = build({"content": "text", **values}, "file", 7)
    assert isinstance(found, Fault)
    assert (found.source, found.line) == ("file", 7)
    return found.reason


def test_a_memory_needs_no_more_than_its_text() -> None:
    assert build({"content": "text"}, "file", 1) == Record(content="text")


def test_a_moment_is_kept_in_utc() -> None:
    moment = Record.model_validate({"content": "text", "created_at": "2026-01-31T13:00:00+01:00"}).created_at
    assert moment is not None
    assert moment.isoformat() == datetime(2026, 1, 31, 12, tzinfo=UTC).isoformat()


@pytest.mark.parametrize("moment", ["2026-01-31", "2026-01-31T12:00:00", "yesterday", "5", 5, 5.0, True, []])
def test_what_is_no_moment_with_a_time_zone_is_refused(moment: object) -> None:
    assert reason(created_at=moment).startswith("created_at: ")


def test_a_moment_that_utc_does_not_have_is_refused() -> None:
    assert "year 1" in reason(created_at="0001-01-01T00:00:00+14:00")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("content", ""),
        ("content", "a\0b"),
        ("content", "a\ud800b"),
        ("content", 5),
        ("id", "../../../../../../../etc/passwd/000000"),
        ("memory_type", "No Slug"),
        ("importance", 1.5),
        ("importance", True),
        ("importance", "0.5"),
        ("relevance", float("nan")),
        ("version", 0),
        ("version", True),
        ("access_level", "secret"),
        ("context", {"a": "\0"}),
        ("context", {"\ud800": 1}),
        ("context", {"a": float("inf")}),
        ("context", {"a": {1}}),
        ("context", {1: "a"}),
        ("namespace", ""),
        ("unknown", 1),
    ],
)
def test_a_field_that_cannot_be_stored_is_named(field: str, value: object) -> None:
    assert reason(**{field: value}).startswith(field)


def test_more_tags_than_a_memory_may_have_are_refused() -> None:
    assert f"at most {MOST_TAGS}" in reason(tags=["tag"] * 10_000)


def test_a_number_that_json_readers_refuse_is_refused() -> None:
    assert "digits" in reason(context={"number": 10**5000})


def test_a_context_that_is_nested_too_deeply_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(150):
        deep = {"deeper": deep}
    assert "levels deep" in reason(context=deep)


def test_only_the_first_of_many_reasons_are_told() -> None:
    told = reason(tags=[1] * 10)
    assert told.count("tags.") == 3
    assert told.endswith("and 7 more")


def test_a_name_from_a_file_cannot_write_to_the_terminal() -> None:
    assert "\x1b" not in reason(**{"\x1b[31m": 1})


def test_a_long_quotation_is_cut() -> None:
    assert len(shown("x" * 10_000)) < 100


def test_half_a_character_can_be_quoted() -> None:
    assert shown("\ud800").encode() == rb"\ud800"


def test_a_record_knows_its_place_and_is_equal_to_one_from_elsewhere() -> None:
    first, second = build({"content": "x"}, "a.jsonl", 3), build({"content": "x"}, "b.jsonl", 9)
    assert isinstance(first, Record)
    assert (first.place, first) == (("a.jsonl", 3), second)
    assert "a.jsonl" not in f"{dump(first)}{first!r}"


def test_nothing_is_known_of_the_place_of_a_record_made_by_hand() -> None:
    assert Record(content="x").place == ("", None)
