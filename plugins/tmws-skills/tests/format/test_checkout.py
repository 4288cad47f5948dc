import os
from dataclasses import replace
from pathlib import Path

import pytest

from tmws_skills.format import git
from tmws_skills.format.checkout import open_checkout
from tmws_skills.format.limits import DEFAULT, Limits
from tmws_skills.format.reading import Fault, Found
from tmws_skills.format.tree import SourceUnusable

from .files import SKILL_MD
from .repository import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repo sitory")


def read(
    source: str | Path, commit: str | None = None, limits: Limits = DEFAULT, *, folder: str = ""
) -> list[Found | Fault]:
    with open_checkout(source, commit, limits, folder=folder) as checkout:
        return list(checkout.reading)


def fault(repository: Repository) -> Fault:
    (one,) = read(repository.path)
    assert isinstance(one, Fault)
    return one


def test_a_commit_is_read_with_every_byte_and_what_may_be_run(repository: Repository) -> None:
    (repository.path / "run.sh").touch(0o755)
    repository.commit({"SKILL.md": SKILL_MD, "größe.bin": b"\0\xff\r\n", "run.sh": b"#!"})
    (skill,) = read(repository.path)
    assert isinstance(skill, Found)
    assert (skill.path, skill.directory_name, skill.package.skill_md.encode()) == (".", "repo sitory", SKILL_MD)
    assert [(file.path, file.content, file.executable) for file in skill.package.files] == [
        ("größe.bin", b"\0\xff\r\n", False),
        ("run.sh", b"#!", True),
    ]


@pytest.mark.parametrize("how", ["hash", "short", "tag", "branch"])
def test_the_commit_that_is_named_is_read_and_told(repository: Repository, how: str) -> None:
    first = repository.commit({"SKILL.md": SKILL_MD})
    repository.git("tag", "-a", "v1", "-m", "x")
    repository.git("branch", "old")
    repository.commit({"SKILL.md": SKILL_MD + b"more"})
    names = {"hash": first, "short": first[:10], "tag": "v1", "branch": "old"}
    with open_checkout(repository.path, names[how]) as checkout:
        (skill,) = checkout.reading
        assert isinstance(skill, Found)
        assert (checkout.commit, skill.package.skill_md.encode()) == (first, SKILL_MD)


