import json
from pathlib import Path

import pytest

from tmws_memory.exchange import jsonl
from tmws_memory.exchange.record import Fault, Record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memories.jsonl"


def write(path: Path, *records: Record) -> None:
    with jsonl.writing(path) as add:
        for record in records:
            add(record)


def test_the_first_line_tells_the_format_and_its_version(path: Path) -> None:
    write(path)
    assert json.loads(path.read_bytes()) == {"tmws_memories": 1}


def test_a_memory_with_a_wrong_field_is_reported_with_its_line(path: Path) -> None:
    write(path, Record(content="first"))
    with path.open("a") as stream:
        stream.write('{"content": "second", "importance": 7}\n{"text": "third"}\n{"content": "fourth"}\n')
    first, second, third, fourth = jsonl.read(path)
    assert (first, fourth) == (Record(content="first"), Record(content="fourth"))
    assert isinstance(second, Fault)
    assert (second.source, second.line) == ("memories.jsonl", 3)
    assert second.reason.startswith("importance: ")
    assert isinstance(third, Fault)
    assert third.line == 4


def test_half_a_character_is_reported(path: Path) -> None:
    path.write_text('{"content": "\\ud83d"}\n')
    (fault,) = jsonl.read(path)
    assert isinstance(fault, Fault)
    assert fault.reason.startswith("content: ")


def test_a_file_without_its_header_is_read(path: Path) -> None:
    path.write_bytes(jsonl.line(Record(content="text")))
    assert list(jsonl.read(path)) == [Record(content="text")]


def test_two_files_one_after_the_other_are_read(path: Path) -> None:
    write(path, Record(content="text"))
    path.write_bytes(path.read_bytes() * 2)
    assert list(jsonl.read(path)) == [Record(content="text")] * 2


@pytest.mark.parametrize("head", ['{"tmws_memories": 2}', '{"tmws_memories": 1, "sealed": true}'])
def test_a_file_of_another_version_is_refused_as_a_whole(path: Path, head: str) -> None:
    path.write_text(f'{head}\n{{"content": "text"}}\n')
    (fault,) = jsonl.read(path)
    assert isinstance(fault, Fault)
    assert fault.line == 1
    assert "header" in fault.reason


def test_a_file_that_is_not_finished_leaves_the_one_that_was_there(path: Path) -> None:
    write(path, Record(content="old"))
    with pytest.raises(KeyboardInterrupt), jsonl.writing(path) as add:
        add(Record(content="new"))
        raise KeyboardInterrupt
    assert list(jsonl.read(path)) == [Record(content="old")]
    assert list(path.parent.iterdir()) == [path]


def test_only_the_owner_may_read_a_file(path: Path) -> None:
    write(path)
    assert path.stat().st_mode & 0o077 == 0


def test_a_missing_file_is_an_error(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(jsonl.read(path))
