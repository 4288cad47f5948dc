"""To store, as a client calls it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as hypothesis_settings
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_core.tool_errors import InvalidArguments, PermissionDenied, StorageFull, TooLarge
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.settings import MemorySettings

CallTool = Callable[..., Awaitable[dict[str, Any]]]


NUL, HALF_A_PAIR = "a\0b", "a\ud800b"


MEBIBYTE = 1024 * 1024


# what is refused is refused before any database hears of it
without_database = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


# everything that a database stores: no NUL and no half of a surrogate pair
TEXT = strategies.text(strategies.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@pytest.fixture
def environment() -> dict[str, str]:
    """Nothing is written in the background."""
    return {"TMWS_MEMORY_EMBEDDINGS": "false"}


async def rows(application: Application, model: type[Memory | Document] = Memory) -> int:
    async with application.database.session(read_only=True) as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


def faulty(refused: pytest.ExceptionInfo[InvalidArguments]) -> set[str]:
    """The arguments that an answer names, without what is inside them."""
    return {fault["argument"].partition(".")[0] for fault in refused.value.details["faults"]}


async def test_what_is_stored_is_read_back(call: CallTool) -> None:
    given = {
        "content": "The cache is Redis.\r\n\tSince May.",
        "tags": ["cache", "Größe"],
        "memory_type": "decision",
        "importance": 0.9,
        "context": {"since": {"year": 2026}, "by": [1, 2.5, None, True]},
        "source_url": "https://example.com/a?b=c",
        "access_level": "team",
        "session": "talk 1",
        "namespace": "team.a",
    }
    stored = await call("memory_store", **given)
    memory = await call("memory_get", memory_id=stored["id"])
    assert {name: memory[name] for name in given} == given
    assert stored == {
        "id": memory["id"],
        "namespace": "team.a",
        "access_level": "team",
        "version": 1,
        "expires_at": None,
        "duplicate": False,
    }


async def test_a_memory_needs_nothing_but_its_text(call: CallTool) -> None:
    stored = await call("memory_store", content="x")
    memory = await call("memory_get", memory_id=stored["id"])
    assert (memory["memory_type"], memory["tags"], memory["importance"]) == ("general", [], 0.5)
    assert (memory["context"], memory["source_url"], memory["namespace"]) == ({}, None, "place")
    assert (memory["access_level"], memory["expires_at"], memory["session"]) == ("private", None, None)


async def test_the_defaults_of_one_call_are_not_those_of_the_next(call: CallTool) -> None:
    await call("memory_store", content="x", tags=["a"], context={"a": 1})
    second = await call("memory_store", content="y")
    memory = await call("memory_get", memory_id=second["id"])
    assert (memory["tags"], memory["context"]) == ([], {})


async def test_the_same_text_is_answered_with_the_memory_that_has_it(application: Application, call: CallTool) -> None:
    first = await call("memory_store", content="x")
    assert await call("memory_store", content="x", tags=["other"]) == first | {"duplicate": True}
    assert await rows(application) == 1


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(content=TEXT, tag=TEXT)
async def test_a_text_comes_back_as_it_was_stored(call: CallTool, content: str, tag: str) -> None:
    receipt = await call("memory_store", content=content, tags=[tag], context={tag: content}, source_url=tag)
    read = await call("memory_get", memory_id=receipt["id"])
    await call("memory_delete", memory_id=receipt["id"])
    assert (read["content"], read["tags"], read["context"], read["source_url"]) == (content, [tag], {tag: content}, tag)


@pytest.mark.parametrize(
    "text", ["\u202eevil\u202c", "\u200f\u200e", "\ufeff", "\uffff", "\U0010ffff", "\x01\x7f", "\r"]
)
async def test_signs_that_nobody_sees_are_kept(call: CallTool, text: str) -> None:
    stored = await call("memory_store", content=text, tags=[text])
    memory = await call("memory_get", memory_id=stored["id"])
    assert (memory["content"], memory["tags"]) == (text, [text])


async def test_a_mebibyte_of_text_is_stored_and_read_in_parts(call: CallTool) -> None:
    content = "".join(f"{number:015}\n" for number in range(MEBIBYTE // 16))
    stored = await call("memory_store", content=content)
    read, offset = "", 0
    while offset is not None:
        memory = await call("memory_get", memory_id=stored["id"], offset=offset)
        read, offset = read + memory["content"], memory["next_offset"]
    assert read == content


async def test_a_text_of_one_byte_more_is_refused(application: Application, call: CallTool) -> None:
    with pytest.raises(TooLarge, match=f"{MEBIBYTE + 1} bytes"):
        await call("memory_store", content="x" * (MEBIBYTE + 1))
    assert await rows(application) == 0


async def test_a_memory_is_not_made_too_large(call: CallTool, settings: Settings) -> None:
    stored = await call("memory_store", content="small")
    most = settings.section(MemorySettings).max_content_bytes
    with pytest.raises(TooLarge):
        await call("memory_update", memory_id=stored["id"], content="x" * (most + 1))
    assert (await call("memory_get", memory_id=stored["id"]))["version"] == 1


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
        lambda text: {"session": text},
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
    assert await rows(application) == 0


@without_database
@pytest.mark.parametrize(
    ("argument", "values"),
    [
        ("content", ["", None, 1, ["x"]]),
        ("tags", [["x"] * 51, [""], ["x" * 201], "x", [1], None]),
        ("memory_type", ["No Slug", "", None]),
        ("namespace", ["a/b", "..", ""]),
        ("importance", [-1, 1.5, 2**63, True, "1", float("nan"), None, [1]]),
        ("access_level", ["secret", "", None]),
        ("ttl_days", [0, -1, 36_501, float("nan"), float("inf"), True, "1"]),
        ("session", ["", "x" * 201]),
        ("source_url", ["x" * 2001]),
        ("context", [[], "x", None, {"a": [float("nan")]}, {"a": float("inf")}]),
        ("agent_id", ["bob"]),
    ],
)
async def test_an_argument_out_of_bounds_is_refused(
    application: Application, call: CallTool, argument: str, values: list[object]
) -> None:
    for value in values:
        with pytest.raises(InvalidArguments) as refused:
            await call("memory_store", **({"content": "x"} | {argument: value}))
        assert faulty(refused) == {argument}
    assert await rows(application) == 0


@without_database
async def test_ten_thousand_tags_are_refused_in_a_few_words(call: CallTool) -> None:
    with pytest.raises(InvalidArguments, match="at most 50 items") as refused:
        await call("memory_store", content="x", tags=[str(number) for number in range(10_000)])
    assert faulty(refused) == {"tags"}
    assert len(str(refused.value)) < 500


@without_database
async def test_facts_are_not_nested_without_end(call: CallTool) -> None:
    facts: dict[str, Any] = {}
    for _ in range(5000):
        facts = {"deeper": facts}
    with pytest.raises(InvalidArguments, match="levels deep"):
        await call("memory_store", content="x", context=facts)


@without_database
async def test_the_level_system_needs_a_scope_of_its_own(call: CallTool, application: Application) -> None:
    writer = Principal("alice", "place", frozenset({"memory:read", "memory:write"}))
    with pytest.raises(PermissionDenied, match="memory:govern"):
        await call("memory_store", writer, content="x", access_level="system")
    stored = await call("memory_store", writer, content="x")
    with pytest.raises(PermissionDenied, match="memory:govern"):
        await call("memory_update", writer, memory_id=stored["id"], access_level="system")


@without_database
async def test_a_lifetime_is_limited_by_the_level(call: CallTool, application: Application) -> None:
    with pytest.raises(InvalidArguments, match="'public' may live 30 days") as refused:
        await call("memory_store", content="x", access_level="public", ttl_days=31.0)
    assert faulty(refused) == {"ttl_days"}
    stored = await call("memory_store", content="x", access_level="public", ttl_days=30.0)
    assert stored["expires_at"] is not None


@without_database
@pytest.mark.parametrize(
    "tool", ["memory_store", "memory_store_many", "memory_update", "memory_delete", "memory_restore"]
)
async def test_who_may_only_read_cannot_write(call: CallTool, tool: str) -> None:
    with pytest.raises(PermissionDenied, match="memory:write"):
        await call(tool, Principal("alice", "place", frozenset({"memory:read"})))


async def test_many_are_stored_at_once(application: Application, call: CallTool) -> None:
    memories = [{"content": str(number), "tags": ["a"]} for number in range(200)]
    receipts = (await call("memory_store_many", memories=memories))["result"]
    assert len({receipt["id"] for receipt in receipts}) == 200
    assert await rows(application) == await rows(application, Document) == 200


@without_database
@pytest.mark.parametrize("count", [0, 201])
async def test_a_batch_has_its_bounds(application: Application, call: CallTool, count: int) -> None:
    with pytest.raises(InvalidArguments) as refused:
        await call("memory_store_many", memories=[{"content": str(number)} for number in range(count)])
    assert faulty(refused) == {"memories"}
    assert await rows(application) == 0


@without_database
@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ({"content": NUL}, InvalidArguments),
        ({"unknown": 1}, InvalidArguments),
        ({"content": "x" * (MEBIBYTE + 1)}, TooLarge),
        ({"access_level": "public", "ttl_days": 31.0}, InvalidArguments),
        ({"access_level": "system"}, PermissionDenied),
    ],
)
async def test_a_batch_with_one_fault_is_not_stored_and_the_fault_is_named(
    application: Application, call: CallTool, faults: dict[str, object], error: type[InvalidArguments]
) -> None:
    writer = Principal("alice", "place", frozenset({"memory:write"}))
    memories = [{"content": "first"}, {"content": "second"}, {"content": "third"} | faults]
    with pytest.raises(error, match=r"memories\.2"):
        await call("memory_store_many", writer, memories=memories)
    assert await rows(application) == 0


@without_database
async def test_a_full_disk_is_told_and_reading_goes_on(application: Application, call: CallTool) -> None:
    stored = await call("memory_store", content="before")

    def allow_no_more(session: Session) -> None:
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count = {pages}"))

    await application.database.transaction(allow_no_more, read_only=False)
    with pytest.raises(StorageFull, match="nothing was written"):
        await call("memory_store", content="x" * 500_000)
    with pytest.raises(StorageFull):
        await call("memory_store_many", memories=[{"content": str(number) * 50_000} for number in range(9)])
    assert (await call("memory_get", memory_id=stored["id"]))["content"] == "before"
    assert len((await call("memory_search", query="before"))["hits"]) == 1
    assert await rows(application) == await rows(application, Document) == 1


@pytest.mark.parametrize("tool", ["memory_store", "memory_update", "memory_delete"])
async def test_a_cancelled_call_leaves_nothing(
    application: Application, other_process: Application, alice: Principal, call: CallTool, tool: str
) -> None:
    stored = await call("memory_store", content="before")
    arguments: dict[str, object] = {} if tool == "memory_store" else {"memory_id": stored["id"]}
    arguments |= {} if tool == "memory_delete" else {"content": "after"}
    async with other_process.database.session(read_only=False) as blocker:
        await blocker.execute(text("UPDATE memories SET summary = 'held'"))
        if blocker.get_bind().dialect.name == "postgresql":
            await blocker.execute(text("LOCK TABLE tmws_memory_documents"))
        running = asyncio.create_task(application.pipeline.call_tool(Call(alice, "mcp"), tool, arguments))
        done, _ = await asyncio.wait([running], timeout=0.2)
        assert not done
        running.cancel()
        await asyncio.sleep(0)
        await blocker.rollback()
    with pytest.raises(asyncio.CancelledError):
        await running
    memory = await call("memory_get", memory_id=stored["id"])
    assert (memory["content"], memory["version"]) == ("before", 1)
    assert await rows(application) == await rows(application, Document) == 1