def test_a_file_address_and_a_bare_repository_are_read(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a/SKILL.md": SKILL_MD})
    bare = tmp_path / "bare.git"
    repository.git("clone", "--quiet", "--bare", ".", str(bare))
    for source in (bare.as_uri(), bare, repository.path.as_uri()):
        (skill,) = read(source)
        assert isinstance(skill, Found) and skill.path == "a"


def test_of_a_folder_in_a_repository_only_what_is_below_is_read(repository: Repository) -> None:
    repository.commit({"a/x/SKILL.md": SKILL_MD, "b/SKILL.md": SKILL_MD, "ab/SKILL.md": SKILL_MD})
    below = [read(repository.path / "a", "main"), read(repository.path, "main", folder="/a/")]
    assert [[one.path for one in skills] for skills in below] == [["x"], ["x"]]


def test_what_is_not_committed_is_not_read(repository: Repository) -> None:
    repository.commit({"SKILL.md": SKILL_MD})
    (repository.path / "secret").touch()
    (skill,) = read(repository.path)
    assert isinstance(skill, Found) and skill.package.files == ()


def test_no_hook_filter_or_attribute_of_a_repository_comes_into_play(repository: Repository, tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    script = f"#!/bin/sh\ntouch {witness}\ncat\n"
    for hook in ("post-checkout", "pre-commit", "post-merge", "reference-transaction", "post-index-change"):
        path = repository.path / ".git" / "hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(script)
    attributes = b"*.txt filter=evil eol=crlf export-subst\n*.md export-ignore text eol=crlf\n"
    files = {"SKILL.md": SKILL_MD, "a.txt": b"$Format:%H$\n", ".gitattributes": attributes}
    repository.commit(files)
    for path in (repository.path / ".git" / "hooks").iterdir():
        path.chmod(0o755)
    for name, value in {
        "filter.evil.smudge": f"touch {witness}",
        "core.fsmonitor": f"touch {witness}",
        "core.sshCommand": f"touch {witness}",
        "uploadpack.packObjectsHook": f"touch {witness}",
        "tar.tar.command": f"touch {witness}",
    }.items():
        repository.git("config", name, value)
    (skill,) = read(repository.path)
    assert isinstance(skill, Found)
    assert {file.path: file.content for file in skill.package.files} == {
        ".gitattributes": attributes,
        "a.txt": b"$Format:%H$\n",
    }
    assert not witness.exists()


def test_the_environment_of_the_caller_does_not_lead_git_elsewhere(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"SKILL.md": SKILL_MD})
    witness = tmp_path / "witness"
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_TEMPLATE_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", f"touch {witness}")
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.hooksPath'='/evil'")
    assert isinstance(read(repository.path)[0], Found)
    assert not witness.exists()


def test_a_link_keeps_a_skill_out(repository: Repository) -> None:
    (repository.path / "link").symlink_to("/etc/passwd")
    repository.commit({"SKILL.md": SKILL_MD})
    assert "'link' is a symbolic link" in fault(repository).reason


def test_a_submodule_keeps_a_skill_out(repository: Repository) -> None:
    text = repository.blob(SKILL_MD)
    repository.commit_tree(("100644", text, "SKILL.md"), ("160000", "1" * 40, "sub"))
    assert "'sub' is a submodule" in fault(repository).reason


@pytest.mark.parametrize("name", ["..", ".git", "a\\b", "C:evil", "skill.md"])
def test_a_name_that_no_work_tree_could_have_keeps_a_skill_out(repository: Repository, name: str) -> None:
    text = repository.blob(SKILL_MD)
    repository.commit_tree(("100644", text, "SKILL.md"), ("100644", text, name))
    assert fault(repository).path == "."


def test_a_folder_named_as_the_one_above_keeps_a_skill_out(repository: Repository) -> None:
    text = repository.blob(SKILL_MD)
    inner = repository.tree(f"100644 blob {text}\tevil\0")
    repository.commit_tree(("100644", text, "SKILL.md"), ("040000", inner, ".."))
    assert "leads out" in fault(repository).reason


def test_a_bad_skill_does_not_stop_the_others(repository: Repository) -> None:
    repository.commit({"a/SKILL.md": b"\xff", "b/SKILL.md": SKILL_MD, "b/x": b"y"})
    bad, good = read(repository.path)
    assert isinstance(bad, Fault) and isinstance(good, Found)


def test_a_file_beyond_a_limit_is_not_read(repository: Repository) -> None:
    repository.commit({"SKILL.md": SKILL_MD, "large": b"x" * 1000})
    (one,) = read(repository.path, limits=replace(DEFAULT, file_bytes=999))
    assert isinstance(one, Fault) and "'large' has 1000 bytes" in one.reason


def test_a_commit_with_too_many_files_is_refused(repository: Repository) -> None:
    repository.commit({str(number): b"" for number in range(6)})
    with pytest.raises(SourceUnusable, match="more than 5 files"):
        read(repository.path, limits=replace(DEFAULT, entries=5))


def test_a_repository_that_is_too_large_is_refused_while_it_is_fetched(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git, "_POLL_SECONDS", 0.0)
    repository.commit({"SKILL.md": SKILL_MD, "large": os.urandom(3_000_000)})
    with pytest.raises(SourceUnusable, match="has more than 10 bytes"):
        read(repository.path, limits=replace(DEFAULT, total_bytes=10))


def test_a_fetch_that_takes_too_long_is_ended(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit({"SKILL.md": SKILL_MD})
    monkeypatch.setattr(git, "_POLL_SECONDS", 0.0)
    monkeypatch.setattr(git, "SECONDS", -1.0)
    with pytest.raises(SourceUnusable, match="took longer"):
        read(repository.path)


@pytest.mark.parametrize("commit", ["0" * 40, "nothing", "0123abcd"])
def test_a_commit_that_is_not_there_is_named(repository: Repository, commit: str) -> None:
    repository.commit({"SKILL.md": SKILL_MD})
    with pytest.raises(SourceUnusable, match=f"no commit '{commit}'"):
        read(repository.path, commit)


def test_a_repository_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceUnusable, match="git fetch failed"):
        read((tmp_path / "nothing").as_uri())


def test_a_folder_that_is_in_no_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceUnusable, match="in no git repository"):
        read(tmp_path, "main")


def test_without_the_program_it_is_told(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceUnusable, match="the program git is not there"):
        read(repository.path)


def test_nothing_of_a_fetch_stays_on_the_disk(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"SKILL.md": SKILL_MD})
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    read(repository.path)
    with pytest.raises(SourceUnusable):
        read(repository.path, "nothing")
    assert list(temporary.iterdir()) == []
