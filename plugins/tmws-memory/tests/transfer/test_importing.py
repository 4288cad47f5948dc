"""What becomes of a record, and whose it is."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.identifiers import new_identifier
from tmws_memory import removal
from tmws_memory.exchange.record import Grant, Record
from tmws_memory.importing import Imported, Importer
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing
from tmws_memory.settings import MemorySettings

ALICE = Principal("alice", "place", frozenset({"*"}))
EVE = Principal("eve", "place", frozenset({"memory:read", "memory:write", "memory:share"}))
Import = Callable[..., Awaitable[list[Imported]]]
Export = Callable[..., Awaitable[list[Record]]]
SOMETIME = datetime(2024, 5, 6, 7, 8, 9, 123456, UTC)


async def test_a_record_comes_back_exactly(import_records: Import, export_records: Export) -> None:
    record = Record(
        content="the build needs Node 22",
        id=new_identifier(),
        memory_type="decision",
        tags=["build", "Größe"],
        importance=0.9,
        relevance=0.1,
        context={"since": {"year": 2026}},
        source_url="https://example.com/a",
        namespace="elsewhere",
        agent_id="alice",
        access_level="shared",
        session="talk",
        summary="Node 22",
        created_at=SOMETIME,
        updated_at=SOMETIME + timedelta(days=1),
        expires_at=utc_now() + timedelta(days=9),
        version=7,
        grants=[Grant(agent_id="bob", permission="write", expires_at=utc_now()), Grant(agent_id="carol")],
    )
    (imported,) = await import_records(record)
    assert (imported.outcome, imported.memory_id, imported.renumbered) == ("stored", record.id, False)
    assert await export_records() == [record]


async def test_an_archived_record_is_archived_and_in_no_index(
    import_records: Import, export_records: Export, session: AsyncSession
) -> None:
    record = Record(content="old", id=new_identifier(), agent_id="alice", namespace="place", archived_at=SOMETIME)
    await import_records(record)
    (exported,) = await export_records(archived=True)
    assert (exported.id, exported.archived_at) == (record.id, SOMETIME)
    assert await session.scalar(select(Document.id).where(Document.memory_id == record.id)) is None


async def test_archived_twins_are_two_memories_and_duplicates_the_second_time(import_records: Import) -> None:
    twins = [Record(content="old", id=new_identifier(), archived_at=SOMETIME) for _ in range(2)]
    assert [one.outcome for one in await import_records(*twins, Record(content="old"))] == ["stored"] * 3
    assert [one.outcome for one in await import_records(*twins, Record(content="old"))] == ["duplicate"] * 3


async def test_what_is_not_said_is_filled_in(import_records: Import, export_records: Export) -> None:
    await import_records(Record(content="bare"))
    (record,) = await export_records()
    assert (record.agent_id, record.namespace, record.version) == ("alice", "place", 1)
    assert record.created_at == record.updated_at


async def test_a_memory_is_as_new_as_it_is_old_when_nothing_else_is_said(
    import_records: Import, export_records: Export
) -> None:
    await import_records(Record(content="x", created_at=SOMETIME))
    assert [record.updated_at for record in await export_records()] == [SOMETIME]


async def test_an_imported_memory_says_that_it_was_imported(import_records: Import, session: AsyncSession) -> None:
    (imported,) = await import_records(Record(content="x", session="talk"))
    memory = await session.get_one(Memory, imported.memory_id)
    assert memory.metadata_json == {"origin": "import", "session": "talk"}


async def test_the_same_text_is_stored_once(import_records: Import, export_records: Export) -> None:
    record = Record(content="x", id=new_identifier(), version=3, created_at=SOMETIME)
    await import_records(record)
    before = await export_records()
    changed = record.model_copy(update={"id": new_identifier(), "version": 9, "tags": ["new"]})
    outcomes = await import_records(record, changed)
    assert [(one.outcome, one.memory_id) for one in outcomes] == [("duplicate", record.id)] * 2
    assert await export_records() == before


async def test_the_same_text_twice_in_one_batch_is_stored_once(import_records: Import) -> None:
    assert [one.outcome for one in await import_records(Record(content="x"), Record(content="x"))] == [
        "stored",
        "duplicate",
    ]


async def test_the_same_text_in_another_namespace_is_another_memory(import_records: Import) -> None:
    await import_records(Record(content="x"))
    (imported,) = await import_records(Record(content="x", namespace="elsewhere"))
    assert imported.outcome == "stored"


async def test_an_identifier_of_another_memory_is_replaced(import_records: Import, export_records: Export) -> None:
    taken = new_identifier()
    first, second = await import_records(Record(content="first", id=taken), Record(content="second", id=taken))
    (third,) = await import_records(Record(content="third", id=taken))
    assert (first.memory_id, first.renumbered) == (taken, False)
    assert second.renumbered and third.renumbered
    assert {record.content for record in await export_records()} == {"first", "second", "third"}


async def test_a_deleted_memory_keeps_its_identifier_to_itself(import_records: Import, session: AsyncSession) -> None:
    record = Record(content="x", id=new_identifier())
    await import_records(record)
    await session.run_sync(removal.delete, ALICE, str(record.id))
    await session.flush()
    (imported,) = await import_records(record)
    assert (imported.outcome, imported.renumbered) == ("stored", True)


async def test_who_does_not_govern_hears_the_same_of_a_free_identifier_and_of_one_of_somebody_else(
    import_records: Import, session: AsyncSession
) -> None:
    taken, free = new_identifier(), new_identifier()
    await import_records(Record(content="of alice", id=taken))
    imported = await import_records(Record(content="first", id=taken), Record(content="second", id=free), principal=EVE)
    assert [(one.outcome, one.renumbered) for one in imported] == [("stored", True)] * 2
    assert {taken, free}.isdisjoint({one.memory_id for one in imported})


async def test_who_does_not_govern_keeps_the_identifiers_of_its_own(import_records: Import) -> None:
    away = Record(content="x", archived_at=SOMETIME)
    (stored,) = await import_records(away, principal=EVE)
    (again,) = await import_records(away.model_copy(update={"id": stored.memory_id}), principal=EVE)
    assert (again.outcome, again.memory_id) == ("duplicate", stored.memory_id)


async def test_who_does_not_govern_imports_archived_twins_once(import_records: Import) -> None:
    twins = [Record(content="old", id=new_identifier(), archived_at=SOMETIME) for _ in range(2)]
    first = await import_records(*twins, principal=EVE)
    again = await import_records(*twins, principal=EVE)
    assert [one.outcome for one in [*first, *again]] == ["stored"] * 2 + ["duplicate"] * 2
    assert [one.memory_id for one in again] == [one.memory_id for one in first]


async def test_another_agent_gets_other_identifiers_for_the_same_records(import_records: Import) -> None:
    record = Record(content="x", id=new_identifier())
    frank = Principal("frank", "place", EVE.scopes)
    (of_eve,), (of_frank,) = [await import_records(record, principal=who) for who in (EVE, frank)]
    assert of_eve.memory_id != of_frank.memory_id


async def test_a_namespace_that_is_given_wins(import_records: Import, export_records: Export) -> None:
    await import_records(Record(content="x", namespace="there"), namespace="here")
    assert [record.namespace for record in await export_records()] == ["here"]


async def test_what_has_expired_is_not_stored(import_records: Import, export_records: Export) -> None:
    (imported,) = await import_records(Record(content="x", expires_at=SOMETIME))
    assert (imported.outcome, imported.faults) == ("expired", ())
    assert await export_records() == []


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (Record(content="x" * 11), "11 bytes"),
        (Record(content="x", version=2**31), "2147483648"),
        (Record(content="x", created_at=datetime(1, 1, 1, tzinfo=UTC)), "year 2"),
        (Record(content="x", agent_id="me"), "3 to 64 characters"),
    ],
)
async def test_what_cannot_be_stored_is_refused_and_the_others_are_stored(
    import_records: Import, record: Record, told: str
) -> None:
    settings = MemorySettings.model_validate({"max_content_bytes": 10})
    before, refused, after = await import_records(Record(content="a"), record, Record(content="b"), settings=settings)
    assert (before.outcome, refused.outcome, after.outcome) == ("stored", "refused", "stored")
    assert told in refused.faults[0]


async def test_only_who_governs_imports_at_the_level_system(import_records: Import) -> None:
    record = Record(content="x", access_level="system")
    (refused,) = await import_records(record, principal=EVE)
    (stored,) = await import_records(record)
    assert (refused.outcome, stored.outcome) == ("refused", "stored")
    assert "memory:govern" in refused.faults[0]


async def test_who_governs_leaves_memories_to_their_authors(import_records: Import, export_records: Export) -> None:
    await import_records(Record(content="x", agent_id="dave"))
    assert await export_records() == []
    assert [record.agent_id for record in await export_records(Principal("dave", "place"))] == ["dave"]


async def test_an_author_who_is_not_known_is_registered(import_records: Import, session: AsyncSession) -> None:
    await import_records(Record(content="x", agent_id="dave", namespace="there"))
    assert await session.scalar(select(Agent.namespace).where(Agent.agent_id == "dave")) == "there"


@pytest.mark.parametrize(("principal", "options"), [(EVE, {}), (ALICE, {"keep_authors": False})])
async def test_otherwise_the_importer_owns_them_and_the_author_is_a_fact(
    import_records: Import, session: AsyncSession, principal: Principal, options: dict[str, bool]
) -> None:
    (imported,) = await import_records(Record(content="x", agent_id="dave"), principal=principal, **options)
    memory = await session.get_one(Memory, imported.memory_id)
    assert (memory.agent_id, memory.metadata_json["author"]) == (principal.agent_id, "dave")
    assert await session.scalar(select(Agent.id).where(Agent.agent_id == "dave")) is None


async def test_a_grant_to_somebody_unknown_is_left_out_and_told(import_records: Import, session: AsyncSession) -> None:
    grants = [Grant(agent_id="nobody-here"), Grant(agent_id="metis-developer", permission="write")]
    (imported,) = await import_records(Record(content="x", grants=grants), principal=EVE)
    assert imported.outcome == "stored"
    assert imported.faults == ("it is not shared with 'nobody-here': there is no agent 'nobody-here'",)
    given = (await session.scalars(select(Sharing))).all()
    assert [(one.shared_with_agent_id, one.permission) for one in given] == [("metis-developer", "write")]


async def test_the_agents_of_a_memory_are_those_of_its_grants(import_records: Import, session: AsyncSession) -> None:
    grants = [Grant(agent_id="carol"), Grant(agent_id="bob"), Grant(agent_id="alice")]
    (imported,) = await import_records(Record(content="x", grants=grants))
    memory = await session.get_one(Memory, imported.memory_id)
    assert memory.shared_with_agents == ["bob", "carol"]


async def test_who_may_not_share_imports_without_grants(import_records: Import, session: AsyncSession) -> None:
    principal = Principal("eve", "place", frozenset({"memory:write"}))
    record = Record(content="x", grants=[Grant(agent_id="metis-developer")])
    (imported,) = await import_records(record, principal=principal)
    assert "memory:share" in imported.faults[0]
    assert (await session.scalars(select(Sharing))).all() == []


async def test_a_grant_in_a_duplicate_is_not_given(import_records: Import, session: AsyncSession) -> None:
    record = Record(content="x")
    await import_records(record)
    (imported,) = await import_records(
        record.model_copy(update={"grants": [Grant(agent_id="nobody-here")]}), principal=ALICE
    )
    assert (imported.outcome, imported.faults) == ("duplicate", ())
    assert (await session.scalars(select(Sharing))).all() == []


async def test_facts_that_are_too_large_are_refused(session: AsyncSession) -> None:
    (imported,) = await session.run_sync(
        Importer(ALICE, MemorySettings.model_validate({})).store, [Record(content="a", context={"x": "y" * 40_000})]
    )
    assert imported.outcome == "refused"
    assert "context has 40008 bytes" in imported.faults[0]
