import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from tmws_skills.format.folder import open_folder
from tmws_skills.format.limits import DEFAULT, Limits
from tmws_skills.format.reading import Fault, Found
from tmws_skills.format.tree import SourceUnusable

from .files import SKILL_MD, write


def read(root: Path, limits: Limits = DEFAULT) -> list[Found | Fault]:
    with open_folder(root, limits) as reading:
        result = list(reading)
        assert len(result) == len(reading)
    return result


def found(root: Path) -> Found:
    (one,) = read(root)
    assert isinstance(one, Found)
    return one


def fault(root: Path, limits: Limits = DEFAULT) -> Fault:
    (one,) = read(root, limits)
    assert isinstance(one, Fault)
    return one


def test_a_folder_is_a_skill_with_every_byte_of_its_files(tmp_path: Path) -> None:
    files = {
        "SKILL.md": b"\xef\xbb\xbf---\r\n",
        "scripts/run.sh": b"#!",
        ".hidden/\u00fc": b"\0\xff",
    }
    root = write(tmp_path / "a-skill", files)
    (root / "scripts/run.sh").chmod(0o755)
    skill = found(root)
    assert (skill.path, skill.directory_name, skill.package.skill_md) == (".", "a-skill", "\ufeff---\r\n")
    assert [(file.path, file.content, file.executable) for file in skill.package.files] == [
        (".hidden/\u00fc", b"\0\xff", False),
        ("scripts/run.sh", b"#!", True),
    ]


def test_all_skills_below_a_folder_are_found_and_a_skill_within_one_is_its_file(tmp_path: Path) -> None:
    write(tmp_path, {"b/SKILL.md": b"", "x/y/a/SKILL.md": b"", "x/y/a/nested/SKILL.md": b"", "README.md": b""})
    skills = [one for one in read(tmp_path) if isinstance(one, Found)]
    assert [(one.path, one.directory_name, len(one.package.files)) for one in skills] == [
        ("b", "b", 0),
        ("x/y/a", "a", 1),
    ]


def test_what_belongs_to_git_is_no_part_of_a_skill(tmp_path: Path) -> None:
    write(tmp_path, {"SKILL.md": b"", ".git/config": b"", "sub/.git": b"", "sub/file": b""})
    assert [file.path for file in found(tmp_path).package.files] == ["sub/file"]


def test_a_bad_skill_does_not_stop_the_others(tmp_path: Path) -> None:
    write(tmp_path, {"a/SKILL.md": b"\xff", "b/SKILL.md": SKILL_MD})
    bad, good = read(tmp_path)
    assert isinstance(bad, Fault) and isinstance(good, Found)
    assert (bad.path, good.path) == ("a", "b")


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "file"])
def test_a_link_in_a_skill_keeps_it_out_wherever_it_leads(tmp_path: Path, target: str) -> None:
    root = write(tmp_path / "a", {"SKILL.md": SKILL_MD, "file": b"", "../outside": b"secret"})
    (root / "link").symlink_to(target)
    assert (fault(root).path, "'link' is a symbolic link" in fault(root).reason) == (".", True)


def test_a_link_to_a_folder_is_not_gone_through(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"secret": b"x"})
    root = write(tmp_path / "a", {"SKILL.md": SKILL_MD})
    (root / "link").symlink_to(outside, target_is_directory=True)
    assert "symbolic link" in fault(root).reason


def test_a_skill_md_that_is_a_link_is_told(tmp_path: Path) -> None:
    root = write(tmp_path / "a", {"file": b""})
    (root / "SKILL.md").symlink_to("file")
    assert fault(root) == Fault("SKILL.md", fault(root).reason)
    assert "symbolic link" in fault(root).reason


def test_a_link_beside_the_skills_is_told_when_it_leads_to_another_one(tmp_path: Path) -> None:
    elsewhere = write(tmp_path / "elsewhere", {"SKILL.md": SKILL_MD})
    root = write(tmp_path / "skills", {"a/SKILL.md": SKILL_MD, "notes/x": b""})
    (root / "b").symlink_to(elsewhere, target_is_directory=True)
    (root / "to-a").symlink_to("a", target_is_directory=True)
    (root / "notes/link").symlink_to("/etc")
    told, skill = read(root)
    assert isinstance(told, Fault) and isinstance(skill, Found)
    assert (told.path, skill.path) == ("b", "a")


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    root = write(tmp_path / "a", {"b/SKILL.md": SKILL_MD})
    (root / "loop").symlink_to("loop")
    (root / "up").symlink_to("..", target_is_directory=True)
    assert [one.path for one in read(root)] == ["b"]


def test_a_folder_that_is_named_may_be_a_link_itself(tmp_path: Path) -> None:
    write(tmp_path / "real-name", {"SKILL.md": SKILL_MD})
    (tmp_path / "link").symlink_to("real-name", target_is_directory=True)
    assert found(tmp_path / "link").directory_name == "real-name"


