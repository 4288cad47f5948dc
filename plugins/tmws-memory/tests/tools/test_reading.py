"""To read, list and count, as a client calls it."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.identifiers import new_identifier
from tmws_core.tool_errors import InvalidArguments, NotFound, PermissionDenied, ToolError
from tmws_memory.models.memory import Memory
from tmws_memory.state import MemoryState

CallTool = Callable[..., Awaitable[dict[str, Any]]]
ReadResource = Callable[..., Awaitable[str]]

DOORS = ["memory_get", "memory_update", "memory_delete", "memory_restore", "memory_share", "memory_history", "resource"]
FURTHER = {"memory_update": {"content": "mine"}, "memory_share": {"agent_id": "metis-developer"}}

without_database = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def environment() -> dict[str, str]:
    """Nothing is written in the background."""
    return {"TMWS_MEMORY_EMBEDDINGS": "false"}


async def expire(application: Application) -> None:
    async with application.database.session(read_only=False) as session:
        await session.execute(update(Memory).values(expires_at=utc_now() - timedelta(minutes=1)))
        await session.commit()


async def answer(
    call: CallTool, read: ReadResource, door: str, memory_id: str, principal: Principal
) -> tuple[str, str, str, dict[str, Any]]:
    """What a door answers that does not open: all of it, with the identifier taken out."""
    with pytest.raises(ToolError) as refused:
        if door == "resource":
            await read(f"memory://{memory_id}", principal)
        else:
            await call(door, principal, memory_id=memory_id, **FURTHER.get(door, {}))
    error = refused.value
    return error.code, str(error).replace(memory_id, "ID"), error.hint, error.details


def texts(page: dict[str, Any]) -> list[str]:
    return [memory["content"] for memory in page["memories"]]


async def test_moments_carry_their_time_zone(call: CallTool) -> None:
    stored = await call("memory_store", content="x", ttl_days=1.0)
    memory = await call("memory_get", memory_id=stored["id"])
    for name in ("created_at", "updated_at", "expires_at"):
        assert datetime.fromisoformat(memory[name]).utcoffset() is not None


async def test_a_memory_is_read_by_its_uri(call: CallTool, read: ReadResource) -> None:
    stored = await call("memory_store", content="Grüße\n🎉")
    assert json.loads(await read(f"memory://{stored['id']}"))["content"] == "Grüße\n🎉"


async def test_who_only_reads_is_not_registered(application: Application, call: CallTool) -> None:
    await call("memory_list")
    async with application.database.session(read_only=True) as session:
        assert await session.scalar(select(func.count()).where(Agent.agent_id == "alice")) == 0


async def test_a_list_is_read_page_by_page(call: CallTool) -> None:
    for number in range(5):
        await call("memory_store", content=str(number))
    first = await call("memory_list", limit=2)
    second = await call("memory_list", limit=2, cursor=first["next_cursor"])
    third = await call("memory_list", limit=2, cursor=second["next_cursor"])
    assert [texts(page) for page in (first, second, third)] == [["4", "3"], ["2", "1"], ["0"]]
    assert [page["total"] for page in (first, second, third)] == [5, 5, 5]
    assert third["next_cursor"] is None


async def test_the_size_of_a_page_may_change_while_reading_on(call: CallTool) -> None:
    for number in range(5):
        await call("memory_store", content=str(number))
    first = await call("memory_list", limit=1)
    assert texts(await call("memory_list", limit=9, cursor=first["next_cursor"])) == ["3", "2", "1", "0"]


async def test_an_answer_that_would_be_too_large_is_continued(call: CallTool) -> None:
    await call("memory_store_many", memories=[{"content": f"{number:02}" + "東" * 2000} for number in range(20)])
    page, read = await call("memory_list", limit=100), []
    while True:
        read += [content[:2] for content in texts(page)]
        if page["next_cursor"] is None:
            break
        assert 0 < len(page["memories"]) < 20
        page = await call("memory_list", limit=100, cursor=page["next_cursor"])
    assert sorted(read) == [f"{number:02}" for number in range(20)]


async def test_a_cursor_is_for_who_got_it_and_what_was_asked(call: CallTool, bob: Principal) -> None:
    await call("memory_store_many", memories=[{"content": str(number)} for number in range(3)])
    cursor = (await call("memory_list", limit=1))["next_cursor"]
    others: list[dict[str, Any]] = [
        {"principal": bob},
        {"memory_type": "fact"},
        {"state": "deleted"},
        {"namespace": "elsewhere"},
        {"tags": ["a"]},
    ]
    for other in others:
        with pytest.raises(InvalidArguments, match="cursor: it was not given to you"):
            await call("memory_list", limit=1, cursor=cursor, **other)
    with pytest.raises(InvalidArguments, match="cursor"):
        await call("memory_search", query="x", cursor=cursor)


@without_database
@pytest.mark.parametrize("cursor", ["", "x", "\ud800", "\0", "‮", "x" * 501, "AAAA" * 20])
async def test_what_is_no_cursor_is_refused(call: CallTool, cursor: str) -> None:
    with pytest.raises(InvalidArguments, match="cursor"):
        await call("memory_list", cursor=cursor)


@without_database
@pytest.mark.parametrize("value", [0, 101, 2**63, -1, True, "1", float("nan"), 1.5, None])
async def test_what_is_no_limit_is_refused(call: CallTool, value: object) -> None:
    with pytest.raises(InvalidArguments, match="limit"):
        await call("memory_list", limit=value)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_moment_that_no_clock_in_utc_shows_is_refused(call: CallTool, moment: str) -> None:
    with pytest.raises(InvalidArguments, match="since"):
        await call("memory_list", since=moment)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
async def test_the_first_and_the_last_moment_can_be_asked_for(call: CallTool, moment: str) -> None:
    await call("memory_store", content="x")
    assert (await call("memory_list", since=moment))["total"] + (await call("memory_list", until=moment))["total"] == 1


@without_database
async def test_a_moment_without_a_time_zone_is_refused(call: CallTool) -> None:
    with pytest.raises(InvalidArguments, match="timezone"):
        await call("memory_list", since="2026-05-01T12:00:00")


@pytest.mark.parametrize("door", DOORS)
async def test_a_foreign_memory_is_answered_like_none(
    call: CallTool, read: ReadResource, bob: Principal, door: str
) -> None:
    stored = await call("memory_store", content="secret")
    foreign = await answer(call, read, door, stored["id"], bob)
    assert foreign == await answer(call, read, door, new_identifier(), bob)
    assert foreign[0] == NotFound.code
    assert "ID" in foreign[1]


@pytest.mark.parametrize("door", DOORS)
async def test_an_expired_memory_is_answered_like_none(
    application: Application, call: CallTool, read: ReadResource, alice: Principal, door: str
) -> None:
    stored = await call("memory_store", content="secret")
    await expire(application)
    expired = await answer(call, read, door, stored["id"], alice)
    assert expired == await answer(call, read, door, new_identifier(), alice)


@pytest.mark.parametrize("memory_id", ["x", "a\0b", "' OR 1=1 --", "%"])
async def test_what_is_no_identifier_is_answered_like_an_unknown_one(
    call: CallTool, read: ReadResource, alice: Principal, memory_id: str
) -> None:
    for door in DOORS:
        code, _, hint, details = await answer(call, read, door, memory_id, alice)
        unknown = await answer(call, read, door, new_identifier(), alice)
        assert (code, hint, details) == (unknown[0], unknown[2], unknown[3])


async def test_expired_memories_are_neither_listed_nor_counted_nor_found(
    application: Application, call: CallTool
) -> None:
    await call("memory_store", content="tortoise")
    await expire(application)
    page = await call("memory_list")
    assert (page["memories"], page["total"]) == ([], 0)
    assert (await call("memory_stats"))["total"] == 0
    assert (await call("memory_search", query="tortoise"))["hits"] == []


async def test_a_former_version_stays_readable_for_its_owner_alone(call: CallTool, bob: Principal) -> None:
    stored = await call("memory_store", content="before", access_level="public")
    await call("memory_update", memory_id=stored["id"], content="after")
    (former,) = (await call("memory_history", memory_id=stored["id"]))["result"]
    assert (former["version"], former["content"], former["replaced_by"]) == (1, "before", "alice")
    assert (await call("memory_version", memory_id=stored["id"], version=1))["content"] == "before"
    for tool, further in (("memory_history", {}), ("memory_version", {"version": 1})):
        with pytest.raises(NotFound):
            await call(tool, bob, memory_id=stored["id"], **further)


@without_database
@pytest.mark.parametrize("version", [0, -1, 2**31, 2**63, True, "1"])
async def test_what_is_no_version_is_refused(call: CallTool, version: object) -> None:
    with pytest.raises(InvalidArguments, match="version"):
        await call("memory_version", memory_id=new_identifier(), version=version)


async def test_statistics_are_of_one_namespace(call: CallTool) -> None:
    await call("memory_store", content="x", tags=["a"])
    await call("memory_store", content="y", namespace="elsewhere")
    told = await call("memory_stats")
    assert (told["namespace"], told["total"], told["by_tag"]) == ("place", 1, {"a": 1})
    assert (await call("memory_stats", namespace="elsewhere"))["total"] == 1


async def test_a_reading_is_counted_later(application: Application, call: CallTool) -> None:
    stored = await call("memory_store", content="x")
    await call("memory_get", memory_id=stored["id"])
    await application.state(MemoryState).accesses.count()
    async with application.database.session(read_only=True) as session:
        assert await session.scalar(select(Memory.access_count)) == 1


@without_database
@pytest.mark.parametrize("tool", ["memory_get", "memory_list", "memory_history", "memory_version", "memory_stats"])
async def test_who_may_only_write_cannot_read(call: CallTool, tool: str) -> None:
    with pytest.raises(PermissionDenied, match="memory:read"):
        await call(tool, Principal("alice", "place", frozenset({"memory:write"})))
