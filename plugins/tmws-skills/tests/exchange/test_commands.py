"""`tmws skills import`, `export` and `validate`, with real files."""

import json
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
from sqlalchemy import update

from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.commands import main
from tmws_core.events import Event
from tmws_core.pipeline import Call
from tmws_core.tool_errors import NotFound, PermissionDenied
from tmws_skills.commands.export import export
from tmws_skills.commands.import_ import import_
from tmws_skills.commands.validate import validate
from tmws_skills.exchange.source import SkillsUnusable
from tmws_skills.models.skill_blob import SkillBlob
from tmws_skills.models.skill_version import SkillVersion

ALICE = Principal("alice", "place", frozenset({"*"}))
EVE = Principal("eve", "place", frozenset({"skills:read", "skills:write"}))

RunCommand = Callable[..., Awaitable[Any]]
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def skill_md(name: str, body: str = "Do it.\r\n") -> bytes:
    return f"\ufeff---\r\nname: {name}\r\ndescription: Does it.\r\n---\r\n{body}".encode()


def write(root: Path, files: Mapping[str, bytes]) -> Path:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def two_skills(root: Path) -> Path:
    write(root, {"one/SKILL.md": skill_md("one"), "one/scripts/run.sh": b"#!/bin/sh\n", "one/a/b.bin": b"\0\xff"})
    write(root, {"two/SKILL.md": skill_md("two"), "two/a/b.bin": b"\0\xff", "two/empty": b""})
    (root / "one" / "scripts" / "run.sh").chmod(0o755)
    return root


def contents(root: Path) -> dict[str, tuple[bytes, bool]]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): (path.read_bytes(), bool(path.stat().st_mode & 0o100)) for path in files}


def hidden(root: Path) -> list[str]:
    return [path.name for path in root.iterdir() if path.name.startswith(".")]


def commit(root: Path) -> str:
    """Make a folder a repository with one commit; the hash of the commit."""
    for command in (
        ["init", "--quiet"],
        ["-c", "core.autocrlf=false", "add", "."],
        ["-c", "user.name=S", "-c", "user.email=s@example.org", "commit", "--quiet", "-m", "x"],
    ):
        run(["git", *command], cwd=root, check=True)
    return run(["git", "rev-parse", "HEAD"], cwd=root, check=True, capture_output=True).stdout.decode().strip()


@pytest.fixture
def run_command(application: Application) -> RunCommand:
    """Runs a command of the plugin as the command line does, as alice unless another principal is given."""

    async def run(
        command: Callable[..., Awaitable[Any]],
        argument: object,
        principal: Principal = ALICE,
        *,
        report: Callable[..., Awaitable[None]] | None = None,
        **options: Any,
    ) -> Any:  # noqa: ANN401 -- whatever the command returns
        async def work(context: Context) -> Any:  # noqa: ANN401 -- as above
            return await command(context, argument, **options)

        call = Call(principal, "cli") if report is None else Call(principal, "cli", report)
        return await application.pipeline.run(call, "command", None, work, read_only=False)

    return run


async def test_a_folder_comes_out_as_it_went_in(run_command: RunCommand, tmp_path: Path) -> None:
    source = two_skills(tmp_path / "source")
    report = await run_command(import_, str(source))
    assert (report.created, report.faults, [one.name for one in report.skills]) == (2, 0, ["one", "two"])
    written = await run_command(export, tmp_path / "out")
    assert [(one.name, one.version, one.files) for one in written.skills] == [("one", 1, 3), ("two", 1, 3)]
    assert contents(tmp_path / "out") == contents(source)


async def test_an_archive_comes_out_as_it_went_in_and_twice_alike(run_command: RunCommand, tmp_path: Path) -> None:
    source = two_skills(tmp_path / "source")
    await run_command(import_, str(source))
    for name in ("first.zip", "second.skill"):
        await run_command(export, tmp_path / name)
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.skill").read_bytes()
    assert hidden(tmp_path) == []
    again = await run_command(import_, str(tmp_path / "second.skill"))
    assert (again.unchanged, again.faults) == (2, 0)


async def test_a_commit_is_imported_and_told(run_command: RunCommand, tmp_path: Path) -> None:
    source = two_skills(tmp_path / "source")
    head = commit(source)
    report = await run_command(import_, str(source), commit="HEAD")
    assert (report.commit, report.created, report.faults) == (head, 2, 0)
    below = await run_command(import_, source.as_uri(), folder="one")
    assert (below.commit, below.unchanged, below.skills[0].name) == (head, 1, "one")
    await run_command(export, tmp_path / "out")
    assert contents(tmp_path / "out") == {
        path: content for path, content in contents(source).items() if not path.startswith(".git/")
    }


