"""What an export holds, and what never gets into one."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_memory import removal
from tmws_memory.exchange.record import Fault, Grant, Record
from tmws_memory.exporting import Selection, order, page
from tmws_memory.importing import Imported
from tmws_memory.models.memory import Memory

Import = Callable[..., Awaitable[list[Imported]]]
Export = Callable[..., Awaitable[list[Record]]]
ALICE = Principal("alice", "place", frozenset({"*"}))
BOB = Principal("bob", "place", frozenset({"*"}))
STRANGER = Principal("stranger", "far", frozenset({"*"}))
CANARY = "canary-7f3a"


def moment(number: int) -> datetime:
    return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=number)


async def test_an_export_begins_with_the_oldest(import_records: Import, export_records: Export) -> None:
    await import_records(*(Record(content=str(number), created_at=moment(number)) for number in (3, 0, 4, 1, 2)))
    assert [record.content for record in await export_records()] == ["0", "1", "2", "3", "4"]


async def test_memories_of_one_moment_are_exported_as_in_their_session(
    import_records: Import, export_records: Export
) -> None:
    lines = [str(number) for number in range(9)]
    await import_records(*(Record(content=line, session="talk", created_at=moment(0)) for line in lines))
    assert [record.content for record in await export_records()] == lines


async def test_a_namespace_alone_is_exported(import_records: Import, export_records: Export) -> None:
    await import_records(Record(content="a", namespace="here"), Record(content="b", namespace="there"))
    assert [record.content for record in await export_records(namespace="there")] == ["b"]


async def test_what_is_deleted_while_an_export_goes_on_is_left_out(
    import_records: Import, session: AsyncSession
) -> None:
    first, second = await import_records(Record(content="a"), Record(content="b"))
    await session.run_sync(removal.delete, ALICE, str(first.memory_id))
    await session.flush()
    (item,) = await session.run_sync(page, ALICE, Selection(), [str(first.memory_id), str(second.memory_id)])
    assert isinstance(item, Record) and item.content == "b"


@pytest.mark.parametrize("all_readable", [False, True])
@pytest.mark.parametrize(
    "hidden",
    [
        Record(content=CANARY, agent_id="bob"),
        Record(content=CANARY, agent_id="bob", access_level="team", namespace="other"),
        Record(content=CANARY, agent_id="bob", access_level="shared"),
        Record(content=CANARY, agent_id="bob", access_level="shared", grants=[Grant(agent_id="carol")]),
        Record(content=CANARY, agent_id="bob", access_level="private", grants=[Grant(agent_id="alice")]),
        Record(
            content=CANARY,
            agent_id="bob",
            access_level="shared",
            grants=[Grant(agent_id="alice", expires_at=moment(0))],
        ),
        Record(content=CANARY, agent_id="bob", access_level="public", archived_at=moment(0)),
    ],
)
async def test_what_is_hidden_from_the_caller_is_never_exported(
    import_records: Import, export_records: Export, hidden: Record, all_readable: bool
) -> None:
    await import_records(hidden, Record(content="mine"))
    exported = await export_records(all_readable=all_readable, archived=True)
    assert [record.content for record in exported] == ["mine"]


@pytest.mark.parametrize(
    "readable",
    [
        Record(content="x", agent_id="bob", access_level="public", namespace="other"),
        Record(content="x", agent_id="bob", access_level="team"),
        Record(content="x", agent_id="bob", access_level="shared", grants=[Grant(agent_id="alice")]),
    ],
)
async def test_what_others_let_the_caller_read_is_exported_on_demand(
    import_records: Import, export_records: Export, readable: Record
) -> None:
    await import_records(readable)
    assert await export_records() == []
    assert [record.agent_id for record in await export_records(all_readable=True)] == ["bob"]


async def test_with_whom_others_share_is_not_exported(import_records: Import, export_records: Export) -> None:
    grants = [Grant(agent_id="alice"), Grant(agent_id="carol")]
    await import_records(Record(content="x", agent_id="bob", access_level="shared", grants=grants))
    assert [record.grants for record in await export_records(all_readable=True)] == [[]]
    assert [len(record.grants) for record in await export_records(BOB)] == [2]


async def test_a_deleted_memory_is_not_exported(
    import_records: Import, export_records: Export, session: AsyncSession
) -> None:
    (imported,) = await import_records(Record(content="x"))
    await session.run_sync(removal.delete, ALICE, str(imported.memory_id))
    await session.flush()
    assert await export_records(archived=True) == []


async def test_an_archived_memory_is_exported_on_demand(import_records: Import, export_records: Export) -> None:
    await import_records(Record(content="x", archived_at=moment(0)))
    assert await export_records() == []
    assert len(await export_records(archived=True)) == 1


async def test_a_stranger_exports_nothing(import_records: Import, export_records: Export) -> None:
    await import_records(
        Record(content="x", access_level="team"), Record(content="y", expires_at=utc_now() + timedelta(1))
    )
    assert await export_records(STRANGER, all_readable=True, archived=True) == []


async def test_a_memory_that_no_record_can_be_is_a_fault_and_the_others_follow(
    import_records: Import, session: AsyncSession
) -> None:
    bad, _ = await import_records(Record(content="a", created_at=moment(0)), Record(content="b", created_at=moment(1)))
    await session.execute(update(Memory).where(Memory.id == bad.memory_id).values(tags=["t"] * 51))
    session.expire_all()
    identifiers = await session.run_sync(order, ALICE, Selection())
    fault, record = await session.run_sync(page, ALICE, Selection(), identifiers)
    assert isinstance(fault, Fault) and fault.source == f"memory {bad.memory_id}"
    assert isinstance(record, Record) and record.content == "b"