def test_a_pipe_and_a_socket_keep_a_skill_out(tmp_path: Path) -> None:
    with_pipe, with_socket = (write(tmp_path / name, {"SKILL.md": SKILL_MD}) for name in ("a", "b"))
    os.mkfifo(with_pipe / "pipe")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(with_socket / "s"))
        assert "'pipe' is a device, a pipe or a socket" in fault(with_pipe).reason
        assert "'s' is a device, a pipe or a socket" in fault(with_socket).reason


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_device_keeps_a_skill_out(tmp_path: Path) -> None:
    root = write(tmp_path / "a", {"SKILL.md": SKILL_MD})
    try:
        os.mknod(root / "zero", 0o020644, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this container makes no devices")
    assert "'zero' is a device" in fault(root).reason


def test_a_file_that_became_a_link_since_it_was_listed_is_not_read(tmp_path: Path) -> None:
    root = write(tmp_path / "a", {"SKILL.md": SKILL_MD, "file": b"x", "folder/file": b"y", "../secret/file": b"s"})
    with open_folder(root) as reading:
        (root / "file").unlink()
        (root / "file").symlink_to("../secret/file")
        (first,) = reading
    with open_folder(root.parent / "a") as again:
        (refused,) = again
    assert isinstance(first, Fault) and "'file' cannot be read" in first.reason
    assert isinstance(refused, Fault)


def test_a_folder_that_became_a_link_since_it_was_listed_is_not_gone_through(tmp_path: Path) -> None:
    root = write(tmp_path / "a", {"SKILL.md": SKILL_MD, "folder/file": b"y", "../secret/file": b"s"})
    with open_folder(root) as reading:
        (root / "folder").rename(tmp_path / "away")
        (root / "folder").symlink_to("../secret", target_is_directory=True)
        (one,) = reading
    assert isinstance(one, Fault) and "'folder/file' cannot be read" in one.reason


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (replace(DEFAULT, files=3), "4 files, and may have 3"),
        (replace(DEFAULT, file_bytes=99), "has 100 bytes, and may have 99"),
        (replace(DEFAULT, skill_bytes=100), "it has 151 bytes or more"),
        (replace(DEFAULT, skill_md_bytes=10), "'SKILL.md' has 51 bytes"),
        (replace(DEFAULT, depth=1), "folders deep"),
        (replace(DEFAULT, total_bytes=150), "import it in parts"),
    ],
)
def test_a_skill_beyond_a_limit_is_left_out(tmp_path: Path, limits: Limits, reason: str) -> None:
    root = write(tmp_path, {"SKILL.md": SKILL_MD, "a/b/large": b"x" * 100, "x": b"", "y": b""})
    assert reason in fault(root, limits).reason


def test_all_skills_together_have_a_limit(tmp_path: Path) -> None:
    root = write(tmp_path, {f"{name}/SKILL.md": b"x" * 100 for name in "abc"})
    results = read(root, replace(DEFAULT, total_bytes=250))
    assert [type(one) for one in results] == [Found, Found, Fault]


def test_ten_thousand_files_are_left_out_without_being_read(tmp_path: Path) -> None:
    root = write(tmp_path, {"SKILL.md": SKILL_MD})
    for number in range(10_000):
        (root / str(number)).touch()
    assert fault(root).reason == "it has 10001 files, and may have 512; leave some out"


def test_a_folder_with_too_many_entries_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {str(number): b"" for number in range(6)})
    with pytest.raises(SourceUnusable, match="more than 5 entries"):
        read(tmp_path, replace(DEFAULT, entries=5))


def test_a_file_that_is_named_like_skill_md_but_for_its_case_is_told(tmp_path: Path) -> None:
    assert fault(write(tmp_path, {"a/skill.md": SKILL_MD})) == Fault("a/skill.md", "is to be named SKILL.md")


@pytest.mark.parametrize("name", [b"\xff", b"new\nline", b"back\\slash", b"co:lon"])
def test_a_name_that_is_not_the_same_everywhere_keeps_a_skill_out(tmp_path: Path, name: bytes) -> None:
    root = write(tmp_path, {"SKILL.md": SKILL_MD})
    (root / os.fsdecode(name)).touch()
    assert fault(root).path == "."


def test_two_names_that_differ_in_their_unicode_form_alone_keep_a_skill_out(tmp_path: Path) -> None:
    root = write(tmp_path, {"SKILL.md": SKILL_MD, "caf\u00e9": b"", "cafe\u0301": b""})
    assert "are one file on some systems" in fault(root).reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"---\n\xff", "SKILL.md, line 2 is no UTF-8"), (b"a\0", "NUL"), ("x".encode("utf-16"), "no UTF-8")],
)
def test_a_skill_md_that_is_no_text_keeps_a_skill_out(tmp_path: Path, content: bytes, reason: str) -> None:
    assert reason in fault(write(tmp_path, {"SKILL.md": content})).reason


def test_an_empty_folder_and_a_pointer_of_git_lfs_are_told(tmp_path: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    root = write(tmp_path, {"SKILL.md": SKILL_MD, "assets/large.bin": pointer})
    (root / "empty").mkdir()
    assert [(one.code, one.where) for one in found(root).diagnostics] == [
        ("empty_folder", "empty"),
        ("lfs_pointer", "assets/large.bin"),
    ]


def test_a_skill_md_that_may_be_run_is_told_because_that_is_not_kept(tmp_path: Path) -> None:
    root = write(tmp_path, {"SKILL.md": SKILL_MD})
    (root / "SKILL.md").chmod(0o755)
    assert [one.code for one in found(root).diagnostics] == ["executable_skill_md"]


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnusable, match="is no folder"):
        read(tmp_path / "nothing")


def test_a_folder_without_skills_has_none(tmp_path: Path) -> None:
    assert read(write(tmp_path, {"README.md": b""})) == []
