"""A skill is shared and un-shared: from that moment on it is gone from every list and every use of who had it."""

import pytest

from tmws_core import Principal
from tmws_core.tool_errors import NotFound

from .conftest import CallTool, skill_md

BYTES = {"path": "a.md", "text": "more"}


@pytest.fixture
async def used(call: CallTool, bob: Principal) -> str:
    """A skill of alice's that bob could read, has pinned and has active, and can read no more."""
    await call("skill_create", bob, skill_md=skill_md("of-bob"))
    created = await call("skill_create", skill_md=skill_md(), files=[BYTES])
    await call("skill_share", skill=created["id"], agent_id="bob", permission="delete")
    await call("skill_pin", bob, skill=created["id"], version=1)
    await call("skill_activate", bob, skill=created["id"])
    await call("skill_unshare", skill=created["id"], agent_id="bob")
    return str(created["id"])


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("skill_get", {}),
        ("skill_load", {"file": "a.md"}),
        ("skill_versions", {}),
        ("skill_diff", {"from_version": 1}),
        ("skill_activate", {}),
        ("skill_pin", {}),
        ("skill_unpin", {}),
        ("skill_update", {"instructions": "x"}),
        ("skill_delete", {}),
        ("skill_export_package", {}),
    ],
)
async def test_whoever_had_it_finds_it_no_more(
    call: CallTool, used: str, bob: Principal, tool: str, arguments: dict[str, object]
) -> None:
    with pytest.raises(NotFound, match="there is no skill"):
        await call(tool, bob, skill=used, **arguments)


async def test_its_lists_do_not_have_it_any_more(call: CallTool, used: str, bob: Principal) -> None:
    assert [one["name"] for one in (await call("skill_list", bob))["skills"]] == ["of-bob"]
    assert [one["skill"]["name"] for one in (await call("skill_search", bob, query="code review"))["hits"]] == [
        "of-bob"
    ]


async def test_its_use_can_still_be_ended(call: CallTool, used: str, bob: Principal) -> None:
    ended = await call("skill_deactivate", bob, skill=used, outcome="failed")
    assert (ended["state"], ended["skill"]) == ("inactive", None)


async def test_whoever_gets_it_back_is_still_pinned(call: CallTool, used: str, bob: Principal) -> None:
    await call("skill_update", skill=used, instructions="New.")
    await call("skill_share", skill=used, agent_id="bob")
    assert (await call("skill_get", bob, skill=used))["version"]["version"] == 1
