import inspect
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tmws_memory.exchange.folder import File, markdown_files, text_of
from tmws_memory.exchange.progress import size
from tmws_memory.exchange.record import Fault


def names(root: Path) -> list[str]:
    return [file.name for file in markdown_files(root) if isinstance(file, File)]


def put(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("text")


def file(path: Path) -> File:
    (found,) = markdown_files(path)
    assert isinstance(found, File)
    return found


def test_files_come_by_name_each_folder_in_its_place(tmp_path: Path) -> None:
    put(tmp_path, "c.md", "b/z.md", "b/a.md", "a.MD", "d.markdown")
    assert names(tmp_path) == ["a.MD", "b/a.md", "b/z.md", "c.md", "d.markdown"]


def test_hidden_files_and_what_is_no_markdown_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, ".hidden.md", ".obsidian/a.md", "a.txt", "md", "folder.md/b.md")
    assert names(tmp_path) == ["folder.md/b.md"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "outside/secret.md", "inside/a.md")
    (tmp_path / "inside/link.md").symlink_to(tmp_path / "outside/secret.md")
    (tmp_path / "inside/folder").symlink_to(tmp_path / "outside")
    (tmp_path / "inside/loop").symlink_to(tmp_path / "inside")
    assert names(tmp_path / "inside") == ["a.md"]


def test_a_link_that_takes_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "outside/secret.md", "inside/a.md")
    found = file(tmp_path / "inside")
    found.path.unlink()
    found.path.symlink_to(tmp_path / "outside/secret.md")
    assert isinstance(text_of(found), Fault)


def test_a_pipe_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    assert names(tmp_path) == []


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    put(tmp_path, "a.md")
    found = file(tmp_path)
    found.path.unlink()
    os.mkfifo(found.path)
    assert text_of(found) == Fault("a.md", None, "it cannot be read: it is no ordinary file")


def test_a_path_to_one_file_is_that_file(tmp_path: Path) -> None:
    put(tmp_path, "a.md", "b.md")
    assert names(tmp_path / "b.md") == ["b.md"]


@pytest.fixture
def few_calls() -> Iterator[None]:
    """Lets functions call each other a hundred times from here, so that a deeper folder need not hinder its removal."""
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    yield
    sys.setrecursionlimit(usual)


@pytest.mark.usefixtures("few_calls")
def test_folders_may_be_nested_deeper_than_python_calls(tmp_path: Path) -> None:
    deepest = tmp_path
    for _ in range(200):
        deepest /= "d"
        deepest.mkdir()
    (deepest / "a.md").write_text("text")
    assert names(tmp_path) == ["d/" * 200 + "a.md"]


def test_a_file_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    put(tmp_path, "a.md")
    found = file(tmp_path)
    found.path.unlink()
    assert text_of(found) == Fault("a.md", None, "it cannot be read: No such file or directory")


def test_a_file_that_is_too_large_is_a_fault(tmp_path: Path) -> None:
    put(tmp_path, "a.md")
    assert text_of(file(tmp_path), 4) == "text"
    assert isinstance(text_of(file(tmp_path), 3), Fault)


def test_a_file_that_is_not_utf_8_is_a_fault_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"one\ntwo \xff\n")
    found = text_of(file(tmp_path))
    assert isinstance(found, Fault)
    assert found.line == 2


def test_line_ends_are_kept_and_the_byte_order_mark_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")
    assert text_of(file(tmp_path)) == "one\r\ntwo\rthree\n"


@pytest.mark.parametrize("name", [b"\xff.md", b"\n.md", b"\x1b.md"])
def test_a_name_that_is_no_line_of_text_can_be_shown(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_text("text")
    assert names(tmp_path) == names(path) == ["\ufffd.md"]


def test_the_size_of_a_folder_is_that_of_what_would_be_read(tmp_path: Path) -> None:
    put(tmp_path, "a.md", "b/c.md", "d.txt", ".e.md")
    assert size(tmp_path) == 8


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(markdown_files(tmp_path / "missing"))
