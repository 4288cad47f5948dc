"""The tools to create, read, change, deprecate, delete and restore skills."""

import base64

import pytest

from tmws_core import Principal
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, NotFound, PermissionDenied, TooLarge

from ..conftest import CallTool, skill_md

PARTS = {"name": "code-review", "description": "Reviews changes: all of them.", "instructions": "Read it twice."}


async def test_a_skill_can_be_made_of_its_parts(call: CallTool) -> None:
    created = await call("skill_create", **PARTS, metadata_version="1.10", tags=["quality"])
    assert (created["name"], created["namespace"], created["access_level"]) == ("code-review", "place", "private")
    assert (created["active_version"], created["is_new"]) == (1, True)
    assert created["version"]["metadata_version"] == "1.10"
    record = await call("skill_get", skill="code-review")
    assert (record["description"], record["owner"], record["tags"]) == (PARTS["description"], "alice", ["quality"])


@pytest.mark.parametrize("name", ["null", "true", "123", "1e3"])
async def test_a_name_that_yaml_could_take_for_something_else_stays_a_name(call: CallTool, name: str) -> None:
    assert (await call("skill_create", **(PARTS | {"name": name})))["name"] == name


async def test_a_whole_text_is_kept_as_it_is(call: CallTool) -> None:
    text = "\ufeff" + skill_md().replace("\n", "\r\n")
    await call("skill_create", skill_md=text)
    loaded = await call("skill_load", skill="code-review", file="SKILL.md")
    assert loaded["file"]["content"] == text


async def test_parts_and_a_whole_text_exclude_each_other(call: CallTool) -> None:
    with pytest.raises(InvalidArguments, match="give it alone"):
        await call("skill_create", skill_md=skill_md(), name="other")
    with pytest.raises(InvalidArguments, match="all three"):
        await call("skill_create", name="other")


async def test_files_are_given_as_text_or_as_base64(call: CallTool) -> None:
    files = [
        {"path": "references/a.md", "text": "words"},
        {"path": "assets/a.bin", "base64": base64.b64encode(b"\0\xff").decode()},
    ]
    created = await call("skill_create", **PARTS, files=files)
    assert created["version"]["files"] == 3
    loaded = await call("skill_load", skill="code-review", file="assets/a.bin")
    assert base64.b64decode(loaded["file"]["content"]) == b"\0\xff"


@pytest.mark.parametrize("file", [{}, {"text": "x", "base64": "eA=="}, {"base64": "!"}])
async def test_a_file_has_one_content(call: CallTool, file: dict[str, str]) -> None:
    with pytest.raises(InvalidArguments, match="files"):
        await call("skill_create", **PARTS, files=[{"path": "a.md", **file}])


@pytest.mark.parametrize("path", ["../a.md", "/etc/passwd", "a/../../b", "SKILL.md", "skill.md", "a\\..\\b", "a//b"])
async def test_a_path_stays_in_the_skill(call: CallTool, path: str) -> None:
    with pytest.raises(InvalidArguments, match="files"):
        await call("skill_create", **PARTS, files=[{"path": path, "text": "x"}])


class TestSmallSkills:
    @pytest.fixture
    def environment(self) -> dict[str, str]:
        return {"TMWS_SKILLS_MAX_SKILL_BYTES": "200", "TMWS_SKILLS_MOST_FILES": "2", "TMWS_SKILLS_MAX_DEPTH": "1"}

    async def test_a_skill_is_no_larger_than_the_settings_say(self, call: CallTool) -> None:
        with pytest.raises(TooLarge, match="bytes of all files, of 200 at most"):
            await call("skill_create", **PARTS, files=[{"path": "a", "text": "x" * 150}])

    async def test_a_skill_has_no_more_files_than_the_settings_say(self, call: CallTool) -> None:
        with pytest.raises(TooLarge, match="3 files, of 2 at most"):
            await call("skill_create", **PARTS, files=[{"path": "a", "text": "x"}, {"path": "b", "text": "x"}])

    async def test_a_file_lies_no_deeper_than_the_settings_say(self, call: CallTool) -> None:
        with pytest.raises(TooLarge, match="folders above a file"):
            await call("skill_create", **PARTS, files=[{"path": "a/b/c", "text": "x"}])