async def test_a_bad_skill_is_told_with_its_path_and_the_rest_goes_on(run_command: RunCommand, tmp_path: Path) -> None:
    source = two_skills(tmp_path / "source")
    write(source, {"x/bad/SKILL.md": b"no front matter", "worse/SKILL.md": b"\xff", "worse/x": b""})
    (source / "x" / "linked").mkdir()
    (source / "x" / "linked" / "SKILL.md").symlink_to("/etc/passwd")
    report = await run_command(import_, str(source))
    assert (report.created, report.faults) == (2, 3)
    assert [fault.path for fault in report.left_out] == ["x/linked/SKILL.md", "worse", "x/bad"]


async def test_again_makes_nothing_new_and_a_change_makes_a_version(run_command: RunCommand, tmp_path: Path) -> None:
    source = two_skills(tmp_path / "source")
    await run_command(import_, str(source))
    again = await run_command(import_, str(source))
    assert (again.created, again.new_versions, again.unchanged) == (0, 0, 2)
    write(source, {"two/empty": b"no more"})
    changed = await run_command(import_, str(source))
    assert (changed.created, changed.new_versions, changed.unchanged) == (0, 1, 1)
    assert [(one.name, one.version) for one in changed.skills] == [("one", 1), ("two", 2)]


async def test_the_namespace_and_the_level_are_those_that_are_asked_for(
    run_command: RunCommand, tmp_path: Path
) -> None:
    source = two_skills(tmp_path / "source")
    await run_command(import_, str(source), namespace="shelf", level="public")
    written = await run_command(export, tmp_path / "out", EVE, skill=["shelf/one"])
    assert [(one.namespace, one.name) for one in written.skills] == [("shelf", "one")]
    with pytest.raises(PermissionDenied, match="shelf"):
        await run_command(import_, str(source), EVE, namespace="shelf")


async def test_skills_of_others_are_exported_only_when_they_may_be_read(
    run_command: RunCommand, tmp_path: Path
) -> None:
    source = two_skills(tmp_path / "source")
    await run_command(import_, str(source / "one"))
    await run_command(import_, str(source / "two"), level="team")
    assert (await run_command(export, tmp_path / "mine", EVE)).skills == []
    readable = await run_command(export, tmp_path / "all", EVE, all_readable=True)
    assert [one.name for one in readable.skills] == ["two"]
    with pytest.raises(NotFound, match="'one'"):
        await run_command(export, tmp_path / "hidden", EVE, skill=["one"])


async def test_two_skills_of_one_name_do_not_overwrite_each_other(run_command: RunCommand, tmp_path: Path) -> None:
    source = two_skills(tmp_path / "source")
    await run_command(import_, str(source / "one"))
    await run_command(import_, str(source / "one"), namespace="shelf")
    for target in ("out", "out.zip"):
        report = await run_command(export, tmp_path / target)
        assert ([one.namespace for one in report.skills], report.faults) == (["place"], 1)
        assert "shelf/one" in report.left_out[0].reason


async def test_a_folder_that_is_there_is_left_alone_and_the_others_are_written(
    run_command: RunCommand, tmp_path: Path
) -> None:
    await run_command(import_, str(two_skills(tmp_path / "source")))
    write(tmp_path / "out", {"one/mine": b"mine"})
    report = await run_command(export, tmp_path / "out")
    assert ([one.name for one in report.skills], report.left_out[0].path) == (["two"], "one")
    assert [path.name for path in (tmp_path / "out" / "one").iterdir()] == ["mine"]


@on_sqlite
async def test_a_skill_whose_files_are_damaged_is_told_and_not_written(
    application: Application, run_command: RunCommand, tmp_path: Path
) -> None:
    await run_command(import_, str(two_skills(tmp_path / "source")))
    damaged = update(SkillBlob).where(SkillBlob.content == b"#!/bin/sh\n").values(content=b"#!/bin/rm\n")
    await application.database.transaction(lambda session: session.execute(damaged), read_only=False)
    report = await run_command(export, tmp_path / "out")
    assert ([one.name for one in report.skills], report.faults) == (["two"], 1)
    assert "is damaged" in report.left_out[0].reason
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["two"]


async def test_progress_counts_the_skills(run_command: RunCommand, tmp_path: Path) -> None:
    told: list[tuple[float, float | None]] = []

    async def report(done: float, total: float | None, _message: str | None) -> None:
        told.append((done, total))

    await run_command(import_, str(two_skills(tmp_path / "source")), report=report)
    assert told == [(1, 2), (2, 2)]


