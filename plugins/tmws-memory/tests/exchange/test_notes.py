import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tmws_memory.exchange import notes
from tmws_memory.exchange.record import MOST_TAGS, Fault, Record

SAMPLE = Path(__file__).parent / "samples/vault"


def read(folder: Path, text: str, longest: int = notes.LONGEST_PART) -> list[Record]:
    (folder / "My note.md").write_bytes(text.encode())
    found = list(notes.read(folder, longest=longest))
    return [record for record in found if isinstance(record, Record)]


def only(folder: Path, text: str) -> Record:
    (record,) = read(folder, text)
    return record


def test_a_vault_becomes_one_memory_for_each_note() -> None:
    found = [record for record in notes.read(SAMPLE) if isinstance(record, Record)]
    assert [(record.context["path"], record.memory_type, record.tags, record.session) for record in found] == [
        ("Tomatoes.md", "note", ["garden/vegetables"], None),
        ("projects/Greenhouse.md", "note", ["garden", "projects/2026", "wood"], None),
    ]


def test_the_text_is_kept_below_the_title() -> None:
    tomatoes, greenhouse = (record for record in notes.read(SAMPLE) if isinstance(record, Record))
    assert tomatoes.content == (SAMPLE / "Tomatoes.md").read_text()
    assert greenhouse.content == "# Greenhouse\n\n" + (SAMPLE / "projects/Greenhouse.md").read_text().split("---\n")[2]


def test_what_else_the_front_matter_says_is_kept() -> None:
    *_, greenhouse = (record for record in notes.read(SAMPLE) if isinstance(record, Record))
    assert greenhouse.context == {
        "title": "Greenhouse",
        "path": "projects/Greenhouse.md",
        "front_matter": {"aliases": ["glasshouse"], "date": "2026-02-14", "status": "open"},
    }


def test_a_title_in_the_front_matter_goes_before_the_name_of_the_file(tmp_path: Path) -> None:
    record = only(tmp_path, "---\ntitle: 2026\n---\ntext")
    assert (record.content, record.context["title"]) == ("# 2026\n\ntext", "2026")


@pytest.mark.parametrize(
    ("written", "tags"),
    [
        ("tags: [a, b, a]", ["a", "b"]),
        ("tags: a, b", ["a", "b"]),
        ("tags: '#a #b'", ["a", "b"]),
        ("tag: a", ["a"]),
        ("tags: 2026", ["2026"]),
        ("tags:", []),
        ("tags: [null, [x], {y: z}, true]", ["True"]),
    ],
)
def test_tags_are_read_as_people_write_them(tmp_path: Path, written: str, tags: list[str]) -> None:
    assert only(tmp_path, f"---\n{written}\n---\ntext").tags == tags


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#one two #three/four-five.", ["one", "three/four-five"]),
        ("see x#y, https://example.org/#top and (#no)", []),
        ("#2026 #y2026", ["y2026"]),
        ("# Heading\n## #heading", ["heading"]),
        ("`#code` ``a `#b` c`` #d", ["d"]),
        ("```\n#code\n```\n#日本", ["日本"]),
    ],
)
def test_a_word_with_a_number_sign_is_a_tag(tmp_path: Path, text: str, tags: list[str]) -> None:
    assert only(tmp_path, text).tags == tags


def test_tags_beyond_what_a_memory_may_have_are_kept_in_its_context(tmp_path: Path) -> None:
    tags = [f"tag{number}" for number in range(10_000)]
    (record,) = read(tmp_path, " ".join(f"#{tag}" for tag in tags), longest=1_000_000)
    assert (record.tags, record.context["tags"]) == (tags[:MOST_TAGS], tags)


def test_a_note_is_as_old_as_its_file(tmp_path: Path) -> None:
    (tmp_path / "My note.md").write_text("text")
    os.utime(tmp_path / "My note.md", (1_000_000_000, 1_000_000_000))
    (record,) = notes.read(tmp_path)
    assert isinstance(record, Record)
    assert (record.created_at, record.updated_at) == (datetime.fromtimestamp(1_000_000_000, UTC), None)


def test_a_note_is_as_old_as_its_front_matter_says(tmp_path: Path) -> None:
    record = only(tmp_path, "---\ncreated: 2026-01-31T12:00:00Z\nmodified: 2026-02-01T12:00:00+02:00\n---\ntext")
    assert record.created_at == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert record.updated_at == datetime(2026, 2, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("date", ["some day", "2026-13-01", "0001-01-01", "[2026]", "5"])
def test_a_date_that_cannot_be_read_does_not_lose_the_note(tmp_path: Path, date: str) -> None:
    assert only(tmp_path, f"---\ndate: {date}\n---\ntext").content == "# My note\n\ntext"


def test_an_address_in_the_front_matter_is_the_source(tmp_path: Path) -> None:
    assert only(tmp_path, "---\nsource: https://example.org/a\n---\ntext").source_url == "https://example.org/a"


def test_a_long_note_becomes_parts_of_one_session_and_loses_nothing(tmp_path: Path) -> None:
    sections = [f"## Part {number}\n\n{'word ' * 30}\n\n" for number in range(5)]
    parts = read(tmp_path, "".join(sections), longest=200)
    assert [part.content for part in parts] == [f"# My note\n\n{section}" for section in sections]
    assert {part.session for part in parts} == {"My note.md"}
    assert [(part.context["part"], part.context["parts"]) for part in parts] == [(n, 5) for n in range(1, 6)]


def test_what_else_the_front_matter_says_is_kept_once(tmp_path: Path) -> None:
    first, second = read(tmp_path, "---\na: 1\n---\n## A\n## B\n", longest=5)
    assert first.context["front_matter"] == {"a": 1}
    assert "front_matter" not in second.context


def test_a_title_that_is_too_long_to_call_a_note_by_stays_in_the_front_matter(tmp_path: Path) -> None:
    record = only(tmp_path, f"---\ntitle: {'x' * 300}\n---\ntext")
    assert (record.context["title"], record.context["front_matter"]) == ("My note", {"title": "x" * 300})


def test_blank_lines_before_the_text_are_left_out(tmp_path: Path) -> None:
    assert only(tmp_path, "---\na: 1\n---\n\n \r\n  # A\n\ntext\n").content == "  # A\n\ntext\n"


def test_a_note_without_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: a\n---\n \n")
    (fault,) = notes.read(tmp_path)
    assert isinstance(fault, Fault)
    assert "no text" in fault.reason


def test_a_note_that_cannot_be_read_is_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nx: 1\ndate: {{date}}\n---\ntext")
    (tmp_path / "b.md").write_bytes(b"\xff")
    (tmp_path / "c.md").write_text("a\0b")
    (tmp_path / "d.md").write_text("text")
    *faults, record = notes.read(tmp_path)
    assert [(fault.source, fault.line) for fault in faults if isinstance(fault, Fault)] == [
        ("a.md", 3),
        ("b.md", 1),
        ("c.md", None),
    ]
    assert isinstance(record, Record)


def test_a_line_of_a_megabyte_is_divided(tmp_path: Path) -> None:
    parts = read(tmp_path, "x" * 1_048_576)
    assert "".join(part.content.removeprefix("# My note\n\n") for part in parts) == "x" * 1_048_576


def test_reading_twice_gives_the_same_memories() -> None:
    assert list(notes.read(SAMPLE)) == list(notes.read(SAMPLE))
