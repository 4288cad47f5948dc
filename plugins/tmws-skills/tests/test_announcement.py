"""Clients hear that their lists changed, and those alone who may know of the change."""

from collections.abc import Iterator

import pytest

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.list_changes import ListChange
from tmws_core.tool_errors import PermissionDenied

from .conftest import CallTool, skill_md


@pytest.fixture
def heard(application: Application) -> Iterator[list[ListChange]]:
    """What is announced from now on."""
    announced: list[ListChange] = []
    stop = application.list_changes.hear(announced.append)
    yield announced
    stop()


def told(heard: list[ListChange], name: str) -> list[frozenset[str] | None]:
    """Which agents heard of changes of a list; None stands for everybody."""
    found = [change.agents for change in heard if name in change.lists]
    heard.clear()
    return found


async def test_a_private_skill_is_announced_to_its_owner_alone(call: CallTool, heard: list[ListChange]) -> None:
    await call("skill_create", skill_md=skill_md())
    assert told(heard, "prompts") == [frozenset({"alice"})]


async def test_a_public_skill_is_announced_to_everybody_until_it_is_none_any_more(
    call: CallTool, heard: list[ListChange]
) -> None:
    await call("skill_create", skill_md=skill_md(), access_level="public")
    assert told(heard, "resources") == [None]
    await call("skill_update", skill="code-review", access_level="private")
    assert told(heard, "resources") == [None]
    await call("skill_update", skill="code-review", instructions="Mine.")
    assert told(heard, "resources") == [frozenset({"alice"})]


async def test_a_share_is_announced_to_whom_it_is_for(call: CallTool, bob: Principal, heard: list[ListChange]) -> None:
    await call("skill_create", bob, skill_md=skill_md("of-bob"))
    await call("skill_create", skill_md=skill_md())
    heard.clear()
    for tool in ("skill_share", "skill_unshare"):
        await call(tool, skill="code-review", agent_id="bob")
        assert told(heard, "prompts") == [frozenset({"alice", "bob"})]


async def test_a_deletion_is_announced_to_who_has_the_tools_of_the_skill(
    call: CallTool, bob: Principal, heard: list[ListChange]
) -> None:
    await call("skill_create", skill_md=skill_md(), access_level="team")
    await call("skill_activate", bob, skill="code-review")
    heard.clear()
    await call("skill_delete", skill="code-review")
    assert told(heard, "tools") == [frozenset({"alice", "bob"})]


async def test_what_fails_is_announced_to_nobody(call: CallTool, bob: Principal, heard: list[ListChange]) -> None:
    await call("skill_create", skill_md=skill_md(), access_level="team")
    heard.clear()
    with pytest.raises(PermissionDenied):
        await call("skill_delete", bob, skill="code-review")
    assert heard == []
