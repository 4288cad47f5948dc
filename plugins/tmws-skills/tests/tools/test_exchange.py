"""What a client can import and export without a file system in common."""

import base64
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.tool_errors import InvalidArguments, NotFound, PermissionDenied, TooLarge
from tmws_skills.authoring import create
from tmws_skills.draft import Draft
from tmws_skills.format.archive import open_archive
from tmws_skills.format.package import Package, SkillFile
from tmws_skills.format.reading import Found
from tmws_skills.format.writing import archive_of

CallTool = Callable[..., Awaitable[dict[str, Any]]]
ALICE = Principal("alice", "place", frozenset({"*"}))
EVE = Principal("eve", "place", frozenset({"skills:read", "skills:write"}))
TEXT = "---\nname: a-skill\ndescription: Does it.\nmetadata: {version: '2.0'}\n---\nDo it.\n"
PACKAGE = Package(TEXT, [SkillFile("scripts/run.sh", b"#!\n", True), SkillFile("a.bin", b"\0\xff")])
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def encoded(*packages: tuple[str, Package]) -> str:
    return base64.b64encode(archive_of(packages)).decode()


def unpacked(archive: str) -> Found:
    with open_archive(base64.b64decode(archive)) as reading:
        (one,) = reading
    assert isinstance(one, Found)
    return one


async def test_an_archive_that_a_client_sends_comes_back_as_it_was(call: CallTool) -> None:
    report = await call("skill_import_package", archive=encoded(("a-skill", PACKAGE)))
    (skill,) = report["skills"]
    assert (skill["outcome"], skill["version"], skill["metadata_version"]) == ("created", 1, "2.0")
    answer = await call("skill_export_package", skill="a-skill")
    assert (answer["digest"], answer["files"]) == (PACKAGE.digest, 3)
    assert (unpacked(answer["archive"]).path, unpacked(answer["archive"]).package) == ("a-skill", PACKAGE)


async def test_a_text_alone_is_a_skill(call: CallTool) -> None:
    await call("skill_import_package", skill_md=TEXT)
    again = await call("skill_import_package", skill_md=TEXT)
    assert (again["created"], again["unchanged"]) == (0, 1)


async def test_a_former_version_is_exported_when_it_is_asked_for(call: CallTool) -> None:
    await call("skill_import_package", skill_md=TEXT)
    await call("skill_import_package", archive=encoded(("a-skill", PACKAGE)))
    first = await call("skill_export_package", skill="a-skill", version=1)
    assert unpacked(first["archive"]).package == Package(TEXT)
    with pytest.raises(NotFound, match="no version 3"):
        await call("skill_export_package", skill="a-skill", version=3)


async def test_of_several_skills_a_bad_one_is_told_and_the_rest_goes_on(call: CallTool) -> None:
    report = await call("skill_import_package", archive=encoded(("a-skill", PACKAGE), ("bad", Package("nothing"))))
    assert (report["created"], [one["path"] for one in report["left_out"]]) == (1, ["bad"])


async def test_when_nothing_could_be_imported_it_is_an_error(call: CallTool) -> None:
    with pytest.raises(InvalidArguments, match=r"nothing was imported: SKILL\.md: .*no front matter"):
        await call("skill_import_package", skill_md="Do it.")
    with pytest.raises(InvalidArguments, match="nothing was imported"):
        await call("skill_import_package", archive=encoded())


@on_sqlite
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({}, "give one of the two"),
        ({"skill_md": TEXT, "archive": encoded()}, "give one of the two"),
        ({"archive": "no base64!"}, "no base64"),
        ({"archive": "ä"}, "no base64"),
        ({"archive": base64.b64encode(b"no archive").decode()}, "no zip archive"),
        ({"skill_md": TEXT, "access_level": "nobody"}, "access_level"),
    ],
)
async def test_arguments_that_fit_nothing_are_named(call: CallTool, arguments: dict[str, str], reason: str) -> None:
    with pytest.raises(InvalidArguments, match=reason):
        await call("skill_import_package", **arguments)


@on_sqlite
async def test_what_is_too_large_is_refused(call: CallTool) -> None:
    with pytest.raises(TooLarge, match="skill_md"):
        await call("skill_import_package", skill_md=TEXT + "x" * 1_100_000)
    bomb = Package(TEXT, [SkillFile(f"{number}", bytes(9_000_000)) for number in range(2)])
    with pytest.raises(InvalidArguments, match="may have 16777216"):
        await call("skill_import_package", archive=encoded(("a-skill", bomb)))
    with pytest.raises(InvalidArguments, match="archive"):
        await call("skill_import_package", archive="A" * 4_200_000)


@on_sqlite
async def test_an_archive_that_no_answer_can_hold_is_refused_with_another_way(
    application: Application, call: CallTool
) -> None:
    large = Draft(Package(TEXT, [SkillFile("x", os.urandom(3_200_000))]), "place")
    await application.database.transaction(lambda session: create(session, ALICE, large).id, read_only=False)
    with pytest.raises(TooLarge, match="skill_load"):
        await call("skill_export_package", skill="a-skill")


async def test_a_place_that_is_not_the_callers_is_refused(call: CallTool) -> None:
    for place in ({"namespace": "elsewhere"}, {"access_level": "system"}):
        with pytest.raises(PermissionDenied):
            await call("skill_import_package", EVE, skill_md=TEXT, **place)


async def test_a_hidden_skill_cannot_be_exported_nor_told_from_one_that_is_not_there(call: CallTool) -> None:
    report = await call("skill_import_package", skill_md=TEXT)
    for skill in ("a-skill", report["skills"][0]["id"]):
        with pytest.raises(NotFound, match=f"there is no skill '{skill}'"):
            await call("skill_export_package", EVE, skill=skill)
