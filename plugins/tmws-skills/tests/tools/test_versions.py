"""The tools to compare versions, to go back to one and to keep to one."""

import pytest

from tmws_core import Principal
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, NotFound, PermissionDenied

from ..conftest import CallTool, skill_md


@pytest.fixture
async def digests(call: CallTool) -> list[str]:
    """The digests of the three versions of a skill."""
    made = await call("skill_create", skill_md=skill_md(body="One."), access_level="team")
    found = [made["version"]["digest"]]
    for body in ("Two.", "Three."):
        made = await call("skill_update", skill="code-review", skill_md=skill_md(body=body))
        found.append(made["version"]["digest"])
    return found


async def test_versions_are_listed_newest_first_and_page_by_page(call: CallTool, digests: list[str]) -> None:
    page = await call("skill_versions", skill="code-review", limit=2)
    assert [one["digest"] for one in page["versions"]] == [digests[2], digests[1]]
    assert (page["more"], page["active_version"]) == (True, 3)
    last = await call("skill_versions", skill="code-review", before=2)
    assert [(one["version"], one["author"]) for one in last["versions"]] == [(1, "alice")]
    assert not last["more"]


async def test_a_difference_shows_the_lines(call: CallTool, digests: list[str]) -> None:
    found = await call("skill_diff", skill="code-review", from_version=1)
    assert (found["from_version"], found["to_version"]) == (1, 3)
    assert [(one["path"], one["change"], one["added"], one["removed"]) for one in found["files"]] == [
        ("SKILL.md", "changed", 1, 1)
    ]
    assert "-One.\n+Three.\n" in found["diff"]


async def test_a_difference_shows_files_that_came_and_went(call: CallTool) -> None:
    files = [{"path": "a.txt", "text": "old\n"}, {"path": "b.bin", "base64": "AP8="}]
    await call("skill_create", skill_md=skill_md(), files=files)
    given = [{"path": "c.txt", "text": "new"}, {"path": "b.bin", "base64": "AP4="}]
    await call("skill_update", skill="code-review", files=given, remove_files=["a.txt"])
    found = await call("skill_diff", skill="code-review", from_version=1, to_version=2)
    assert [(one["path"], one["change"], one["is_text"]) for one in found["files"]] == [
        ("a.txt", "removed", True),
        ("b.bin", "changed", False),
        ("c.txt", "added", True),
    ]
    only = await call("skill_diff", skill="code-review", from_version=1, to_version=2, file="c.txt")
    assert only["diff"] == "--- /dev/null\n+++ b/c.txt\n@@ -0,0 +1 @@\n+new\n\\ No newline at end of file\n"


async def test_a_long_difference_is_read_in_parts(call: CallTool) -> None:
    await call("skill_create", skill_md=skill_md(body="a\n" * 30_000))
    await call("skill_update", skill="code-review", instructions="b\n" * 30_000)
    text, offset = "", 0
    while offset is not None:
        found = await call("skill_diff", skill="code-review", from_version=1, to_version=2, offset=offset)
        text, offset = text + found["diff"], found["next_offset"]
    assert text.count("-a\n") == text.count("+b\n") == 30_000
    with pytest.raises(InvalidArguments, match="behind the end"):
        await call("skill_diff", skill="code-review", from_version=1, to_version=2, offset=10**6)


async def test_a_former_version_becomes_the_active_one(call: CallTool, digests: list[str]) -> None:
    back = await call("skill_rollback", skill="code-review", version=digests[0], expected_version=3)
    assert (back["active_version"], back["version"]["digest"], back["is_new"]) == (1, digests[0], False)
    assert len((await call("skill_versions", skill="code-review"))["versions"]) == 3
    assert "One." in (await call("skill_load", skill="code-review"))["content"]
    assert (await call("skill_update", skill="code-review", instructions="Four."))["active_version"] == 4


async def test_a_stale_roll_back_is_refused(call: CallTool, digests: list[str]) -> None:
    with pytest.raises(AlreadyChanged, match="is at version 3, not 2"):
        await call("skill_rollback", skill="code-review", version=1, expected_version=2)


async def test_only_a_writer_rolls_back(call: CallTool, digests: list[str], bob: Principal) -> None:
    with pytest.raises(PermissionDenied, match="may not change"):
        await call("skill_rollback", bob, skill="code-review", version=1)


async def test_a_pinned_agent_keeps_its_version_and_others_follow(
    call: CallTool, digests: list[str], bob: Principal
) -> None:
    assert (await call("skill_pin", bob, skill="code-review", version=digests[1]))["version"] == 2
    await call("skill_update", skill="code-review", instructions="Four.")
    assert (await call("skill_get", bob, skill="code-review"))["version"]["version"] == 2
    assert (await call("skill_get", skill="code-review"))["version"]["version"] == 4
    assert (await call("skill_unpin", bob, skill="code-review"))["version"] == 4
    assert (await call("skill_get", bob, skill="code-review"))["version"]["version"] == 4


async def test_a_pin_without_a_version_keeps_the_active_one(call: CallTool, digests: list[str]) -> None:
    await call("skill_pin", skill="code-review", version=1)
    assert (await call("skill_pin", skill="code-review"))["version"] == 3


async def test_who_is_not_pinned_cannot_be_unpinned(call: CallTool, digests: list[str]) -> None:
    with pytest.raises(NotFound, match="not pinned"):
        await call("skill_unpin", skill="code-review")
