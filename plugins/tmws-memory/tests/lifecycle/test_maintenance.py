"""Maintenance does what is due, no more than it may, and says what it did."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.tool_errors import NotFound, PermissionDenied
from tmws_memory import maintenance
from tmws_memory.consistency import Consistency
from tmws_memory.models.base import Base
from tmws_memory.models.consolidation import Consolidation
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing
from tmws_memory.models.version import Version
from tmws_memory.state import MemoryState

Within = Callable[[Callable[[Session], Any]], Awaitable[Any]]


CallTool = Callable[..., Awaitable[dict[str, Any]]]


Store = Callable[..., Awaitable[list[str]]]


Change = Callable[..., Awaitable[None]]


Rows = Callable[[], Awaitable[dict[str, list[tuple[Any, ...]]]]]


sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def everything_is_due(
    call: CallTool, bob: Principal, store: Store, change: Change, within: Within, alphabet: ModuleType
) -> Callable[[], Awaitable[None]]:
    """Stores memories for which each kind of work is due, for some of them several."""

    async def prepare() -> None:
        await call("memory_store", content="bob is here", principal=bob)
        alphabet.embedder.refused.add("unembeddable")
        ids = await store("over one", "over two", "gone", "shared", "changed", "unembeddable", "as it was")
        over_one, over_two, gone, shared, changed, *_ = ids
        await change([over_one, over_two], expires_at=1.0)
        for memory_id in (shared, gone):
            await call("memory_share", memory_id=memory_id, agent_id="bob", days=1)
        await call("memory_delete", memory_id=gone)
        await change([gone], deleted_at=8.0)

        def old(session: Session) -> None:
            for grant in session.scalars(select(Sharing)):
                grant.expires_at = utc_now() - timedelta(hours=1)
            for number in range(1, 31):
                session.add(_version(changed, number))

        await within(old)

    return prepare


def _version(memory_id: str, number: int) -> Version:
    kept: dict[str, Any] = {"memory_type": "general", "access_level": "private", "tags": [], "context": {}}
    return Version(
        memory_id=memory_id, version=number, content=str(number), importance_score=0.5, replaced_by="alice", **kept
    )


async def test_a_dry_run_tells_what_a_real_one_does(
    call: CallTool, everything_is_due: Callable[[], Awaitable[None]]
) -> None:
    await everything_is_due()
    dry = await call("memory_maintain")
    real = await call("memory_maintain", dry_run=False)
    assert {name: done["count"] for name, done in real.items() if isinstance(done, dict)} == {
        "expired": 2,
        "grants_ended": 2,
        "versions_dropped": 1,
        "embeddings_retried": 1,
        "purged": 1,
    }
    assert dry == real | {"dry_run": True}


@pytest.mark.parametrize("dry_run", [True, False])
async def test_memories_that_the_caller_cannot_read_are_counted_and_not_named(
    call: CallTool, bob: Principal, everything_is_due: Callable[[], Awaitable[None]], dry_run: bool
) -> None:
    await everything_is_due()
    report = await call("memory_maintain", principal=bob, dry_run=dry_run)
    told = [(done["count"], done["memory_ids"]) for name, done in report.items() if isinstance(done, dict)]
    assert told == [(2, []), (2, []), (1, []), (1, []), (1, [])]


async def test_a_dry_run_changes_nothing(
    call: CallTool, everything_is_due: Callable[[], Awaitable[None]], rows: Rows
) -> None:
    await everything_is_due()
    before = await rows()
    await call("memory_maintain")
    assert await rows() == before


async def test_after_a_run_nothing_is_due(
    call: CallTool, everything_is_due: Callable[[], Awaitable[None]], alphabet: ModuleType
) -> None:
    await everything_is_due()
    alphabet.embedder.refused.clear()
    await call("memory_maintain", dry_run=False)
    again = await call("memory_maintain", dry_run=False)
    assert [done["count"] for name, done in again.items() if isinstance(done, dict)] == [0, 0, 0, 0, 0]


async def test_memories_and_index_agree_after_a_run(
    call: CallTool,
    everything_is_due: Callable[[], Awaitable[None]],
    consistency: Callable[[], Awaitable[Consistency]],
) -> None:
    await everything_is_due()
    await call("memory_maintain", dry_run=False)
    assert (await consistency()).well


async def test_what_has_expired_can_be_restored(call: CallTool, store: Store, change: Change) -> None:
    (memory_id,) = await store("a tree")
    await change([memory_id], expires_at=0.5)
    await call("memory_maintain", dry_run=False)
    assert [one["id"] for one in (await call("memory_list", state="deleted"))["memories"]] == [memory_id]
    await call("memory_restore", memory_id=memory_id)
    (hit,) = (await call("memory_search", query="tree"))["hits"]
    assert (hit["memory"]["id"], hit["memory"]["expires_at"]) == (memory_id, None)


async def test_what_has_expired_is_in_no_index_any_more(
    call: CallTool, store: Store, change: Change, in_search_index: Callable[[str], Awaitable[int]]
) -> None:
    (memory_id,) = await store("walnut")
    await change([memory_id], expires_at=0.5)
    await call("memory_maintain", dry_run=False)
    assert await in_search_index("walnut") == 0


async def test_what_is_deleted_is_kept_for_the_undo_window(call: CallTool, store: Store, change: Change) -> None:
    late, early = await store("a tree", "a bush")
    for memory_id in (late, early):
        await call("memory_delete", memory_id=memory_id)
    await change([late], deleted_at=6.9)
    await change([early], deleted_at=7.1)
    assert (await call("memory_maintain", dry_run=False))["purged"]["memory_ids"] == [early]
    await call("memory_restore", memory_id=late)
    with pytest.raises(NotFound):
        await call("memory_restore", memory_id=early)


async def test_what_is_purged_leaves_no_row_anywhere(
    application: Application, call: CallTool, bob: Principal, store: Store, change: Change, within: Within, rows: Rows
) -> None:
    await call("memory_store", content="bob is here", principal=bob)
    await application.state(MemoryState).worker.finish()
    before = await rows()
    (memory_id,) = await store("a walnut")
    await call("memory_update", memory_id=memory_id, content="a hazelnut")
    await call("memory_share", memory_id=memory_id, agent_id="bob")
    made = Consolidation(
        source_memory_ids=["a", "b"], consolidated_memory_id=memory_id, consolidation_type="merge", agent_id="alice"
    )
    await within(lambda session: session.add(made))
    await call("memory_delete", memory_id=memory_id)
    await change([memory_id], deleted_at=8.0)
    filled = {name for name, found in (await rows()).items() if memory_id in repr(found)}
    assert filled == {table.name for table in Base.metadata.sorted_tables} - {
        "memory_patterns",
        "tmws_memory_documents",
        "tmws_memory_recalls",
    }
    await call("memory_maintain", dry_run=False)
    assert await rows() == before


@pytest.mark.parametrize("environment", [{"TMWS_MEMORY_MOST_PER_MAINTENANCE": "2"}])
async def test_a_run_takes_no_more_than_it_may(call: CallTool, store: Store, change: Change) -> None:
    ids = await store("one", "two", "three", "four", "five")
    await change(ids, expires_at=1.0)
    reports = [await call("memory_maintain", dry_run=dry) for dry in (True, False, False, False)]
    assert [(report["expired"]["count"], report["more"]) for report in reports] == [
        (2, True),
        (2, True),
        (2, True),
        (1, False),
    ]


async def test_a_run_takes_several_transactions(
    call: CallTool, store: Store, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "MEMORIES_IN_A_TRANSACTION", 2)
    ids = await store("one", "two", "three", "four", "five")
    await change(ids, expires_at=1.0)
    report = await call("memory_maintain", dry_run=False)
    assert (sorted(report["expired"]["memory_ids"]), report["more"]) == (sorted(ids), False)


async def test_a_memory_whose_last_grant_has_ended_is_private_again(
    call: CallTool, bob: Principal, store: Store, within: Within
) -> None:
    await call("memory_store", content="bob is here", principal=bob)
    (memory_id,) = await store("a tree")
    await call("memory_share", memory_id=memory_id, agent_id="bob", days=1)

    def over(session: Session) -> None:
        session.scalars(select(Sharing)).one().expires_at = utc_now() - timedelta(minutes=1)

    await within(over)
    await call("memory_maintain", dry_run=False)
    memory = await within(lambda session: session.get_one(Memory, memory_id))
    assert (memory.access_level, memory.shared_with_agents) == ("private", [])


async def test_the_newest_versions_stay(call: CallTool, store: Store, within: Within) -> None:
    (memory_id,) = await store("a tree")
    await within(lambda session: session.add_all(_version(memory_id, number) for number in range(1, 24)))
    await call("memory_maintain", dry_run=False)
    kept = [one["version"] for one in await _result(call, "memory_history", memory_id=memory_id)]
    assert kept == list(range(23, 3, -1))


async def _result(call: CallTool, tool: str, **arguments: object) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = (await call(tool, **arguments))["result"]
    return result


async def test_what_could_not_be_embedded_is_tried_again(
    application: Application, call: CallTool, store: Store, alphabet: ModuleType
) -> None:
    alphabet.embedder.refused.add("too much")
    await store("too much")
    alphabet.embedder.refused.clear()
    await call("memory_maintain", dry_run=False)
    await application.state(MemoryState).worker.finish()
    assert (await call("memory_stats"))["embedding"] == {"ready": 1}


async def test_who_reads_does_not_keep_memories_from_expiring(
    application: Application, call: CallTool, store: Store, change: Change
) -> None:
    (memory_id,) = await store("a tree")
    await change([memory_id], expires_at=1.0)
    async with application.database.session(read_only=True) as reader:
        read = select(Memory.content).where(Memory.id == memory_id)
        assert await reader.scalar(read) == "a tree"
        assert (await call("memory_maintain", dry_run=False))["expired"]["count"] == 1
        assert await reader.scalar(read) == "a tree"


async def test_who_changes_a_memory_keeps_it_from_expiring(
    application: Application, call: CallTool, store: Store, change: Change, database_kind: str
) -> None:
    if database_kind == "sqlite":
        pytest.skip("one transaction writes at a time")
    first, second = await store("a tree", "a bush")
    await change([first, second], expires_at=1.0)
    async with application.database.session(read_only=False) as writer:
        memory = await writer.get_one(Memory, first)
        memory.expires_at = utc_now() + timedelta(days=1)
        await writer.flush()
        assert (await call("memory_maintain", dry_run=False))["expired"]["memory_ids"] == [second]
        await writer.commit()
    assert (await call("memory_get", memory_id=first))["content"] == "a tree"


@sqlite_only
async def test_to_maintain_takes_the_right_to_govern(call: CallTool) -> None:
    with pytest.raises(PermissionDenied, match="memory:govern"):
        await call("memory_maintain", principal=Principal("carol", "place", frozenset({"memory:write"})))
