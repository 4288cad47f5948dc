"""To delete and to archive, to undo both, and to remove for good."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.identifiers import new_identifier
from tmws_core.tool_errors import AlreadyChanged, NotFound, PermissionDenied
from tmws_memory import changes
from tmws_memory.access import readable
from tmws_memory.grants import share
from tmws_memory.lifecycle import steps
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing
from tmws_memory.models.vector import Vector
from tmws_memory.models.version import Version
from tmws_memory.removal import archive, delete, restore
from tmws_memory.settings import MemorySettings

Remember = Callable[..., Awaitable[str]]

MINUTE = timedelta(minutes=1)


async def is_there(session: AsyncSession, principal: Principal) -> bool:
    return await session.scalar(select(Memory.id).where(readable(principal))) is not None


async def count(session: AsyncSession, model: type[object]) -> int:
    return await session.scalar(select(func.count()).select_from(model)) or 0


def purge(session: Session, deleted_before: datetime, most: int) -> int:
    """Let maintenance remove what was deleted before a moment, as if none of it were kept."""
    (step,) = (
        one for one in steps(deleted_before, MemorySettings.model_validate({"undo_days": 0})) if one.name == "purged"
    )
    return len(step.take(session, most))


async def put_away(session: AsyncSession, memory_id: str) -> None:
    await session.run_sync(archive, [await session.get_one(Memory, memory_id)])


async def test_a_deleted_memory_is_not_there_for_its_owner(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    await session.run_sync(delete, alice, await remember())
    assert not await is_there(session, alice)


async def test_a_deleted_memory_is_not_in_the_index(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    await session.run_sync(delete, alice, await remember())
    assert await count(session, Document) == 0


async def test_a_deleted_memory_has_no_vector(session: AsyncSession, remember: Remember, alice: Principal) -> None:
    memory_id = await remember()
    session.add(Vector(memory_id=memory_id, namespace_token="n", model="m", revision=1, vector=b"x"))
    await session.run_sync(delete, alice, memory_id)
    vector, revision = (await session.execute(select(Vector.vector, Vector.revision))).one()
    assert vector is None
    assert revision > 1


async def test_a_memory_is_deleted_once(session: AsyncSession, remember: Remember, alice: Principal) -> None:
    memory_id = await remember()
    await session.run_sync(delete, alice, memory_id)
    with pytest.raises(NotFound):
        await session.run_sync(delete, alice, memory_id)


async def test_what_is_not_there_is_not_deleted(session: AsyncSession, alice: Principal) -> None:
    with pytest.raises(NotFound):
        await session.run_sync(delete, alice, new_identifier())


async def test_who_cannot_read_hears_of_no_memory(session: AsyncSession, remember: Remember, bob: Principal) -> None:
    with pytest.raises(NotFound):
        await session.run_sync(delete, bob, await remember())


async def test_who_can_only_read_does_not_delete(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal
) -> None:
    with pytest.raises(PermissionDenied, match="may not delete memory"):
        await session.run_sync(delete, bob, await remember(access_level="public"))
    assert await is_there(session, alice)


async def test_who_was_granted_it_deletes(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal
) -> None:
    memory_id = await remember()
    await remember("something", bob)
    await session.run_sync(share, alice, memory_id, "bob", "delete", None)
    await session.run_sync(delete, bob, memory_id)
    assert not await is_there(session, alice)


async def test_what_another_has_deleted_its_owner_restores(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal
) -> None:
    memory_id = await remember()
    await remember("something", bob)
    await session.run_sync(share, alice, memory_id, "bob", "delete", None)
    await session.run_sync(delete, bob, memory_id)
    with pytest.raises(NotFound):
        await session.run_sync(restore, bob, memory_id)
    await session.run_sync(restore, alice, memory_id)
    assert await is_there(session, alice)


async def test_an_archived_memory_is_not_there_and_not_in_the_index(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    await put_away(session, await remember())
    assert not await is_there(session, alice)
    assert await count(session, Document) == 0


async def test_nothing_is_archived_of_nothing(session: AsyncSession) -> None:
    await session.run_sync(archive, [])
    assert await count(session, Document) == 0


@pytest.mark.parametrize("way", ["deleted", "archived"])
async def test_what_is_restored_is_there_and_in_the_index(
    session: AsyncSession, remember: Remember, alice: Principal, way: str
) -> None:
    memory_id = await remember("the tortoise", session="talk")
    if way == "deleted":
        await session.run_sync(delete, alice, memory_id)
    else:
        await put_away(session, memory_id)
    await session.run_sync(restore, alice, memory_id)
    assert await is_there(session, alice)
    document = (await session.scalars(select(Document))).one()
    assert (document.memory_id, document.body) == (memory_id, "the tortoise")
    assert document.session_token is not None


async def test_what_is_restored_waits_for_its_vector(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    memory_id = await remember()
    await session.execute(update(Memory).values(embedding_status="ready"))
    await session.run_sync(delete, alice, memory_id)
    assert (await session.run_sync(restore, alice, memory_id)).embedding_status == "pending"


async def test_what_was_never_away_is_not_restored(session: AsyncSession, remember: Remember, alice: Principal) -> None:
    with pytest.raises(NotFound):
        await session.run_sync(restore, alice, await remember())


async def test_what_expired_while_it_was_away_is_restored_without_an_end(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    memory_id = await remember()
    await session.run_sync(delete, alice, memory_id)
    await session.execute(update(Memory).values(expires_at=utc_now() - MINUTE))
    session.expire_all()
    assert (await session.run_sync(restore, alice, memory_id)).expires_at is None
    assert await is_there(session, alice)


async def test_what_was_remembered_again_is_not_restored_beside_it(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    memory_id = await remember()
    await session.run_sync(delete, alice, memory_id)
    await remember()
    with pytest.raises(AlreadyChanged, match="has that text already"):
        await session.run_sync(restore, alice, memory_id)


async def test_what_was_remembered_again_and_expired_makes_room(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    memory_id = await remember()
    await session.run_sync(delete, alice, memory_id)
    await remember(expires_at=utc_now() - MINUTE)
    await session.run_sync(restore, alice, memory_id)
    assert (await session.scalars(select(Document.memory_id))).all() == [memory_id]


async def test_what_is_purged_is_gone_with_everything_that_belongs_to_it(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal
) -> None:
    kept = await remember("hare", bob)
    memory_id = await remember("tortoise")
    session.add(Vector(memory_id=memory_id, namespace_token="n", model="m", revision=1, vector=b"x"))
    await session.run_sync(share, alice, memory_id, "bob", "read", None)
    await session.run_sync(
        changes.update, alice, memory_id, {"content": "turtle"}, settings=MemorySettings.model_validate({})
    )
    await session.run_sync(delete, alice, memory_id)
    assert await session.run_sync(purge, utc_now() + MINUTE, 10) == 1
    assert (await session.scalars(select(Memory.id))).all() == [kept]
    assert (await session.scalars(select(Document.memory_id))).all() == [kept]
    assert [await count(session, model) for model in (Vector, Version, Sharing)] == [0, 0, 0]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_what_is_purged_leaves_the_full_text_index_whole(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    await session.run_sync(delete, alice, await remember("tortoise"))
    await session.run_sync(purge, utc_now() + MINUTE, 10)
    await session.execute(
        text("INSERT INTO tmws_memory_search(tmws_memory_search, rank) VALUES ('integrity-check', 1)")
    )
    left = "SELECT count(*) FROM tmws_memory_search WHERE tmws_memory_search MATCH 'tortoise'"
    assert await session.scalar(text(left)) == 0


async def test_what_was_deleted_lately_is_not_purged(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    memory_id = await remember()
    await session.run_sync(delete, alice, memory_id)
    assert await session.run_sync(purge, utc_now() - MINUTE, 10) == 0
    await session.run_sync(restore, alice, memory_id)
    assert await is_there(session, alice)


async def test_what_is_archived_or_present_is_never_purged(session: AsyncSession, remember: Remember) -> None:
    await put_away(session, await remember("archived"))
    await remember("present")
    assert await session.run_sync(purge, utc_now() + MINUTE, 10) == 0
    assert await count(session, Memory) == 2


async def test_the_longest_deleted_are_purged_first(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    identifiers = [await remember(content) for content in "abc"]
    for memory_id in (identifiers[1], identifiers[2], identifiers[0]):
        await session.run_sync(delete, alice, memory_id)
    assert await session.run_sync(purge, utc_now() + MINUTE, 2) == 2
    assert (await session.scalars(select(Memory.id))).all() == [identifiers[0]]