async def test_other_instructions_leave_the_front_matter_as_it_is(call: CallTool) -> None:
    text = "---\nname:   code-review # mine\ndescription: Reviews.\nx: [1]\n---\n\nOld.\n"
    await call("skill_create", skill_md=text)
    updated = await call("skill_update", skill="code-review", instructions="New.\n", expected_version=1)
    assert (updated["active_version"], updated["is_new"]) == (2, True)
    loaded = await call("skill_load", skill="code-review", file="SKILL.md")
    assert loaded["file"]["content"] == text.replace("Old", "New")


async def test_the_version_of_the_front_matter_is_kept_in_step(call: CallTool) -> None:
    await call("skill_create", **PARTS, metadata_version="1.0")
    updated = await call("skill_update", skill="code-review", instructions="New.")
    assert updated["version"]["metadata_version"] == "1.0"
    updated = await call("skill_update", skill="code-review", metadata_version="1.1")
    assert (updated["active_version"], updated["version"]["metadata_version"]) == (3, "1.1")


async def test_files_are_put_beside_the_others_and_left_out(call: CallTool) -> None:
    await call("skill_create", **PARTS, files=[{"path": "a", "text": "1"}, {"path": "b", "text": "1"}])
    await call("skill_update", skill="code-review", files=[{"path": "c", "text": "2"}], remove_files=["a"])
    loaded = await call("skill_load", skill="code-review", level=3)
    assert [file["path"] for file in loaded["files"]] == ["b", "c"]
    with pytest.raises(InvalidArguments, match="the skill has no file 'a'"):
        await call("skill_update", skill="code-review", remove_files=["a"])


async def test_what_is_beside_the_content_makes_no_version(call: CallTool) -> None:
    await call("skill_create", **PARTS)
    updated = await call("skill_update", skill="code-review", tags=["x"], persona="muse", access_level="team")
    assert (updated["active_version"], updated["is_new"], updated["access_level"]) == (1, False, "team")
    record = await call("skill_get", skill="code-review")
    assert (record["tags"], record["persona"], record["version_count"]) == (["x"], "muse", 1)


async def test_the_same_content_makes_no_version(call: CallTool) -> None:
    await call("skill_create", **PARTS)
    updated = await call("skill_update", skill="code-review", instructions="\nRead it twice.\n")
    assert (updated["active_version"], updated["is_new"]) == (1, False)


async def test_a_stale_change_changes_nothing(call: CallTool) -> None:
    await call("skill_create", **PARTS)
    await call("skill_update", skill="code-review", instructions="Mine.", expected_version=1)
    with pytest.raises(AlreadyChanged, match="is at version 2, not 1"):
        await call("skill_update", skill="code-review", instructions="Yours.", tags=["x"], expected_version=1)
    assert (await call("skill_get", skill="code-review"))["tags"] == []


async def test_a_reader_changes_nothing(call: CallTool, bob: Principal) -> None:
    await call("skill_create", **PARTS, access_level="public")
    for arguments in ({"instructions": "x"}, {"tags": ["x"]}, {"access_level": "private"}):
        with pytest.raises(PermissionDenied, match="may not change the skill 'code-review'"):
            await call("skill_update", bob, skill="code-review", **arguments)


async def test_who_may_write_does_not_say_who_may_read(call: CallTool, bob: Principal) -> None:
    await call("skill_create", bob, **(PARTS | {"name": "of-bob"}))
    await call("skill_create", **PARTS)
    await call("skill_share", skill="code-review", agent_id="bob", permission="write")
    assert (await call("skill_update", bob, skill="code-review", instructions="Bob's."))["active_version"] == 2
    with pytest.raises(PermissionDenied, match="may not change who may read"):
        await call("skill_update", bob, skill="code-review", access_level="public")


