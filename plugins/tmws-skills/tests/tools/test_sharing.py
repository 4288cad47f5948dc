"""The tools to share skills and to take that back."""

import pytest

from tmws_core import Principal
from tmws_core.tool_errors import InvalidArguments, NotFound, PermissionDenied

from ..conftest import CallTool, skill_md


@pytest.fixture
async def shared(call: CallTool, bob: Principal, stranger: Principal) -> str:
    """A skill of alice's, in a server that knows bob and the stranger."""
    for other, name in ((bob, "of-bob"), (stranger, "of-stranger")):
        await call("skill_create", other, skill_md=skill_md(name))
    return str((await call("skill_create", skill_md=skill_md()))["id"])


async def test_a_private_skill_becomes_a_shared_one_and_private_again(
    call: CallTool, shared: str, stranger: Principal
) -> None:
    assert (await call("skill_share", skill=shared, agent_id="stranger"))["access_level"] == "shared"
    assert (await call("skill_get", stranger, skill="code-review"))["id"] == shared
    assert (await call("skill_unshare", skill=shared, agent_id="stranger"))["access_level"] == "private"
    with pytest.raises(NotFound):
        await call("skill_get", stranger, skill=shared)


async def test_shares_are_listed_for_the_owner_alone(call: CallTool, shared: str, bob: Principal) -> None:
    await call("skill_share", skill=shared, agent_id="stranger", permission="write", days=1)
    await call("skill_share", skill=shared, agent_id="bob")
    listed = (await call("skill_shares", skill=shared))["result"]
    assert [(one["agent_id"], one["permission"]) for one in listed] == [("bob", "read"), ("stranger", "write")]
    assert (await call("skill_shares", skill=shared, after="bob"))["result"] == listed[1:]
    with pytest.raises(NotFound):
        await call("skill_shares", bob, skill=shared)


async def test_only_the_owner_shares(call: CallTool, shared: str, bob: Principal) -> None:
    await call("skill_share", skill=shared, agent_id="bob", permission="delete")
    with pytest.raises(PermissionDenied, match="may not share"):
        await call("skill_share", bob, skill=shared, agent_id="stranger")
    with pytest.raises(PermissionDenied, match="may not unshare"):
        await call("skill_unshare", bob, skill=shared, agent_id="bob")


async def test_who_may_delete_deletes_and_the_owner_restores(call: CallTool, shared: str, bob: Principal) -> None:
    await call("skill_share", skill=shared, agent_id="bob", permission="delete")
    await call("skill_delete", bob, skill=shared)
    with pytest.raises(NotFound):
        await call("skill_restore", bob, skill=shared)
    await call("skill_restore", skill=shared)
    assert (await call("skill_get", bob, skill=shared))["id"] == shared


async def test_who_may_write_does_not_delete(call: CallTool, shared: str, bob: Principal) -> None:
    await call("skill_share", skill=shared, agent_id="bob", permission="write")
    with pytest.raises(PermissionDenied, match="may not delete"):
        await call("skill_delete", bob, skill=shared)


async def test_what_was_private_is_shared_with_the_named_one_alone(
    call: CallTool, shared: str, bob: Principal, stranger: Principal
) -> None:
    await call("skill_share", skill=shared, agent_id="bob")
    await call("skill_update", skill=shared, access_level="private")
    await call("skill_share", skill=shared, agent_id="stranger")
    with pytest.raises(NotFound):
        await call("skill_get", bob, skill=shared)


async def test_a_share_needs_another_agent_that_is_known(call: CallTool, shared: str) -> None:
    with pytest.raises(InvalidArguments, match="is yours already"):
        await call("skill_share", skill=shared, agent_id="alice")
    with pytest.raises(NotFound, match="there is no agent 'nobody'"):
        await call("skill_share", skill=shared, agent_id="nobody")
    with pytest.raises(NotFound, match="is not shared with 'bob'"):
        await call("skill_unshare", skill=shared, agent_id="bob")
