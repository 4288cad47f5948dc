"""A database of the first revision, filled with memories, is upgraded by the start of a server."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, Table, select, text
from sqlalchemy.orm import Session

from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.assembly import Assembly
from tmws_core.history import History
from tmws_core.schema.engine import database_urls, schema_engine
from tmws_core.schema.migration import run_revisions
from tmws_core.schema.registry import record_applied
from tmws_core.settings import Settings
from tmws_memory import index, migrations
from tmws_memory.draft import digest
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory

CallTool = Callable[..., Awaitable[dict[str, Any]]]

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
# in the order in which they were stored
MEMORIES: list[dict[str, Any]] = [
    {"content": "The running tortoise 東京に行く?", "tags": ["Größe", "pets"], "context": {"a": [1]}},
    {"content": "[8 May] Ann: I keep a hare", "memory_type": "talk", "source_url": "https://example.com"},
    {"content": "public hedgehog", "access_level": "public", "agent_id": "bob", "importance_score": 0.9},
    {"content": "secret hedgehog", "access_level": "private", "agent_id": "bob"},
    {"content": "team badger", "access_level": "team", "agent_id": "bob"},
    {"content": "shared badger", "access_level": "shared", "shared_with_agents": ["bob"]},
    {"content": "system rule", "access_level": "system", "metadata": {"note": 1}},
    {"content": "twice", "tags": ["first"]},
    {"content": "twice", "tags": ["second"]},
    {"content": "twice", "tags": ["third"]},
    {"content": "twice", "agent_id": "bob"},
    {"content": "twice", "namespace": "elsewhere"},
    {"content": "thrown away", "deleted_at": LONG_AGO + DAY, "tags": ["first"]},
    {"content": "thrown away", "deleted_at": LONG_AGO + DAY, "tags": ["second"]},
    {"content": "thrown away", "tags": ["third"]},
    {"content": "over and anew", "expires_at": LONG_AGO + DAY, "tags": ["over"]},
    {"content": "over and anew", "tags": ["anew"]},
    {"content": " ".join(f"word{number:06}" for number in range(90_000))},
    {"content": "embedded", "embedding_status": "ready", "embedding_model": "old", "embedding_dimension": 3},
]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    variables = {"TMWS_MEMORY_EMBEDDINGS": "false"}
    return Settings(variables, home=tmp_path, database_url=database_url, plugins="agents,memory", strict=True)


@pytest.fixture
def former(settings: Settings, database_url: str, alice: Principal, bob: Principal) -> list[dict[str, Any]]:
    """The rows of a database of the first revision."""
    assembly = Assembly(settings)
    assembly.schema.apply([record for record in assembly.active if record.name != "memory"], strict=True)
    url, _ = database_urls(database_url)
    with schema_engine(url).connect() as connection, connection.begin():
        run_revisions(connection, History.of(migrations).revisions[:1])
        record_applied(connection, [record for record in assembly.active if record.name == "memory"])
        connection.execute(text("UPDATE tmws_plugins SET revision = 'memory_0001' WHERE plugin = 'memory'"))
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            ensure_registered(session, alice)
            ensure_registered(session, bob)
            session.commit()
        _fill(connection)
        return _rows(connection)


@pytest.fixture
async def application(settings: Settings, former: list[dict[str, Any]]) -> AsyncIterator[Application]:
    """The application that has upgraded it."""
    async with Application(settings) as opened:
        yield opened


def _fill(connection: Connection) -> None:
    memories = Table("memories", MetaData(), autoload_with=connection)
    documents = Table("tmws_memory_documents", MetaData(), autoload_with=connection)
    known = {"agent_id": "alice", "namespace": "place"}
    for number, values in enumerate(MEMORIES):
        row = known | values | {"id": f"01a20d32-1e4b-76a7-aea4-{number:012}", "created_at": LONG_AGO + number * DAY}
        connection.execute(memories.insert().values(content_hash=digest(values["content"]), **row))
        if "deleted_at" not in values:
            document = {"memory_id": row["id"], "namespace_token": "ns", "body": values["content"][:1000]}
            connection.execute(documents.insert().values(document))


def _rows(connection: Connection) -> list[dict[str, Any]]:
    memories = Table("memories", MetaData(), autoload_with=connection)
    rows = connection.execute(select(memories).order_by(memories.c.id)).mappings()
    return [dict(row) for row in rows]


async def present(application: Application, content: str) -> list[list[str]]:
    """The tags of the memories with a text that are present."""
    found = select(Memory.tags).where(
        Memory.content == content, Memory.agent_id == "alice", Memory.namespace == "place"
    )
    there = found.where(Memory.deleted_at.is_(None), Memory.archived_at.is_(None)).order_by(Memory.id)
    async with application.database.session(read_only=True) as session:
        return list(await session.scalars(there))


async def listed(call: CallTool, state: str, tag: str) -> str:
    """The identifier of the only memory in a state that has a tag."""
    (memory,) = (await call("memory_list", state=state, tags=[tag]))["memories"]
    return str(memory["id"])


async def test_nothing_that_was_stored_is_lost(
    application: Application, former: list[dict[str, Any]], database_url: str
) -> None:
    url, _ = database_urls(database_url)
    with schema_engine(url).connect() as connection:
        rows = _rows(connection)
    derived = {"archived_at", "embedding_status", "embedding_model", "embedding_dimension"}
    assert [{key: row[key] for key in row.keys() - derived} for row in rows] == [
        {key: row[key] for key in row.keys() - derived} for row in former
    ]


async def test_the_documents_are_those_that_the_plugin_writes_itself(application: Application) -> None:
    columns = (
        Document.memory_id,
        Document.session_token,
        Document.position,
        Document.asks,
        Document.speaker,
        Document.scope,
        Document.body,
    )

    def documents(session: Session) -> list[tuple[object, ...]]:
        return [tuple(row) for row in session.execute(select(*columns).order_by(Document.memory_id))]

    async with application.database.session(read_only=False) as session:
        migrated = await session.run_sync(documents)
        memories = (
            await session.scalars(select(Memory).where(Memory.deleted_at.is_(None), Memory.archived_at.is_(None)))
        ).all()
        await session.run_sync(index.remove, [memory.id for memory in memories])
        await session.run_sync(index.add, memories)
        assert migrated == await session.run_sync(documents)


@pytest.mark.parametrize("question", ["tortoise", "runs", "東京", "größe", "pets"])
async def test_what_was_remembered_is_found(application: Application, call: CallTool, question: str) -> None:
    (hit,) = (await call("memory_search", query=question))["hits"]
    assert hit["memory"]["content"] == MEMORIES[0]["content"]


async def test_a_search_finds_of_others_what_is_open(application: Application, call: CallTool) -> None:
    hits = (await call("memory_search", query="hedgehog badger"))["hits"]
    assert {hit["memory"]["content"] for hit in hits} == {"public hedgehog", "team badger", "shared badger"}


async def test_of_several_that_say_the_same_the_oldest_stays(application: Application) -> None:
    assert await present(application, "twice") == [["first"]]


async def test_the_same_text_of_others_and_elsewhere_stays(application: Application, call: CallTool) -> None:
    bob = Principal("bob", "place", frozenset({"*"}))
    for page in await call("memory_list", bob, agent_id="bob"), await call("memory_list", namespace="elsewhere"):
        assert "twice" in [memory["content"] for memory in page["memories"]]


async def test_the_others_that_say_the_same_can_be_restored(application: Application, call: CallTool) -> None:
    third = await listed(call, "archived", "third")
    await call("memory_delete", memory_id=await listed(call, "present", "first"))
    await call("memory_restore", memory_id=third)
    assert (await call("memory_get", memory_id=third))["content"] == "twice"


async def test_what_was_deleted_can_be_restored(application: Application, call: CallTool) -> None:
    page = await call("memory_list", state="deleted")
    assert [memory["content"] for memory in page["memories"]] == ["thrown away"] * 2
    (there,) = [one for one in (await call("memory_list", tags=["third"]))["memories"] if "away" in one["content"]]
    await call("memory_delete", memory_id=there["id"])
    restored = page["memories"][0]["id"]
    await call("memory_restore", memory_id=restored)
    assert (await call("memory_get", memory_id=restored))["tags"] == ["second"]


async def test_what_has_expired_does_not_take_the_place_of_what_lives(application: Application) -> None:
    assert await present(application, "over and anew") == [["anew"]]


async def test_what_said_to_be_embedded_waits_for_a_vector(application: Application) -> None:
    async with application.database.session(read_only=True) as session:
        columns = Memory.embedding_status, Memory.embedding_model, Memory.embedding_dimension
        found = await session.execute(select(*columns).distinct())
    assert [tuple(row) for row in found] == [("pending", None, None)]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_the_full_text_index_is_whole(application: Application) -> None:
    async with application.database.session(read_only=False) as session:
        await session.execute(
            text("INSERT INTO tmws_memory_search(tmws_memory_search, rank) VALUES ('integrity-check', 1)")
        )
