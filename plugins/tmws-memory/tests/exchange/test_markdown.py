from datetime import UTC, datetime
from pathlib import Path

import pytest

from tmws_memory.exchange import markdown
from tmws_memory.exchange.record import Fault, Record

IDENTIFIER = "0198c0de-0000-7000-8000-0123456789ab"
MOMENT = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


def only_fault(path: Path) -> Fault:
    (found,) = markdown.read(path)
    assert isinstance(found, Fault)
    return found


def test_a_file_can_be_read_by_people() -> None:
    record = Record(content="Node 22\n", id=IDENTIFIER, tags=["build", "no"], created_at=MOMENT)
    assert markdown.text(record) == (
        "---\n"
        "tmws_memory: 1\n"
        f"id: {IDENTIFIER}\n"
        "tags:\n- build\n- 'no'\n"
        "created_at: 2026-01-31T23:30:00Z\n"
        "---\n"
        "Node 22\n"
    )


def test_a_file_is_named_for_its_day_its_first_line_and_its_identifier(tmp_path: Path) -> None:
    record = Record(content="\n# Élan: the *build*\nmore", id=IDENTIFIER, created_at=MOMENT)
    assert markdown.write(tmp_path, record).name == "2026-01-31-elan-the-build-0123456789ab.md"


@pytest.mark.parametrize("content", ["../../etc/passwd", "CON", "a\\b:c*?", ". .", "東京", "\x1b[31m", "x" * 10_000])
def test_a_name_is_safe_whatever_the_text_is(tmp_path: Path, content: str) -> None:
    path = markdown.write(tmp_path, Record(content=content))
    assert path.parent == tmp_path
    assert path.name.removesuffix(".md").replace("-", "").isalnum()
    assert path.name.isascii()
    assert len(path.name) < 100


@pytest.mark.parametrize("namespace", ["../up", "/root", "con", "nul.txt", "a.", "A", "東京", "a/b", "..", "x" * 300])
def test_a_namespace_is_a_folder_that_every_system_takes(tmp_path: Path, namespace: str) -> None:
    record = Record(content="text", namespace=namespace)
    path = markdown.write(tmp_path, record)
    assert path.parent.parent == tmp_path
    assert path.parent.name.endswith("_")
    assert list(markdown.read(tmp_path)) == [record]


def test_a_namespace_that_is_a_name_keeps_it(tmp_path: Path) -> None:
    assert markdown.write(tmp_path, Record(content="text", namespace="team-a.2")).parent.name == "team-a.2"


def test_two_memories_of_one_name_get_two_files(tmp_path: Path) -> None:
    first, second = Record(content="text", id=IDENTIFIER), Record(content="text", id=f"1{IDENTIFIER[1:]}")
    assert markdown.write(tmp_path, first) != markdown.write(tmp_path, second)
    assert sorted(map(repr, markdown.read(tmp_path))) == sorted(map(repr, [first, second]))


def test_two_memories_without_identifiers_get_two_files(tmp_path: Path) -> None:
    records = [Record(content="text", importance=importance) for importance in (0.1, 0.2, 0.3)]
    assert len({markdown.write(tmp_path, record) for record in records}) == 3


def test_a_memory_that_is_written_again_replaces_its_file(tmp_path: Path) -> None:
    old = markdown.write(tmp_path, Record(content="text", id=IDENTIFIER))
    new = Record(content="text", id=IDENTIFIER, importance=1)
    assert markdown.write(tmp_path, new) == old
    assert list(markdown.read(tmp_path)) == [new]


def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    taken = markdown.write(tmp_path, Record(content="text", id=IDENTIFIER))
    taken.write_text("mine")
    assert markdown.write(tmp_path, Record(content="text", id=IDENTIFIER)) != taken
    assert taken.read_text() == "mine"


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "team").symlink_to(outside)
    with pytest.raises(ValueError, match="is a link"):
        markdown.write(folder, Record(content="text", namespace="team"))
    assert list(outside.iterdir()) == []


def test_nothing_but_the_memory_is_left_in_the_folder(tmp_path: Path) -> None:
    path = markdown.write(tmp_path, Record(content="text"))
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_git_gave_other_line_ends_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"---\r\ntmws_memory: 1\r\ntags: [a]\r\n---\r\ntext\r\n")
    assert list(markdown.read(tmp_path)) == [Record(content="text\r\n", tags=["a"])]


def test_a_file_that_cannot_be_read_is_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntmws_memory: 1\nimportance: 2\n---\ntext")
    (tmp_path / "b.md").write_text("---\ntmws_memory: 1\ntags: &a [*a]\n---\ntext")
    (tmp_path / "c.md").write_text("---\ntmws_memory: 1\n---\ntext")
    first, second, third = markdown.read(tmp_path)
    assert isinstance(first, Fault)
    assert first.reason.startswith("importance: ")
    assert isinstance(second, Fault)
    assert (second.source, second.line) == ("b.md", 3)
    assert third == Record(content="text")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("text", "no exported memory"),
        ("---\ntitle: a\n---\ntext", "no exported memory"),
        ("---\ntmws_memory: 2\n---\ntext", "version 2"),
        ("---\ntmws_memory: 1\ncontent: a\n---\ntext", "stands below it"),
        ("---\ntmws_memory: 1\n---\n", "content: "),
        ("---\ntmws_memory: 1\n---\n\0", "content: "),
        ('---\ntmws_memory: 1\nsummary: "\\uD800"\n---\ntext', "summary: "),
    ],
)
def test_a_file_that_is_no_memory_is_told_so(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "a.md").write_text(text)
    assert reason in only_fault(tmp_path).reason


def test_a_memory_with_more_fields_than_front_matter_takes_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="use JSONL"):
        markdown.write(tmp_path, Record(content="text", context={"a": "x" * 1_048_576}))
    assert list(tmp_path.iterdir()) == []
