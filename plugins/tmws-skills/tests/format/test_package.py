from hashlib import sha256

import pytest

from tmws_skills.format.package import Package, SkillFile, digest_of, manifest_as_json, manifest_from_json
from tmws_skills.format.paths import UnsafePath

FILES = [SkillFile("scripts/run.sh", b"#!/bin/sh\n", True), SkillFile("assets/a.bin", b"\0")]


def test_the_digest_is_that_of_the_lines_of_sha256sum() -> None:
    package = Package("text", FILES)
    contents = {"SKILL.md": b"text", "assets/a.bin": b"\0", "scripts/run.sh": b"#!/bin/sh\n"}
    lines = "".join(f"{sha256(content).hexdigest()}  {path}\n" for path, content in contents.items())
    assert package.digest == sha256(lines.encode()).hexdigest()


def test_the_digest_does_not_depend_on_the_order_of_the_files() -> None:
    assert Package("text", FILES).digest == Package("text", FILES[::-1]).digest


@pytest.mark.parametrize(
    "other",
    [
        Package("text ", FILES),
        Package("\ufefftext", FILES),
        Package("text", FILES[:1]),
        Package("text", [FILES[0], SkillFile("assets/b.bin", b"\0")]),
        Package("text", [FILES[0], SkillFile("assets/a.bin", b"\1")]),
    ],
)
def test_another_byte_or_path_is_another_digest(other: Package) -> None:
    assert other.digest != Package("text", FILES).digest


def test_a_manifest_is_sorted_and_tells_of_each_file() -> None:
    first, second = Package("text", FILES).manifest
    assert (first.path, first.digest, first.size) == ("assets/a.bin", sha256(b"\0").hexdigest(), 1)
    assert (second.path, second.media_type, second.executable) == ("scripts/run.sh", "application/x-sh", True)


def test_a_manifest_comes_back_from_json() -> None:
    package = Package("text", FILES)
    text = manifest_as_json(package.manifest)
    assert manifest_from_json(text) == package.manifest
    assert '"executable"' not in text.split("},{")[0]
    assert digest_of(package.skill_md_digest, manifest_from_json(text)) == package.digest


def test_no_manifest_is_an_empty_one() -> None:
    assert (manifest_from_json(None), manifest_from_json(""), manifest_from_json("[]")) == ((), (), ())


@pytest.mark.parametrize("path", ["../x", "/x", "skill.md", "SKILL.md", "SKILL.md/x"])
def test_a_package_takes_no_path_out_and_no_second_skill_md(path: str) -> None:
    with pytest.raises(UnsafePath):
        Package("text", [SkillFile(path, b"")])


def test_a_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        Package("\ud800")
