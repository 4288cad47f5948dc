"""The manifest of a version names every file, and says whether the version is served."""

from hashlib import sha256

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_skills import versions
from tmws_skills.format.package import ManifestEntry, manifest_as_json
from tmws_skills.protocol import manifest as manifest_module
from tmws_skills.protocol.manifest import MOST_BYTES, MOST_FILES, Manifest, Manifests

from ..conftest import CreateSkill, package, skill_md

EMPTY = sha256(b"").hexdigest()


def manifest(content: str, *files: ManifestEntry) -> Manifest:
    return Manifest.of("code-review", content, manifest_as_json(files))


def file(path: str, size: int = 0) -> ManifestEntry:
    return ManifestEntry(path=path, digest=EMPTY, size=size, media_type="text/plain")


def test_skill_md_is_among_its_files_in_the_order_of_their_paths() -> None:
    content = "\ufeff" + skill_md(body="é").replace("\n", "\r\n")
    found = manifest(content, file("A.md"), file("a.md")).files
    assert [one.path for one in found] == ["A.md", "SKILL.md", "a.md"]
    assert (found[1].digest, found[1].size) == (sha256(content.encode()).hexdigest(), len(content.encode()))


def test_front_matter_is_told_with_every_field_as_it_is() -> None:
    written = "---\nname: code-review\ndescription: Reviews.\nlicense:\nhooks: {a: [1, null]}\n---\nx\n"
    found = manifest(written)
    assert found.front_matter == {
        "name": "code-review",
        "description": "Reviews.",
        "license": None,
        "hooks": {"a": [1, None]},
    }


@pytest.mark.parametrize(
    "content",
    [
        skill_md(),
        "\ufeff" + skill_md(),
        "---\nname: code-review\ndescription: Reviews.\nuser-invocable: true\n---\nx\n",
    ],
)
def test_a_skill_that_hosts_can_read_is_served(content: str) -> None:
    assert manifest(content).fault is None


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("# No front matter", "front matter"),
        (skill_md("other-name"), "is not that of its folder"),
        ("---\nname: code-review\n---\nx\n", "it has no description"),
        (skill_md(description="d" * 1025), "the description has 1025 characters"),
        ("---\nname: code-review\ndescription: This: that\n---\nx\n", "is not in quotes"),
    ],
)
def test_what_is_no_skill_as_the_format_has_it_is_not_served(content: str, fault: str) -> None:
    found = manifest(content).fault
    assert found is not None
    assert fault in found


@pytest.mark.parametrize(("number", "is_served"), [(MOST_FILES - 1, True), (MOST_FILES, False)])
def test_a_skill_with_more_files_than_hosts_take_is_not_served(number: int, is_served: bool) -> None:
    found = manifest(skill_md(), *(file(f"{one}.md") for one in range(number)))
    assert (found.fault is None) is is_served


@pytest.mark.parametrize(("more", "is_served"), [(0, True), (1, False)])
def test_a_skill_with_more_bytes_than_hosts_take_is_not_served(more: int, is_served: bool) -> None:
    rest = MOST_BYTES - len(skill_md().encode())
    assert (manifest(skill_md(), file("a.bin", rest + more)).fault is None) is is_served


async def test_a_manifest_is_read_once(
    session: AsyncSession, make: CreateSkill, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await session.run_sync(versions.active, await make(files={"a.txt": b"a"}))
    manifests = Manifests()
    first = await session.run_sync(manifests.of, [version.id])
    monkeypatch.setattr(manifest_module, "_read", None)
    assert await session.run_sync(manifests.of, [version.id]) == first
    assert [one.path for one in first[version.id].files] == ["SKILL.md", "a.txt"]


async def test_what_was_read_first_is_forgotten_first(
    session: AsyncSession, make: CreateSkill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest_module, "_MOST_REMEMBERED", 2)
    skills = [await make(name) for name in ("one", "two", "three")]
    ids = [(await session.run_sync(versions.active, skill)).id for skill in skills]
    manifests = Manifests()
    for one in ids:
        await session.run_sync(manifests.of, [one])
    monkeypatch.setattr(manifest_module, "_read", None)
    assert (await session.run_sync(manifests.of, ids[1:])).keys() == set(ids[1:])
    with pytest.raises(TypeError):
        await session.run_sync(manifests.of, ids[:1])


def test_a_package_and_its_manifest_have_the_same_digests() -> None:
    written = package(files={"a/b.bin": b"\0\xff"})
    found = manifest(written.skill_md, *written.manifest)
    assert {one.path: one.digest for one in found.files} == {
        "SKILL.md": written.skill_md_digest,
        "a/b.bin": sha256(b"\0\xff").hexdigest(),
    }