async def test_a_former_version_can_be_read(call: CallTool) -> None:
    first = await call("skill_create", **PARTS)
    await call("skill_update", skill="code-review", instructions="New.")
    record = await call("skill_get", skill="code-review", version=first["version"]["digest"])
    assert (record["version"]["version"], record["active_version"]) == (1, 2)
    with pytest.raises(NotFound, match="has no version 3"):
        await call("skill_get", skill="code-review", version=3)


async def test_a_deprecated_skill_names_what_replaces_it(call: CallTool, bob: Principal) -> None:
    await call("skill_create", **PARTS, access_level="team")
    await call("skill_create", **(PARTS | {"name": "better"}))
    await call("skill_deprecate", skill="code-review", note="too slow", replaced_by="better")
    told = (await call("skill_get", skill="code-review"))["deprecation"]
    assert (told["note"], told["replaced_by"]["name"]) == ("too slow", "better")
    assert (await call("skill_get", bob, skill="code-review"))["deprecation"]["replaced_by"] is None


async def test_a_deprecation_can_be_taken_back(call: CallTool) -> None:
    await call("skill_create", **PARTS)
    await call("skill_deprecate", skill="code-review", note="too slow")
    await call("skill_deprecate", skill="code-review", deprecated=False)
    assert (await call("skill_get", skill="code-review"))["deprecation"] is None


async def test_a_skill_does_not_replace_itself(call: CallTool) -> None:
    await call("skill_create", **PARTS)
    with pytest.raises(InvalidArguments, match="is the skill itself"):
        await call("skill_deprecate", skill="code-review", replaced_by="code-review")


async def test_a_deleted_skill_is_there_for_nobody_until_it_is_restored(call: CallTool) -> None:
    await call("skill_create", **PARTS)
    deleted = await call("skill_delete", skill="code-review")
    assert deleted["restorable_until"] is not None
    with pytest.raises(NotFound, match="there is no skill 'code-review'"):
        await call("skill_get", skill="code-review")
    await call("skill_restore", skill="code-review")
    assert (await call("skill_get", skill=deleted["id"]))["name"] == "code-review"


async def test_the_name_of_a_deleted_skill_is_free(call: CallTool) -> None:
    first = await call("skill_create", **PARTS)
    await call("skill_delete", skill="code-review")
    second = await call("skill_create", **PARTS)
    assert first["id"] != second["id"]
    with pytest.raises(AlreadyChanged, match="is taken, or looks like"):
        await call("skill_restore", skill=first["id"])


async def test_a_name_means_the_skill_of_the_own_namespace(call: CallTool, stranger: Principal) -> None:
    mine = await call("skill_create", **PARTS, access_level="public")
    theirs = await call("skill_create", stranger, **PARTS, access_level="public")
    assert (await call("skill_get", skill="code-review"))["id"] == mine["id"]
    assert (await call("skill_get", skill="elsewhere/code-review"))["id"] == theirs["id"]
    third = Principal("third", "third", frozenset({"*"}))
    with pytest.raises(InvalidArguments, match="is the name of several skills") as raised:
        await call("skill_get", third, skill="code-review")
    assert "elsewhere/code-review, place/code-review" in raised.value.hint


@pytest.mark.parametrize("skill", ["nothing", "no/such", "a" * 400, "\0", "0" * 36, "..", "x/y/z", "Ü"])
async def test_what_is_not_there_is_not_found(call: CallTool, skill: str) -> None:
    with pytest.raises(NotFound, match="there is no skill"):
        await call("skill_get", skill=skill)


async def test_a_deletion_ends_where_the_skill_is_active(call: CallTool, bob: Principal) -> None:
    await call("skill_create", **PARTS, access_level="team")
    await call("skill_activate", bob, skill="code-review")
    await call("skill_delete", skill="code-review")
    (ended,) = (await call("skill_activations", bob))["activations"]
    assert (ended["state"], ended["skill"]) == ("inactive", None)
    await call("skill_restore", skill="code-review")
    assert (await call("skill_activate", bob, skill="code-review"))["already_active"] is False