async def test_each_skill_that_an_import_changes_is_heard_of(
    application: Application, run_command: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    tell = application.tell

    def listen(event: Event) -> None:
        if event.name.startswith("skill."):
            heard.append(event.name)
        tell(event)

    monkeypatch.setattr(application, "tell", listen)
    source = two_skills(tmp_path / "source")
    await run_command(import_, str(source))
    await run_command(import_, str(source))
    await run_command(import_, str(write(source, {"two/empty": b"changed"})))
    assert heard == ["skill.created", "skill.created", "skill.updated"]


@on_sqlite
async def test_the_settings_bound_an_import(application: Application, run_command: RunCommand, tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"SKILL.md": skill_md("s"), **{str(number): b"" for number in range(512)}})
    report = await run_command(import_, str(source))
    assert "513 files, and may have 512" in report.left_out[0].reason


@on_sqlite
@pytest.mark.parametrize(
    ("named", "reason"),
    [
        ("nothing", "there is nothing"),
        ("plain.txt", "neither a folder nor an archive"),
        ("broken.zip", "no zip archive"),
        ("empty", "there is no skill"),
        ("ext::sh -c true", "no address of a repository"),
        ("http://example.org/a", "no address of a repository"),
    ],
)
async def test_a_source_that_cannot_be_used_is_named_with_the_reason(
    run_command: RunCommand, tmp_path: Path, named: str, reason: str
) -> None:
    write(tmp_path, {"plain.txt": b"", "broken.zip": b"PK", "empty/README.md": b""})
    source = named if ":" in named else str(tmp_path / named)
    with pytest.raises(SkillsUnusable, match=reason) as caught:
        await run_command(import_, source)
    assert named in str(caught.value)


@on_sqlite
async def test_a_target_that_cannot_be_written_is_named(run_command: RunCommand, tmp_path: Path) -> None:
    await run_command(import_, str(two_skills(tmp_path / "source")))
    write(tmp_path, {"file": b""})
    for target in (tmp_path / "nowhere" / "a.zip", tmp_path / "file" / "below"):
        with pytest.raises(SkillsUnusable, match=target.parent.name):
            await run_command(export, target)


@on_sqlite
async def test_a_strict_check_tells_what_publishing_would_refuse(run_command: RunCommand, tmp_path: Path) -> None:
    proper = b"---\nname: one\ndescription: Does it.\n---\nDo it.\n"
    long = b"---\nname: two\ndescription: " + b"x" * 1068 + b"\n---\nRun curl x | sh\n"
    source = write(tmp_path / "s", {"one/SKILL.md": proper, "two/SKILL.md": long, "three/SKILL.md": b"\xff"})
    report = await run_command(validate, str(source))
    assert (report.valid, report.invalid) == (1, 2)
    assert [(one.path, one.valid) for one in report.skills] == [("one", True), ("three", False), ("two", False)]
    assert [(one.path, one.severity, one.code) for one in report.diagnostics] == [
        ("three", "error", "unreadable"),
        ("two", "error", "description_too_long"),
        ("two", "warning", "download_to_shell"),
    ]


async def test_an_import_says_so_in_each_version(
    application: Application, run_command: RunCommand, tmp_path: Path
) -> None:
    await run_command(import_, str(two_skills(tmp_path / "source")))
    async with application.database.session(read_only=True) as session:
        sources = (await session.execute(SkillVersion.__table__.select())).mappings().all()
    assert {row["source"] for row in sources} == {"import"}


def test_at_the_terminal_a_fault_ends_in_the_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TMWS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMWS_PLUGINS", "core,agents,skills")
    source = write(two_skills(tmp_path / "source"), {"bad/SKILL.md": b""})
    assert main(["skills", "import", str(source), "--level", "team", "--json"]) == 1
    result = json.loads(capfd.readouterr().out)["result"]
    assert (result["created"], result["left_out"][0]["path"]) == (2, "bad")
    assert main(["skills", "export", str(tmp_path / "out.zip"), "--skill", "two", "--json"]) == 0
    assert [one["name"] for one in json.loads(capfd.readouterr().out)["result"]["skills"]] == ["two"]
    assert sorted(zipfile.ZipFile(tmp_path / "out.zip").namelist()) == ["two/SKILL.md", "two/a/b.bin", "two/empty"]
    assert main(["skills", "validate", str(source)]) == 1
