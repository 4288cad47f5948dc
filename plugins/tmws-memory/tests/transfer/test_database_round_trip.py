"""Whatever is exported, wiped and imported is exported again byte for byte."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, delete, event
from sqlalchemy.orm import Session

from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.database.pragmas import WRITER
from tmws_core.schema.engine import database_urls
from tmws_memory.exchange import jsonl, markdown
from tmws_memory.exchange.record import Grant, Record
from tmws_memory.exporting import Selection, order, page
from tmws_memory.importing import Importer
from tmws_memory.models.memory import Memory
from tmws_memory.settings import MemorySettings

ALICE = Principal("alice", "place", frozenset({"*"}))
SOME = settings(max_examples=15, deadline=None, database=None)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["---\n", "a\r\nb", "\u2028", "\x85", "🐢", "é", "title: x\n", "{{x}}", "1e5", "no", '"', "\\", "\x1b[0m"]
)
GRANTEES = ["bob", "carol", "a.b-c_d", "000"]
SAFE_NUMBERS = st.integers(-(2**53), 2**53) | st.floats(-(2.0**53), 2.0**53)  # JSON of PostgreSQL is decimal
JSON = st.recursive(
    st.none() | st.booleans() | SAFE_NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
PAST = st.datetimes(datetime(1970, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))
FUTURE = st.datetimes(datetime(2200, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))
GRANTS = st.builds(
    Grant,
    agent_id=st.sampled_from(GRANTEES),
    permission=st.sampled_from(["read", "write", "delete"]),
    expires_at=st.none() | PAST | FUTURE,
)
RECORDS = st.builds(
    Record,
    content=TEXT.filter(bool),
    id=st.uuids().map(str),
    memory_type=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,63}", fullmatch=True),
    tags=st.lists(TEXT, max_size=4),
    importance=st.floats(0, 1),
    relevance=st.floats(0, 1),
    context=st.dictionaries(TEXT, JSON, max_size=3),
    source_url=st.none() | TEXT,
    namespace=TEXT.filter(bool),
    agent_id=st.just("alice"),
    access_level=st.sampled_from(["private", "team", "shared", "public", "system"]),
    session=st.none() | TEXT.filter(bool),
    summary=st.none() | TEXT,
    created_at=PAST,
    updated_at=PAST,
    expires_at=st.none() | FUTURE,
    archived_at=st.none() | PAST,
    version=st.integers(1, 2**31 - 1),
    grants=st.lists(GRANTS, max_size=3, unique_by=lambda grant: grant.agent_id),
)
SEVERAL = st.lists(RECORDS, max_size=6, unique_by=lambda record: (record.namespace, record.content))


@pytest.fixture
def engine(filled_database_url: str) -> Iterator[Engine]:
    made = create_engine(database_urls(filled_database_url)[0])
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", lambda driver, _record: driver.executescript(";".join(WRITER)))
    with Session(made) as session:
        for name in GRANTEES:
            ensure_registered(session, Principal(name, "place"))
        session.commit()
    yield made
    made.dispose()


def exported(session: Session) -> list[Record]:
    """Everything of alice."""
    selection = Selection(archived=True)
    return records_in(page(session, ALICE, selection, order(session, ALICE, selection)))


def records_in(items: Sequence[object]) -> list[Record]:
    """The items, which are all records."""
    records = [item for item in items if isinstance(item, Record)]
    assert len(records) == len(items)
    return records


def refill(engine: Engine, records: Sequence[Record]) -> list[Record]:
    """Wipe the database, import into it, and export it."""
    with Session(engine) as session:
        session.execute(delete(Memory))
        outcomes = Importer(ALICE, MemorySettings.model_validate({})).store(session, records)
        session.commit()
        assert {(one.outcome, one.faults) for one in outcomes} <= {("stored", ())}
        return exported(session)


def in_order(records: Iterable[Record]) -> list[Record]:
    """Records by their moments and identifiers, and their grants by the agents."""
    ordered = [
        record.model_copy(update={"grants": sorted(record.grants, key=lambda grant: grant.agent_id)})
        for record in records
    ]
    return sorted(ordered, key=lambda record: (record.created_at, record.id))


def write_jsonl(path: Path, records: Sequence[Record]) -> bytes:
    with jsonl.writing(path) as write:
        for record in records:
            write(record)
    return path.read_bytes()


def write_markdown(folder: Path, records: Sequence[Record]) -> dict[Path, bytes]:
    folder.mkdir()
    for record in records:
        markdown.write(folder, record)
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*.md")}


def test_every_field_survives_the_database(engine: Engine) -> None:
    @SOME
    @given(records=SEVERAL)
    def check(records: list[Record]) -> None:
        assert in_order(refill(engine, records)) == in_order(records)

    check()


def test_jsonl_is_the_same_after_wiping_and_importing(engine: Engine) -> None:
    @SOME
    @given(records=SEVERAL)
    def check(records: list[Record]) -> None:
        with TemporaryDirectory() as folder:
            first, second = Path(folder, "first.jsonl"), Path(folder, "second.jsonl")
            written = write_jsonl(first, refill(engine, records))
            assert write_jsonl(second, refill(engine, records_in(list(jsonl.read(first))))) == written

    check()


def test_a_markdown_folder_is_the_same_after_wiping_and_importing(engine: Engine) -> None:
    @SOME
    @given(records=SEVERAL)
    def check(records: list[Record]) -> None:
        with TemporaryDirectory() as folder:
            first, second = Path(folder, "first"), Path(folder, "second")
            written = write_markdown(first, refill(engine, records))
            assert write_markdown(second, refill(engine, records_in(list(markdown.read(first))))) == written

    check()


def test_the_same_file_again_changes_nothing(engine: Engine) -> None:
    @SOME
    @given(records=SEVERAL)
    def check(records: list[Record]) -> None:
        before = refill(engine, records)
        with Session(engine) as session:
            outcomes = Importer(ALICE, MemorySettings.model_validate({})).store(session, before)
            session.commit()
            assert {one.outcome for one in outcomes} <= {"duplicate"}
            assert exported(session) == before

    check()
