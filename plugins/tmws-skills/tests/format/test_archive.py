import stat
import struct
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tmws_skills.format.archive import open_archive
from tmws_skills.format.limits import DEFAULT, Limits
from tmws_skills.format.reading import Fault, Found
from tmws_skills.format.tree import SourceUnusable

from .files import SKILL_MD, archive, plain


def read(source: bytes | Path, limits: Limits = DEFAULT) -> list[Found | Fault]:
    with open_archive(source, limits) as reading:
        return list(reading)


def found(source: bytes | Path) -> Found:
    (one,) = read(source)
    assert isinstance(one, Found)
    return one


def fault(source: bytes, limits: Limits = DEFAULT) -> Fault:
    (one,) = read(source, limits)
    assert isinstance(one, Fault)
    return one


def patched(content: bytes, signature: bytes, offset: int, layout: str, value: int) -> bytes:
    """An archive with another number in each record of a kind."""
    changed, position = bytearray(content), content.find(signature)
    while position >= 0:
        struct.pack_into(layout, changed, position + offset, value)
        position = content.find(signature, position + 1)
    return bytes(changed)


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def test_an_archive_is_a_skill_with_every_byte_of_its_files() -> None:
    content = archive(
        ("a-skill/", b"", stat.S_IFDIR | 0o755),
        ("a-skill/SKILL.md", SKILL_MD, stat.S_IFREG | 0o644),
        ("a-skill/scripts/run.sh", b"#!", stat.S_IFREG | 0o755),
        ("a-skill/größe", b"\0\xff", 0),
    )
    skill = found(content)
    assert (skill.path, skill.directory_name, skill.package.skill_md.encode()) == ("a-skill", "a-skill", SKILL_MD)
    assert [(file.path, file.content, file.executable) for file in skill.package.files] == [
        ("größe", b"\0\xff", False),
        ("scripts/run.sh", b"#!", True),
    ]


@pytest.mark.parametrize("ending", ["zip", "skill"])
def test_a_skill_at_the_top_of_an_archive_is_called_like_the_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a-skill.{ending}"
    path.write_bytes(plain([("SKILL.md", SKILL_MD), ("__MACOSX/._SKILL.md", b"x")]))
    skill = found(path)
    assert (skill.path, skill.directory_name, skill.package.files) == (".", "a-skill", ())


def test_bytes_have_no_name() -> None:
    assert found(plain([("SKILL.md", SKILL_MD)])).directory_name is None


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/passwd", "..\\evil", "C:/evil", "C:\\evil", "\\\\host\\share\\evil"]
)
def test_a_path_that_leads_out_is_told_beside_the_skills_and_the_rest_goes_on(name: str) -> None:
    told, skill = read(plain([("a-skill/SKILL.md", SKILL_MD), (name.replace("a/", "b/"), b"x")]))
    assert isinstance(told, Fault) and isinstance(skill, Found)
    assert told.reason == "leads out of the source"


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "..\\evil", "C:/evil", "x/../../evil", "x//y", "./x"])
def test_a_path_that_leads_out_of_a_skill_keeps_it_out(name: str) -> None:
    assert fault(plain([("SKILL.md", SKILL_MD), (name, b"x")])).path == "."


@pytest.mark.parametrize("root", ["..", "/tmp", "C:", "a\\b", "a/.."])
def test_a_skill_whose_folder_lies_outside_is_no_skill(root: str) -> None:
    assert fault(plain([(f"{root}/SKILL.md", SKILL_MD)])).reason == "leads out of the source"


@pytest.mark.parametrize("target", [b"/etc/passwd", b"../../outside", b"SKILL.md"])
def test_a_link_keeps_a_skill_out_wherever_it_leads(target: bytes) -> None:
    content = archive(("a/SKILL.md", SKILL_MD, 0), ("a/x", target, stat.S_IFLNK | 0o777))
    assert (fault(content).path, "'x' is a symbolic link" in fault(content).reason) == ("a", True)


@pytest.mark.parametrize("mode", [stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK, stat.S_IFIFO])
def test_every_kind_of_device_keeps_a_skill_out(mode: int) -> None:
    content = archive(("a/SKILL.md", SKILL_MD, 0), ("a/x", b"", mode | 0o666))
    assert "is a device, a pipe or a socket" in fault(content).reason


def test_a_skill_md_that_is_a_link_is_told() -> None:
    content = archive(("a/SKILL.md", b"/etc/passwd", stat.S_IFLNK | 0o777))
    assert (fault(content).path, "symbolic link" in fault(content).reason) == ("a/SKILL.md", True)


@pytest.mark.parametrize(
    ("first", "second"),
    [("README.md", "readme.md"), ("caf\u00e9", "cafe\u0301"), ("x", "x/y"), ("a", "skill.md")],
)
def test_names_that_are_one_file_somewhere_keep_a_skill_out(first: str, second: str) -> None:
    content = plain([("s/SKILL.md", SKILL_MD), *((f"s/{name}", b"") for name in (first, second))])
    assert fault(content).path == "s"


