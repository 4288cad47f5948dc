"""A skill is read at a level of detail, its files one by one."""

import pytest

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.tool_errors import InvalidArguments, NotFound

from ..conftest import CallTool
from .conftest import DANGEROUS, Add, Change, package, set_columns


async def test_the_first_level_is_the_line_alone(call: CallTool, add: Add) -> None:
    await add("code-review", "Read it.", files={"a.md": b"x"})
    loaded = await call("skill_load", skill="code-review", level=1)
    assert (loaded["skill"]["name"], loaded["content"], loaded["files"]) == ("code-review", None, None)


async def test_the_second_level_brings_the_instructions(call: CallTool, add: Add) -> None:
    await add("code-review", "Read it.", files={"a.md": b"x"})
    loaded = await call("skill_load", skill="code-review")
    assert "\nRead it.\n" in loaded["content"]
    assert (loaded["author"], loaded["review"], loaded["files"]) == ("alice", "draft", None)


async def test_the_third_level_brings_the_list_of_files(call: CallTool, add: Add) -> None:
    await add("code-review", files={"references/a.md": b"more", "scripts/b.py": b"print()"})
    loaded = await call("skill_load", skill="code-review", level=3)
    assert [(one["path"], one["size"]) for one in loaded["files"]] == [("references/a.md", 4), ("scripts/b.py", 7)]
    assert not loaded["more_files"]


async def test_a_long_list_of_files_is_read_on(call: CallTool, add: Add) -> None:
    paths = [f"references/{'long-' * 20}{number:03}.md" for number in range(500)]
    await add("many", files=dict.fromkeys(paths, b"x"))
    found: list[str] = []
    more: dict[str, str] = {}
    while True:
        loaded = await call("skill_load", skill="many", level=3, **more)
        found += [one["path"] for one in loaded["files"]]
        if not loaded["more_files"]:
            break
        more = {"files_after": found[-1]}
    assert found == paths


async def test_a_file_is_read_by_its_path(call: CallTool, add: Add) -> None:
    await add("code-review", files={"references/a.md": "größer".encode(), "assets/b.png": b"\x89PNG\0"})
    text = await call("skill_load", skill="code-review", file="references/a.md")
    assert (text["file"]["encoding"], text["file"]["content"], text["content"]) == ("utf-8", "größer", None)
    image = await call("skill_load", skill="code-review", file="assets/b.png")
    assert (image["file"]["encoding"], image["file"]["content"]) == ("base64", "iVBORwA=")


async def test_skill_md_is_read_as_it_was_written(call: CallTool, add: Add) -> None:
    await add("code-review", "Read it.\r\n")
    loaded = await call("skill_load", skill="code-review", file="SKILL.md")
    assert loaded["file"]["content"] == package("code-review", "Read it.\r\n").skill_md


@pytest.mark.parametrize("path", ["b.md", "../a.md", "/etc/passwd", "references", "A.MD", "%61.md"])
async def test_a_file_that_is_not_there_is_not_found(call: CallTool, add: Add, path: str) -> None:
    await add("code-review", files={"a.md": b"x", "references/c.md": b"y"})
    with pytest.raises(NotFound, match="has no file"):
        await call("skill_load", skill="code-review", file=path)


async def test_long_instructions_are_read_in_parts(call: CallTool, add: Add) -> None:
    body = "".join(f"line {number}\n" for number in range(20_000))
    await add("long", body)
    read = ""
    offset: int | None = 0
    while offset is not None:
        loaded = await call("skill_load", skill="long", offset=offset)
        read += loaded["content"].partition(">\n")[2].removesuffix("\n</skill_content>")
        offset = loaded["next_offset"]
    assert read == f"{body}\n"
    with pytest.raises(InvalidArguments, match="lies behind their end"):
        await call("skill_load", skill="long", offset=len(read) + 1)


async def test_a_version_can_be_asked_for(call: CallTool, add: Add) -> None:
    await add("code-review", "Old.")
    await call("skill_update", skill="code-review", skill_md=package("code-review", "New.").skill_md)
    assert "New." in (await call("skill_load", skill="code-review"))["content"]
    former = await call("skill_load", skill="code-review", version=1)
    assert "Old." in former["content"]
    assert former["skill"]["version"] == 1
    assert former["notices"] == ["this is version 1; the one in use is 2"]
    with pytest.raises(NotFound, match="no version 3"):
        await call("skill_load", skill="code-review", version=3)


async def test_whoever_is_pinned_gets_that_version(call: CallTool, add: Add, bob: Principal) -> None:
    skill_id = await add("code-review", "Old.")
    await call("skill_update", skill="code-review", skill_md=package("code-review", "New.").skill_md)
    await call("skill_pin", bob, skill=skill_id, version=1)
    assert "Old." in (await call("skill_load", bob, skill=skill_id))["content"]


async def test_a_deprecated_skill_says_so_and_what_to_use_instead(
    call: CallTool, add: Add, change: Change, bob: Principal
) -> None:
    new, old, private = await add("new"), await add("old"), await add("private", access_level="private")
    about = {"deprecated_at": utc_now(), "deprecation_note": "too slow"}
    await change(set_columns, old, replaced_by=new, **about)
    assert (await call("skill_load", skill="old"))["notices"] == ["it is deprecated: too slow; use place/new instead"]
    await change(set_columns, old, replaced_by=private)
    assert (await call("skill_load", bob, skill="old"))["notices"] == ["it is deprecated: too slow"]


async def test_what_waits_for_a_reviewer_or_was_rejected_says_so(call: CallTool, add: Add, bob: Principal) -> None:
    await add("installer", DANGEROUS)
    (waiting,) = (await call("skill_load", skill="installer"))["notices"]
    assert waiting.startswith("it has places that a reviewer should look at")
    await call("skill_review", bob, skill="installer", version=1, decision="reject", comment="no")
    assert (await call("skill_load", skill="installer"))["notices"] == ["a reviewer has rejected it: no"]


async def test_a_name_elsewhere_is_found_when_it_is_the_only_one(call: CallTool, add: Add, stranger: Principal) -> None:
    await add("theirs", principal=stranger)
    for skill in ("theirs", "elsewhere/theirs"):
        assert (await call("skill_load", skill=skill))["skill"]["namespace"] == "elsewhere"


async def test_a_name_in_ones_own_namespace_comes_before_that_of_others(
    call: CallTool, add: Add, stranger: Principal
) -> None:
    await add("same", "Mine.")
    await add("same", "Theirs.", principal=stranger)
    assert "Mine." in (await call("skill_load", skill="same"))["content"]
    assert "Theirs." in (await call("skill_load", stranger, skill="same"))["content"]


async def test_a_name_of_several_elsewhere_has_to_be_told_apart(call: CallTool, add: Add, stranger: Principal) -> None:
    await add("same", principal=stranger)
    await add("same", principal=Principal("other", "third", frozenset({"*"})))
    with pytest.raises(InvalidArguments, match="elsewhere/same, third/same"):
        await call("skill_load", skill="same")


@pytest.mark.parametrize("skill", ["nothing", "a/b/c", "a\0b", "'", "x" * 400, "%", "/", "place/"])
async def test_what_is_no_skill_is_not_found(call: CallTool, add: Add, skill: str) -> None:
    await add()
    with pytest.raises(NotFound, match="there is no skill"):
        await call("skill_load", skill=skill)
