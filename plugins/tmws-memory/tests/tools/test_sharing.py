"""To share a memory and to take that back, as a client calls it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.tool_errors import InvalidArguments, NotFound, PermissionDenied
from tmws_memory.models.sharing import Sharing

CallTool = Callable[..., Awaitable[dict[str, Any]]]

without_database = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def environment() -> dict[str, str]:
    """Nothing is written in the background."""
    return {"TMWS_MEMORY_EMBEDDINGS": "false"}


@pytest.fixture
async def memory_id(call: CallTool, stranger: Principal) -> str:
    """A memory of alice, on a server that knows the stranger."""
    await call("memory_store", stranger, content="of the stranger")
    return str((await call("memory_store", content="tortoise"))["id"])


async def test_who_was_granted_a_memory_reads_and_finds_it(call: CallTool, memory_id: str, stranger: Principal) -> None:
    shared = await call("memory_share", memory_id=memory_id, agent_id="stranger")
    assert (shared["id"], shared["access_level"], shared["version"]) == (memory_id, "shared", 1)
    assert (await call("memory_get", stranger, memory_id=memory_id))["content"] == "tortoise"
    (hit,) = (await call("memory_search", stranger, query="tortoise", namespace="place"))["hits"]
    assert hit["memory"]["id"] == memory_id


async def test_what_was_taken_back_is_neither_read_nor_found(
    call: CallTool, memory_id: str, stranger: Principal
) -> None:
    await call("memory_share", memory_id=memory_id, agent_id="stranger")
    taken = await call("memory_unshare", memory_id=memory_id, agent_id="stranger")
    assert taken["access_level"] == "private"
    with pytest.raises(NotFound):
        await call("memory_get", stranger, memory_id=memory_id)
    assert (await call("memory_search", stranger, query="tortoise", namespace="place"))["hits"] == []


async def test_a_permission_allows_what_it_says(call: CallTool, memory_id: str, stranger: Principal) -> None:
    await call("memory_share", memory_id=memory_id, agent_id="stranger", permission="read")
    with pytest.raises(PermissionDenied):
        await call("memory_update", stranger, memory_id=memory_id, content="turtle")
    await call("memory_share", memory_id=memory_id, agent_id="stranger", permission="write")
    await call("memory_update", stranger, memory_id=memory_id, content="turtle")
    with pytest.raises(PermissionDenied):
        await call("memory_delete", stranger, memory_id=memory_id)
    await call("memory_share", memory_id=memory_id, agent_id="stranger", permission="delete")
    await call("memory_delete", stranger, memory_id=memory_id)
    with pytest.raises(NotFound):
        await call("memory_get", memory_id=memory_id)


async def test_a_grant_ends_by_itself(
    application: Application, call: CallTool, memory_id: str, stranger: Principal
) -> None:
    await call("memory_share", memory_id=memory_id, agent_id="stranger", days=1.0)
    assert (await call("memory_get", stranger, memory_id=memory_id))["id"] == memory_id
    async with application.database.session(read_only=False) as session:
        await session.execute(update(Sharing).values(expires_at=utc_now() - timedelta(minutes=1)))
        await session.commit()
    with pytest.raises(NotFound):
        await call("memory_get", stranger, memory_id=memory_id)


async def test_private_suspends_grants_until_the_memory_is_shared_again(
    call: CallTool, memory_id: str, stranger: Principal
) -> None:
    await call("memory_share", memory_id=memory_id, agent_id="stranger")
    await call("memory_update", memory_id=memory_id, access_level="private")
    with pytest.raises(NotFound):
        await call("memory_get", stranger, memory_id=memory_id)
    await call("memory_update", memory_id=memory_id, access_level="shared")
    assert (await call("memory_get", stranger, memory_id=memory_id))["id"] == memory_id


async def test_an_owner_lists_its_grants(call: CallTool, memory_id: str, stranger: Principal) -> None:
    await call("memory_share", memory_id=memory_id, agent_id="stranger", permission="write", days=2.0)
    (grant,) = (await call("memory_grants", memory_id=memory_id))["result"]
    assert (grant["agent_id"], grant["permission"]) == ("stranger", "write")
    left = datetime.fromisoformat(grant["expires_at"]) - datetime.fromisoformat(grant["shared_at"])
    assert timedelta(days=1, hours=23) < left < timedelta(days=2, hours=1)


async def test_nobody_else_lists_the_grants(call: CallTool, memory_id: str, stranger: Principal) -> None:
    await call("memory_share", memory_id=memory_id, agent_id="stranger", permission="delete")
    with pytest.raises(NotFound):
        await call("memory_grants", stranger, memory_id=memory_id)


@without_database
@pytest.mark.parametrize(
    "fault",
    [
        {"permission": "own"},
        {"permission": None},
        {"days": 0},
        {"days": -1},
        {"days": float("nan")},
        {"days": 36_501},
        {"agent_id": ""},
        {"agent_id": "x" * 65},
        {"agent_id": "a\0b"},
        {"agent_id": "\ud800"},
        {"agent_id": ["stranger"]},
    ],
)
async def test_an_argument_out_of_bounds_is_refused(call: CallTool, memory_id: str, fault: dict[str, object]) -> None:
    (argument,) = fault
    with pytest.raises(InvalidArguments, match=argument):
        await call("memory_share", **({"memory_id": memory_id, "agent_id": "stranger"} | fault))
    assert (await call("memory_grants", memory_id=memory_id))["result"] == []


@without_database
@pytest.mark.parametrize("tool", ["memory_share", "memory_unshare"])
async def test_to_share_needs_a_scope_of_its_own(call: CallTool, tool: str) -> None:
    with pytest.raises(PermissionDenied, match="memory:share"):
        await call(tool, Principal("alice", "place", frozenset({"memory:read", "memory:write"})))
