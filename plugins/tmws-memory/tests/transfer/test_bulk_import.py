"""An import in batches, past what the readers and the database refuse."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.tool_errors import InternalError
from tmws_memory.bulk_import import BulkImport, batches
from tmws_memory.exchange.record import Fault, Record, build
from tmws_memory.importing import Importer
from tmws_memory.models.memory import Memory
from tmws_memory.settings import MemorySettings

ALICE = Principal("alice", "place", frozenset({"*"}))
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


async def take(application: Application, items: Sequence[Record | Fault], *, dry_run: bool = False) -> list[Fault]:
    """Import items as one batch; the faults that were told."""
    told: list[Fault] = []
    bulk = BulkImport(Importer(ALICE, MemorySettings.model_validate({})), told.append, dry_run=dry_run)

    async def work(context: Context) -> None:
        await bulk.take(context, items)

    await application.pipeline.run(Call(ALICE, "cli"), "import", None, work, read_only=False)
    assert bulk.faults == len(told)
    return told


async def contents(application: Application) -> list[str]:
    async with application.database.session(read_only=True) as session:
        return list((await session.scalars(select(Memory.content).order_by(Memory.content))).all())


async def execute(application: Application, statement: str) -> None:
    async with application.database.session(read_only=False) as session:
        await session.execute(text(statement))
        await session.commit()


def record_on(line: int, content: str, **values: object) -> Record:
    built = build({"content": content, **values}, "memories.jsonl", line)
    assert isinstance(built, Record)
    return built


@on_sqlite
async def test_records_that_the_database_refuses_are_told_with_their_lines(application: Application) -> None:
    await execute(
        application,
        "CREATE TRIGGER picky BEFORE INSERT ON memories WHEN new.content LIKE 'bad%' "
        "BEGIN SELECT RAISE(ABORT, 'not this one'); END",
    )
    names = ["a", "bad 1", "b", "c", "bad 2", "d", "e"]
    faults = await take(application, [record_on(number, name) for number, name in enumerate(names, 1)])
    assert [(fault.source, fault.line) for fault in faults] == [("memories.jsonl", 2), ("memories.jsonl", 5)]
    assert "not this one" in faults[0].reason
    assert await contents(application) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_a_row_that_postgresql_cannot_index_is_told_with_its_line(application: Application) -> None:
    endless = "".join(chr(0x4E00 + number * 7919 % 20000) for number in range(6000))
    faults = await take(application, [record_on(1, "a"), record_on(2, "b", namespace=endless), record_on(3, "c")])
    assert [fault.line for fault in faults] == [2]
    assert await contents(application) == ["a", "c"]


@on_sqlite
async def test_a_database_that_cannot_write_at_all_ends_the_import(application: Application) -> None:
    await execute(application, "DROP TABLE tmws_memory_documents")
    with pytest.raises(InternalError) as failed:
        await take(application, [record_on(1, "a")])
    assert isinstance(failed.value.__cause__, OperationalError)


async def test_faults_are_told_in_the_order_of_the_file(application: Application) -> None:
    items: list[Record | Fault] = [
        record_on(1, "a"),
        Fault("memories.jsonl", 2, "no JSON"),
        record_on(3, "b", version=2**40),
        Fault("memories.jsonl", 4, "no JSON"),
    ]
    assert [fault.line for fault in await take(application, items)] == [2, 3, 4]
    assert await contents(application) == ["a"]


async def test_a_trial_stores_nothing(application: Application) -> None:
    faults = await take(application, [record_on(1, "a"), record_on(2, "b", version=2**40)], dry_run=True)
    assert ([fault.line for fault in faults], await contents(application)) == ([2], [])


async def test_a_reader_is_asked_for_no_more_than_a_batch() -> None:
    given: list[int] = []

    def reading() -> Iterator[Record | Fault]:
        for number in range(10_000):
            given.append(number)
            yield Fault("x", number, "y")

    async for batch in batches(reading(), "x"):
        assert len(batch) == len(given) < 10_000
        break


async def test_long_texts_make_small_batches() -> None:
    long = Record(content="x" * 3_000_000)
    assert [len(batch) async for batch in batches(iter([long] * 5), "x")] == [2, 2, 1]


async def test_a_reading_that_breaks_off_is_a_fault_after_what_was_read() -> None:
    def reading() -> Iterator[Record | Fault]:
        yield Record(content="a")
        raise OSError(5, "Input/output error")

    (batch,) = [batch async for batch in batches(reading(), "memories.jsonl")]
    assert batch == [
        Record(content="a"),
        Fault("memories.jsonl", None, "reading it broke off: Input/output error"),
    ]


async def test_no_memory_is_lost_between_batches(application: Application, tmp_path: Path) -> None:
    told: list[Fault] = []
    bulk = BulkImport(Importer(ALICE, MemorySettings.model_validate({})), told.append)

    async def work(context: Context) -> None:
        async for batch in batches((record_on(number, str(number)) for number in range(1203)), "x"):
            await bulk.take(context, batch)

    await application.pipeline.run(Call(ALICE, "cli"), "import", None, work, read_only=False)
    async with application.database.session(read_only=True) as session:
        assert await session.scalar(select(func.count()).select_from(Memory)) == bulk.counted["stored"] == 1203
    assert told == []
