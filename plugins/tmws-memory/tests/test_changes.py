"""What a change does, what it leaves as it was, and when it is refused."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.identifiers import new_identifier
from tmws_core.pipeline import Call
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, NotFound, PermissionDenied, ToolError
from tmws_memory import changes
from tmws_memory.draft import Draft
from tmws_memory.grants import share
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.models.version import Version
from tmws_memory.removal import delete, restore
from tmws_memory.scope import open_audience
from tmws_memory.settings import MemorySettings
from tmws_memory.storage import store

CallTool = Callable[..., Awaitable[dict[str, Any]]]
Remember = Callable[..., Awaitable[str]]
Change = Callable[..., Awaitable[Memory]]

PAST = timedelta(minutes=-1)


@pytest.fixture
def environment() -> dict[str, str]:
    """Nothing is written in the background."""
    return {"TMWS_MEMORY_EMBEDDINGS": "false"}


@pytest.fixture
def change(session: AsyncSession, alice: Principal) -> Change:
    """Changes a memory, as alice unless another caller is given."""

    async def change(memory_id: str, principal: Principal = alice, **arguments: Any) -> Memory:
        known = {"ttl_days", "expected_version", "settings"}
        options = {"settings": MemorySettings.model_validate({})} | {
            name: arguments[name] for name in known & arguments.keys()
        }
        columns = {name: value for name, value in arguments.items() if name not in known}
        return await session.run_sync(changes.update, principal, memory_id, columns, **options)

    return change


async def versions(session: AsyncSession) -> list[int]:
    return list(await session.scalars(select(Version.version).order_by(Version.version)))


async def test_a_change_changes_what_is_given_alone(session: AsyncSession, remember: Remember, change: Change) -> None:
    memory_id = await remember("before", tags=["a"], context={"a": 1}, source_url="x", importance=0.1)
    await change(memory_id, content="after")
    await session.flush()
    session.expire_all()
    memory = await session.get_one(Memory, memory_id)
    assert (memory.content, memory.tags, memory.context) == ("after", ["a"], {"a": 1})
    assert (memory.source_url, memory.importance_score, memory.version) == ("x", 0.1, 2)


async def test_tags_and_facts_can_be_emptied(remember: Remember, change: Change) -> None:
    memory = await change(await remember(tags=["a"], context={"a": 1}), tags=[], context={})
    assert (memory.tags, memory.context) == ([], {})


async def test_a_changed_text_has_a_digest_of_its_own(
    session: AsyncSession, remember: Remember, change: Change
) -> None:
    await change(await remember("before"), content="after")
    assert await session.scalar(select(Memory.content_hash)) == sha256(b"after").hexdigest()


async def test_a_changed_text_waits_for_its_vector_and_has_no_summary(
    session: AsyncSession, remember: Remember, change: Change
) -> None:
    memory_id = await remember("before", summary="b")
    await session.execute(update(Memory).values(embedding_status="ready"))
    memory = await change(memory_id, content="after")
    assert (memory.embedding_status, memory.summary) == ("pending", None)


async def test_other_changes_leave_the_vector_and_the_summary(
    session: AsyncSession, remember: Remember, change: Change
) -> None:
    memory_id = await remember("before", summary="b")
    await session.execute(update(Memory).values(embedding_status="ready"))
    memory = await change(memory_id, tags=["a"])
    assert (memory.embedding_status, memory.summary) == ("ready", "b")


async def test_a_change_changes_the_index(session: AsyncSession, remember: Remember, change: Change) -> None:
    memory_id = await remember("before", tags=["a"])
    scope = await session.scalar(select(Document.scope))
    await change(memory_id, content="after", tags=["b"])
    document = (await session.execute(select(Document.body, Document.scope))).one()
    assert document.body == "after b"
    assert document.scope != scope


async def test_a_changed_memory_keeps_its_place_in_its_session(
    session: AsyncSession, remember: Remember, change: Change
) -> None:
    first = await remember("first", session="talk")
    await remember("second", session="talk")
    await change(first, content="changed")
    placed = await session.execute(select(Document.body, Document.position).order_by(Document.position))
    assert [tuple(row) for row in placed] == [("changed", 1), ("second", 2)]


async def test_a_change_to_what_it_is_already_is_none(
    session: AsyncSession, remember: Remember, change: Change
) -> None:
    memory = await change(await remember("same", tags=["a"]), content="same", tags=["a"])
    assert memory.version == 1
    assert await versions(session) == []


async def test_the_former_version_is_kept(session: AsyncSession, remember: Remember, change: Change) -> None:
    memory_id = await remember(
        "before", tags=["a"], context={"a": 1}, source_url="x", importance=0.1, memory_type="fact", access_level="team"
    )
    await change(memory_id, content="after", tags=[], context={}, memory_type="rule", access_level="public")
    former = await session.get_one(Version, (memory_id, 1))
    assert (former.content, former.tags, former.context, former.source_url) == ("before", ["a"], {"a": 1}, "x")
    assert (former.importance_score, former.memory_type, former.access_level) == (0.1, "fact", "team")


async def test_a_former_version_tells_who_replaced_it(
    session: AsyncSession, remember: Remember, change: Change, alice: Principal, bob: Principal
) -> None:
    memory_id = await remember("before")
    await remember("something", bob)
    await session.run_sync(share, alice, memory_id, "bob", "write", None)
    await change(memory_id, bob, content="after")
    assert (await session.get_one(Version, (memory_id, 1))).replaced_by == "bob"


async def test_only_the_newest_versions_are_kept(session: AsyncSession, remember: Remember, change: Change) -> None:
    memory_id = await remember("0")
    for number in range(1, 6):
        await change(memory_id, content=str(number), settings=MemorySettings.model_validate({"versions_kept": 2}))
    kept = await session.execute(select(Version.version, Version.content).order_by(Version.version))
    assert [tuple(row) for row in kept] == [(4, "3"), (5, "4")]


async def test_versions_of_which_none_was_kept_do_not_count(
    session: AsyncSession, remember: Remember, change: Change, alice: Principal
) -> None:
    memory_id, settings = await remember("0"), MemorySettings.model_validate({"versions_kept": 2})
    await change(memory_id, content="1", settings=settings)
    await session.run_sync(delete, alice, memory_id)
    await session.run_sync(restore, alice, memory_id)
    await change(memory_id, content="2", settings=settings)
    kept = await session.scalars(select(Version.content).order_by(Version.version))
    assert kept.all() == ["0", "1"]


async def test_no_version_need_be_kept(session: AsyncSession, remember: Remember, change: Change) -> None:
    await change(
        await remember("before"), content="after", settings=MemorySettings.model_validate({"versions_kept": 0})
    )
    assert await versions(session) == []


async def test_a_change_of_the_version_that_was_read_goes_through(remember: Remember, change: Change) -> None:
    memory = await change(await remember("before"), content="after", expected_version=1)
    assert memory.version == 2


@pytest.mark.parametrize("version", [1, 3])
async def test_a_change_of_another_version_is_a_conflict(
    session: AsyncSession, remember: Remember, change: Change, version: int
) -> None:
    memory_id = await remember("before")
    await change(memory_id, content="after")
    with pytest.raises(AlreadyChanged, match=f"at version 2, not {version}") as refused:
        await change(memory_id, content="late", expected_version=version)
    assert refused.value.details == {"version": 2}
    assert await session.scalar(select(Memory.content)) == "after"


async def test_a_stale_change_is_a_conflict_even_when_it_changes_nothing(remember: Remember, change: Change) -> None:
    with pytest.raises(AlreadyChanged):
        await change(await remember("same"), content="same", expected_version=7)


async def test_the_text_of_another_memory_is_a_conflict_that_names_it(remember: Remember, change: Change) -> None:
    twin = await remember("taken")
    with pytest.raises(AlreadyChanged, match="has that text already") as refused:
        await change(await remember("before"), content="taken")
    assert refused.value.details == {"memory_id": twin}


async def test_the_text_of_somebody_else_can_be_taken(remember: Remember, change: Change, bob: Principal) -> None:
    await remember("taken", bob)
    memory = await change(await remember("before"), content="taken")
    assert memory.content == "taken"


async def test_the_text_of_an_expired_memory_can_be_taken(
    session: AsyncSession, remember: Remember, change: Change
) -> None:
    await remember("taken", expires_at=utc_now() + PAST)
    memory = await change(await remember("before"), content="taken")
    assert (await session.scalars(select(Document.memory_id))).all() == [memory.id]


async def test_what_is_not_there_is_not_changed(change: Change) -> None:
    with pytest.raises(NotFound):
        await change(new_identifier(), content="x")


async def test_who_cannot_read_hears_of_no_memory(remember: Remember, change: Change, bob: Principal) -> None:
    memory_id = await remember()
    with pytest.raises(NotFound):
        await change(memory_id, bob, content="mine", expected_version=7)


async def test_who_can_only_read_is_refused(remember: Remember, change: Change, bob: Principal) -> None:
    memory_id = await remember(access_level="public")
    with pytest.raises(PermissionDenied, match="may not change memory"):
        await change(memory_id, bob, content="mine")


@pytest.mark.parametrize("what", [{"access_level": "public"}, {"ttl_days": 1.0}])
async def test_who_may_write_does_not_say_who_may_read(
    session: AsyncSession, remember: Remember, change: Change, alice: Principal, bob: Principal, what: dict[str, Any]
) -> None:
    memory_id = await remember()
    await remember("something", bob)
    await session.run_sync(share, alice, memory_id, "bob", "delete", None)
    with pytest.raises(PermissionDenied, match="may not change who may read"):
        await change(memory_id, bob, **what)


async def test_a_lifetime_begins_at_the_change(remember: Remember, change: Change) -> None:
    before = utc_now()
    memory = await change(await remember(), ttl_days=2.0)
    assert memory.expires_at is not None
    assert timedelta(days=2) <= memory.expires_at - before < timedelta(days=2, minutes=1)


async def test_a_lifetime_is_measured_at_the_new_level(remember: Remember, change: Change) -> None:
    memory_id = await remember()
    with pytest.raises(InvalidArguments, match="'public' may live 30 days"):
        await change(memory_id, access_level="public", ttl_days=31.0)


async def test_a_level_does_not_suit_what_lives_longer(remember: Remember, change: Change) -> None:
    memory_id = await remember(expires_at=utc_now() + timedelta(days=100))
    with pytest.raises(InvalidArguments, match="at the level 'public' it may live 30 days"):
        await change(memory_id, access_level="public")


async def test_a_level_that_is_opened_is_in_the_scope(
    session: AsyncSession, remember: Remember, change: Change
) -> None:
    memory_id = await remember()
    audience = open_audience(str(await session.scalar(select(Memory.namespace).where(Memory.id == memory_id))))
    await change(memory_id, access_level="public")
    assert audience in str(await session.scalar(select(Document.scope))).split()
    await change(memory_id, access_level="private")
    assert audience not in str(await session.scalar(select(Document.scope))).split()


async def test_of_two_changes_to_one_version_one_wins(
    application: Application, other_process: Application, alice: Principal, call: CallTool
) -> None:
    stored = await call("memory_store", content="before")
    arguments = {"memory_id": stored["id"], "expected_version": 1}
    outcomes = await asyncio.gather(
        application.pipeline.call_tool(Call(alice, "mcp"), "memory_update", arguments | {"content": "first"}),
        other_process.pipeline.call_tool(Call(alice, "mcp"), "memory_update", arguments | {"content": "second"}),
        return_exceptions=True,
    )
    (won,) = [outcome for outcome in outcomes if isinstance(outcome, dict)]
    (lost,) = [outcome for outcome in outcomes if isinstance(outcome, ToolError)]
    assert (lost.code, won["version"]) == ("conflict", 2)
    assert (await call("memory_get", memory_id=stored["id"]))["version"] == 2


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_a_change_that_waited_for_another_one_is_a_conflict(
    application: Application, other_process: Application, alice: Principal, call: CallTool
) -> None:
    stored = await call("memory_store", content="before")
    async with application.database.session(read_only=False) as first:
        await first.run_sync(
            changes.update, alice, stored["id"], {"content": "first"}, settings=MemorySettings.model_validate({})
        )
        await first.flush()
        late = {"memory_id": stored["id"], "content": "second"}
        second = asyncio.create_task(other_process.pipeline.call_tool(Call(alice, "mcp"), "memory_update", late))
        await _until_something_waits_for_a_lock(application)
        await first.commit()
    with pytest.raises(AlreadyChanged):
        await second
    assert (await call("memory_get", memory_id=stored["id"]))["content"] == "first"


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_a_text_that_another_process_is_storing_is_a_conflict(
    application: Application, other_process: Application, alice: Principal, call: CallTool
) -> None:
    stored = await call("memory_store", content="before")
    async with application.database.session(read_only=False) as first:
        (twin,) = await first.run_sync(store, alice, [Draft(content="taken", namespace="place")])
        change = {"memory_id": stored["id"], "content": "taken"}
        second = asyncio.create_task(other_process.pipeline.call_tool(Call(alice, "mcp"), "memory_update", change))
        await _until_something_waits_for_a_lock(application)
        await first.commit()
    with pytest.raises(AlreadyChanged) as refused:
        await second
    assert refused.value.details == {"memory_id": twin.memory.id}


async def _until_something_waits_for_a_lock(application: Application) -> None:
    """Ask PostgreSQL until a session of this database is blocked by another one."""
    waiters = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with application.database.writer.connect() as connection:
        while not await connection.scalar(text(waiters)):
            await connection.rollback()
