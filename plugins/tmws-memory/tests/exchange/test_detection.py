from pathlib import Path

import pytest

from tmws_memory.exchange import jsonl, markdown
from tmws_memory.exchange.detection import Format, UnknownFormat, detect
from tmws_memory.exchange.progress import size
from tmws_memory.exchange.record import Record

SAMPLES = Path(__file__).parent / "samples"
FOREIGN = [
    ("server-memory/memory.jsonl", Format.SERVER_MEMORY),
    ("basic-memory", Format.BASIC_MEMORY),
    ("basic-memory/Rye Bread.md", Format.BASIC_MEMORY),
    ("vault", Format.NOTES),
    ("vault/Tomatoes.md", Format.NOTES),
]


@pytest.mark.parametrize(("sample", "expected"), FOREIGN)
def test_a_format_of_others_is_recognised(sample: str, expected: Format) -> None:
    assert detect(SAMPLES / sample) is expected


@pytest.mark.parametrize(("sample", "expected"), FOREIGN)
def test_every_reader_tells_all_the_bytes_that_there_are(sample: str, expected: Format) -> None:
    told: list[int] = []
    list(expected.read(SAMPLES / sample, told.append))
    assert sum(told) == size(SAMPLES / sample)


def test_an_export_without_memories_is_recognised(tmp_path: Path) -> None:
    with jsonl.writing(tmp_path / "memories"):
        pass
    assert detect(tmp_path / "memories") is Format.JSONL


def test_a_line_of_ours_without_a_header_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"broken\n" + jsonl.line(Record(content="text")))
    assert detect(tmp_path / "a.txt") is Format.JSONL


def test_a_folder_of_ours_is_recognised_whatever_the_memories_say(tmp_path: Path) -> None:
    markdown.write(tmp_path, Record(content="---\ntitle: a\ntype: b\npermalink: c\n---\n", namespace="team"))
    assert detect(tmp_path) is Format.MARKDOWN


def test_the_name_of_a_file_does_not_decide(tmp_path: Path) -> None:
    path = tmp_path / "memory.md"
    path.write_bytes((SAMPLES / "server-memory/memory.jsonl").read_bytes())
    assert detect(path) is Format.SERVER_MEMORY


@pytest.mark.parametrize("data", [b"", b"text", b"\xff\xfe", b'{"a": 1}\n', b"[1, 2]", b"\x89PNG\r\n"])
def test_a_file_in_no_format_is_told_so(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(UnknownFormat, match="jsonl, server-memory, markdown, basic-memory, notes"):
        detect(tmp_path / "file")


def test_a_folder_without_markdown_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(UnknownFormat, match="without Markdown"):
        detect(tmp_path)


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        detect(tmp_path / "missing")
