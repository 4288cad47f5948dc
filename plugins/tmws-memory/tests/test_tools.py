"""The tools, as a client calls them."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, PermissionDenied
from tmws_memory.models.memory import Memory

CallTool = Callable[..., Awaitable[dict[str, Any]]]
ReadResource = Callable[..., Awaitable[str]]

NUL, HALF_A_PAIR = "a\0b", "a\ud800b"

# what is refused is refused before any database hears of it
without_database = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


async def stored_rows(application: Application) -> int:
    async with application.database.session(read_only=True) as session:
        return await session.scalar(select(func.count()).select_from(Memory)) or 0


def faulty(refused: pytest.ExceptionInfo[InvalidArguments]) -> set[str]:
    """The arguments that an answer names, without what is inside them."""
    return {fault["argument"].partition(".")[0] for fault in refused.value.details["faults"]}


async def test_what_is_stored_is_read_back(call: CallTool) -> None:
    stored = await call(
        "memory_store",
        content="The cache is Redis.\r\n\tSince May.",
        tags=["cache", "Größe"],
        memory_type="decision",
        importance=0.9,
        context={"since": {"year": 2026}, "by": [1, 2.5, None, True]},
        source_url="https://example.com/a?b=c",
        namespace="team.a",
    )
    assert await call("memory_get", memory_id=stored["id"]) == stored
    assert {key: stored[key] for key in stored if key not in ("id", "created_at", "updated_at")} == {
        "content": "The cache is Redis.\r\n\tSince May.",
        "memory_type": "decision",
        "tags": ["cache", "Größe"],
        "importance": 0.9,
        "context": {"since": {"year": 2026}, "by": [1, 2.5, None, True]},
        "source_url": "https://example.com/a?b=c",
        "namespace": "team.a",
        "agent_id": "alice",
        "version": 1,
    }


async def test_a_memory_needs_nothing_but_its_text(call: CallTool) -> None:
    stored = await call("memory_store", content="x")
    assert (stored["memory_type"], stored["tags"], stored["importance"]) == ("general", [], 0.5)
    assert (stored["context"], stored["source_url"], stored["namespace"]) == ({}, None, "place")


async def test_moments_carry_their_time_zone(call: CallTool) -> None:
    stored = await call("memory_store", content="x")
    assert datetime.fromisoformat(stored["created_at"]).utcoffset() is not None


async def test_the_defaults_of_one_call_are_not_those_of_the_next(call: CallTool) -> None:
    first = await call("memory_store", content="x", tags=["a"], context={"a": 1})
    second = await call("memory_store", content="x")
    assert (first["id"] != second["id"], second["tags"], second["context"]) == (True, [], {})


async def test_a_list_begins_with_the_newest(call: CallTool) -> None:
    stored = [await call("memory_store", content=str(number)) for number in range(3)]
    page = await call("memory_list")
    assert page["memories"] == stored[::-1]
    assert (page["total"], page["limit"], page["offset"]) == (3, 20, 0)


async def test_pages_follow_each_other_without_a_gap(call: CallTool) -> None:
    for number in range(5):
        await call("memory_store", content=str(number))
    pages = [await call("memory_list", limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [[memory["content"] for memory in page["memories"]] for page in pages] == [
        ["4", "3"],
        ["2", "1"],
        ["0"],
        [],
    ]
    assert {page["total"] for page in pages} == {5}


async def test_a_list_can_be_of_one_kind(call: CallTool) -> None:
    await call("memory_store", content="x")
    decision = await call("memory_store", content="y", memory_type="decision")
    page = await call("memory_list", memory_type="decision")
    assert (page["memories"], page["total"]) == ([decision], 1)


async def test_a_list_is_of_one_namespace(call: CallTool) -> None:
    await call("memory_store", content="x", namespace="elsewhere")
    here = await call("memory_store", content="y")
    assert (await call("memory_list"))["memories"] == [here]
    assert (await call("memory_list", namespace="elsewhere"))["total"] == 1


async def test_a_search_finds_what_was_stored(call: CallTool) -> None:
    stored = await call("memory_store", content="The cache is Redis.")
    await call("memory_store", content="The cache is Redis.", namespace="elsewhere")
    (hit,) = (await call("memory_search", query="redis?"))["result"]
    assert hit["memory"] == stored
    assert hit["score"] > 0


async def test_a_search_can_be_in_another_namespace(call: CallTool) -> None:
    stored = await call("memory_store", content="The cache is Redis.", namespace="elsewhere")
    (hit,) = (await call("memory_search", query="redis", namespace="elsewhere"))["result"]
    assert hit["memory"] == stored


async def test_a_change_changes_what_is_given_alone(call: CallTool) -> None:
    stored = await call("memory_store", content="before", tags=["a"], context={"a": 1}, source_url="x")
    changed = await call("memory_update", memory_id=stored["id"], content="after", importance=0.8)
    unchanged = set(stored) - {"content", "importance", "version", "updated_at"}
    assert {key: changed[key] for key in unchanged} == {key: stored[key] for key in unchanged}
    assert (changed["content"], changed["importance"], changed["version"]) == ("after", 0.8, 2)
    assert changed["updated_at"] > stored["updated_at"]
    assert await call("memory_get", memory_id=stored["id"]) == changed


async def test_a_change_can_empty_tags_and_facts(call: CallTool) -> None:
    stored = await call("memory_store", content="x", tags=["a"], context={"a": 1})
    changed = await call("memory_update", memory_id=stored["id"], tags=[], context={})
    assert (changed["tags"], changed["context"]) == ([], {})


async def test_a_changed_memory_is_found_by_its_new_tags(call: CallTool) -> None:
    stored = await call("memory_store", content="x", tags=["former"])
    await call("memory_update", memory_id=stored["id"], tags=["present"])
    assert (await call("memory_search", query="former"))["result"] == []
    assert len((await call("memory_search", query="present"))["result"]) == 1


async def test_a_change_that_gives_nothing_changes_nothing(call: CallTool) -> None:
    stored = await call("memory_store", content="x")
    assert await call("memory_update", memory_id=stored["id"]) == stored


async def test_a_change_of_the_version_that_was_read_goes_through(call: CallTool) -> None:
    stored = await call("memory_store", content="x")
    changed = await call("memory_update", memory_id=stored["id"], content="y", expected_version=1)
    assert changed["version"] == 2


@pytest.mark.parametrize("version", [1, 3, 2**63])
async def test_a_change_of_another_version_is_a_conflict(call: CallTool, version: int) -> None:
    stored = await call("memory_store", content="x")
    changed = await call("memory_update", memory_id=stored["id"], content="y")
    with pytest.raises(AlreadyChanged, match=f"at version 2, not {version}") as refused:
        await call("memory_update", memory_id=stored["id"], content="z", expected_version=version)
    assert refused.value.details == {"version": 2}
    assert await call("memory_get", memory_id=stored["id"]) == changed


async def test_a_memory_is_deleted(call: CallTool) -> None:
    stored = await call("memory_store", content="x")
    assert await call("memory_delete", memory_id=stored["id"]) == {"id": stored["id"]}
    assert (await call("memory_list"))["total"] == 0


async def test_a_memory_is_read_by_its_uri(call: CallTool, read: ReadResource) -> None:
    stored = await call("memory_store", content="Grüße\n🎉")
    assert await read(f"memory://{stored['id']}") == "Grüße\n🎉"


@without_database
@pytest.mark.parametrize("text", [NUL, HALF_A_PAIR])
@pytest.mark.parametrize(
    "field",
    [
        lambda text: {"content": text},
        lambda text: {"tags": ["fine", text]},
        lambda text: {"source_url": text},
        lambda text: {"memory_type": text},
        lambda text: {"namespace": text},
        lambda text: {"context": {text: 1}},
        lambda text: {"context": {"deep": [{"deeper": text}]}},
    ],
)
async def test_text_that_no_database_stores_is_refused(
    application: Application, call: CallTool, field: Callable[[str], dict[str, Any]], text: str
) -> None:
    with pytest.raises(InvalidArguments) as refused:
        await call("memory_store", **({"content": "x"} | field(text)))
    assert faulty(refused) == set(field(text))
    assert await stored_rows(application) == 0


@without_database
@pytest.mark.parametrize("text", [NUL, HALF_A_PAIR])
async def test_a_question_that_no_database_understands_is_refused(call: CallTool, text: str) -> None:
    with pytest.raises(InvalidArguments) as refused:
        await call("memory_search", query=text)
    assert faulty(refused) == {"query"}


@without_database
@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
async def test_a_fact_is_no_number_that_json_does_not_have(
    application: Application, call: CallTool, number: float
) -> None:
    with pytest.raises(InvalidArguments, match="finite number") as refused:
        await call("memory_store", content="x", context={"a": [number]})
    assert faulty(refused) == {"context"}
    assert await stored_rows(application) == 0


@without_database
async def test_facts_are_not_nested_without_end(call: CallTool) -> None:
    facts: dict[str, Any] = {}
    for _ in range(5000):
        facts = {"deeper": facts}
    with pytest.raises(InvalidArguments, match="levels deep"):
        await call("memory_store", content="x", context=facts)


@without_database
@pytest.mark.parametrize("value", [-1, 1.5, 2**63, True, "1", float("nan"), None, [1]])
async def test_what_is_no_importance_is_refused(application: Application, call: CallTool, value: object) -> None:
    with pytest.raises(InvalidArguments) as refused:
        await call("memory_store", content="x", importance=value)
    assert faulty(refused) == {"importance"}
    assert await stored_rows(application) == 0


@without_database
@pytest.mark.parametrize("value", [0, 101, 2**63, -1, True, "1", float("nan"), 1.5, None])
@pytest.mark.parametrize(("tool", "arguments"), [("memory_list", {}), ("memory_search", {"query": "x"})])
async def test_what_is_no_limit_is_refused(
    call: CallTool, tool: str, arguments: dict[str, object], value: object
) -> None:
    with pytest.raises(InvalidArguments) as refused:
        await call(tool, **arguments, limit=value)
    assert faulty(refused) == {"limit"}


@without_database
@pytest.mark.parametrize("value", [-1, 1_000_001, 2**63, True, "1", float("nan")])
async def test_what_is_no_offset_is_refused(call: CallTool, value: object) -> None:
    with pytest.raises(InvalidArguments) as refused:
        await call("memory_list", offset=value)
    assert faulty(refused) == {"offset"}


@without_database
@pytest.mark.parametrize("value", [0, -1, True, "1", float("nan")])
async def test_what_is_no_version_is_refused(call: CallTool, value: object) -> None:
    stored = await call("memory_store", content="x")
    with pytest.raises(InvalidArguments) as refused:
        await call("memory_update", memory_id=stored["id"], content="y", expected_version=value)
    assert faulty(refused) == {"expected_version"}
    assert await call("memory_get", memory_id=stored["id"]) == stored


@without_database
@pytest.mark.parametrize(
    "arguments",
    [{"content": ""}, {"tags": ["x"] * 51}, {"memory_type": "No Slug"}, {"namespace": "a/b"}, {"agent_id": "bob"}],
)
async def test_an_argument_out_of_bounds_is_refused(
    application: Application, call: CallTool, arguments: dict[str, object]
) -> None:
    with pytest.raises(InvalidArguments) as refused:
        await call("memory_store", **({"content": "x"} | arguments))
    assert faulty(refused) == set(arguments)
    assert await stored_rows(application) == 0


@without_database
@pytest.mark.parametrize("tool", ["memory_store", "memory_update", "memory_delete"])
async def test_who_may_only_read_cannot_write(call: CallTool, tool: str) -> None:
    with pytest.raises(PermissionDenied, match="memory:write"):
        await call(tool, Principal("alice", "place", frozenset({"memory:read"})))


@without_database
@pytest.mark.parametrize("tool", ["memory_get", "memory_list", "memory_search"])
async def test_who_may_only_write_cannot_read(call: CallTool, tool: str) -> None:
    with pytest.raises(PermissionDenied, match="memory:read"):
        await call(tool, Principal("alice", "place", frozenset({"memory:write"})))