def test_two_skill_md_in_one_folder_keep_the_skill_out() -> None:
    content = plain([("s/SKILL.md", SKILL_MD), ("s/SKILL.mX", b"other")]).replace(b"SKILL.mX", b"SKILL.md")
    assert "are one file" in fault(content).reason


def test_a_bomb_that_tells_its_size_is_refused_before_it_is_unpacked() -> None:
    content = plain([("s/SKILL.md", SKILL_MD), ("s/bomb", bytes(200 * 1024 * 1024))])
    tracemalloc.start()
    try:
        reason = fault(content).reason
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "it has 209715251 bytes or more, and may have 16777216" in reason
    assert peak < 10_000_000


@pytest.mark.parametrize("claimed", [0, 10])
def test_a_bomb_that_tells_a_smaller_size_is_not_unpacked_beyond_it(claimed: int) -> None:
    content = plain([("s/SKILL.md", SKILL_MD), ("s/bomb", bytes(64 * 1024 * 1024))])
    start = content.rfind(CENTRAL)
    lying = content[:start] + patched(content[start:], CENTRAL, 24, "<L", claimed)
    tracemalloc.start()
    try:
        reason = fault(lying).reason
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "'s/bomb' is damaged" in reason
    assert peak < 10_000_000


def test_a_skill_md_that_is_a_bomb_is_refused() -> None:
    assert "'SKILL.md' has 2097152 bytes" in fault(plain([("s/SKILL.md", b" " * 2 * 1024 * 1024)])).reason


def test_many_skills_do_not_make_more_bytes_than_an_import_takes() -> None:
    content = plain([(f"s{number}/SKILL.md", b"x" * 1000) for number in range(10)])
    results = read(content, replace(DEFAULT, total_bytes=5000))
    assert [type(one) for one in results].count(Found) == 5


def test_ten_thousand_entries_in_a_skill_are_refused_without_being_unpacked() -> None:
    content = plain([("s/SKILL.md", SKILL_MD), *((f"s/{number}", b"x") for number in range(10_000))])
    assert fault(content).reason == "it has 10001 files, and may have 512; leave some out"


def test_an_archive_with_too_many_entries_is_refused_whatever_number_it_tells() -> None:
    content = plain([(str(number), b"") for number in range(11)])
    lying = patched(content, END, 10, "<H", 1)
    for one in (content, lying):
        with pytest.raises(SourceUnusable, match="11 entries, and may have 10"):
            read(one, replace(DEFAULT, entries=10))


def test_an_archive_that_is_too_large_is_refused() -> None:
    content = plain([("a", b"x")])
    with pytest.raises(SourceUnusable, match=f"has {len(content)} bytes"):
        read(content, replace(DEFAULT, total_bytes=len(content) - 1))


@pytest.mark.parametrize("field", [(12, 0xFFFFFFFF), (16, 0xFFFFFFFF), (12, 0x7FFFFFFF)])
def test_a_directory_that_claims_to_be_huge_is_refused(field: tuple[int, int]) -> None:
    with pytest.raises(SourceUnusable, match="directory is too large"):
        read(patched(plain([("a", b"x")]), END, field[0], "<L", field[1]))


def test_an_encrypted_file_keeps_a_skill_out() -> None:
    content = plain([("s/SKILL.md", SKILL_MD), ("s/secret", b"x" * 20)])
    start = content.rfind(CENTRAL)
    encrypted = content[:start] + patched(content[start:], CENTRAL, 8, "<H", 1)
    assert "'secret' is encrypted" in fault(encrypted).reason


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_way_to_compress_that_no_skill_needs_keeps_it_out(compression: int) -> None:
    content = archive(("s/SKILL.md", SKILL_MD, 0), compression=compression)
    assert "another way than deflate" in fault(content).reason


def test_a_damaged_file_keeps_a_skill_out() -> None:
    content = archive(("s/SKILL.md", SKILL_MD, 0), ("s/x", b"some text", 0), compression=zipfile.ZIP_STORED)
    assert "'s/x' is damaged" in fault(content.replace(b"some text", b"same text")).reason


def test_a_name_with_nul_is_not_cut_off() -> None:
    content = plain([("s/SKILL.md", SKILL_MD), ("s/a.txt?evil", b"x")]).replace(b"a.txt?evil", b"a.txt\0evil")
    assert "control character" in fault(content).reason


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"no archive", b"PK\x05\x06", plain([("a", b"x")])[:-30], b"\x1f\x8b" + bytes(100), END + bytes(17)],
)
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    with pytest.raises(SourceUnusable, match="archive"):
        read(content)


def test_an_empty_archive_has_no_skill() -> None:
    assert read(plain([])) == []


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceUnusable, match=r"nothing\.zip is no file"):
        read(tmp_path / "nothing.zip")
