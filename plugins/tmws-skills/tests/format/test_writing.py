import errno
import io
import stat
import time
import zipfile
from pathlib import Path

import pytest

from tmws_skills.format.archive import open_archive
from tmws_skills.format.folder import open_folder
from tmws_skills.format.package import Package, SkillFile
from tmws_skills.format.reading import Found
from tmws_skills.format.writing import archive_of, write_folder, writing_archive

PACKAGE = Package(
    "\ufeff---\r\nname: a\r\n---\r\n",
    [
        SkillFile("scripts/run.sh", b"#!/bin/sh\n", True),
        SkillFile("assets/gr\u00f6\u00dfe.bin", b"\0\xff"),
        SkillFile("e", b""),
    ],
)


def test_a_folder_comes_back_as_it_was(tmp_path: Path) -> None:
    write_folder(tmp_path, "a", PACKAGE)
    with open_folder(tmp_path) as reading:
        (skill,) = reading
    assert isinstance(skill, Found)
    assert (skill.path, skill.package) == ("a", PACKAGE)
    assert (tmp_path / "a" / "SKILL.md").read_bytes() == b"\xef\xbb\xbf---\r\nname: a\r\n---\r\n"


def test_an_archive_comes_back_as_it_was() -> None:
    with open_archive(archive_of([("a", PACKAGE), ("b", Package("x"))])) as reading:
        first, second = reading
    assert isinstance(first, Found) and isinstance(second, Found)
    assert (first.package, second.package) == (PACKAGE, Package("x"))


def test_an_archive_is_the_same_at_another_time_and_wherever_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = archive_of([("a", PACKAGE)])
    moment = time.localtime(0)
    monkeypatch.setattr(time, "localtime", lambda *_: moment)
    with writing_archive(tmp_path / "a.zip") as write:
        write("a", Package(PACKAGE.skill_md, PACKAGE.files[::-1]))
    assert (tmp_path / "a.zip").read_bytes() == expected


def test_an_archive_has_plain_files_with_their_modes_only() -> None:
    with zipfile.ZipFile(io.BytesIO(archive_of([("a", PACKAGE)]))) as opened:
        modes = {info.filename: info.external_attr >> 16 for info in opened.infolist()}
    assert modes == {
        "a/SKILL.md": stat.S_IFREG | 0o644,
        "a/assets/gr\u00f6\u00dfe.bin": stat.S_IFREG | 0o644,
        "a/e": stat.S_IFREG | 0o644,
        "a/scripts/run.sh": stat.S_IFREG | 0o755,
    }


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(FileExistsError, match="is there already"):
        write_folder(tmp_path, "a", PACKAGE)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (tmp_path / "parent").mkdir()
    (tmp_path / "parent" / "a").symlink_to(outside)
    with pytest.raises(FileExistsError):
        write_folder(tmp_path / "parent", "a", PACKAGE)
    assert not outside.exists()


def test_a_folder_that_cannot_be_written_whole_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(OSError, match="no space left"):
        write_folder(tmp_path, "a", PACKAGE)
    assert list(tmp_path.iterdir()) == []


def test_an_archive_that_cannot_be_finished_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"before")
    with pytest.raises(RuntimeError), writing_archive(path) as write:
        write("a", PACKAGE)
        raise RuntimeError
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.zip", b"before")]


def test_a_new_folder_may_be_read_as_far_as_others_that_are_made_there(tmp_path: Path) -> None:
    (tmp_path / "usual").mkdir()
    write_folder(tmp_path, "a", PACKAGE)
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "usual").stat().st_mode
