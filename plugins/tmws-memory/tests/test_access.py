"""Who may see and change which memory, condition by condition."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core import Principal
from tmws_core.columns import ACCESS_LEVELS, utc_now
from tmws_core.tool_errors import PermissionDenied
from tmws_memory.access import deletable, owned, present, readable, refuse_level, writable
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing

Remember = Callable[..., Awaitable[str]]
Condition = Callable[[Principal], ColumnElement[bool]]

PAST, FUTURE = timedelta(minutes=-1), timedelta(minutes=1)
GONE = [{"deleted_at": utc_now()}, {"archived_at": utc_now()}, {"expires_at": utc_now() + PAST}]


async def holds(session: AsyncSession, condition: ColumnElement[bool]) -> bool:
    return await session.scalar(select(Memory.id).where(condition)) is not None


@pytest.fixture
def grant(session: AsyncSession, remember: Remember) -> Callable[..., Awaitable[None]]:
    """Grants the memory that there is to an agent."""

    async def grant(to: Principal, permission: str = "read", ends: timedelta | None = None) -> None:
        await remember("something else", to)
        memory_id = await session.scalar(select(Memory.id).where(Memory.agent_id == "alice"))
        end = None if ends is None else utc_now() + ends
        session.add(
            Sharing(
                memory_id=memory_id,
                shared_with_agent_id=to.agent_id,
                shared_by_agent_id="alice",
                permission=permission,
                expires_at=end,
            )
        )
        await session.flush()

    return grant


def of_alice(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return condition & (Memory.agent_id == "alice")


@pytest.mark.parametrize("level", ACCESS_LEVELS)
@pytest.mark.parametrize("condition", [readable, writable, deletable])
async def test_an_owner_reads_changes_and_deletes_at_every_level(
    session: AsyncSession, remember: Remember, alice: Principal, condition: Condition, level: str
) -> None:
    await remember(access_level=level)
    assert await holds(session, condition(alice))


async def test_an_owner_reads_from_every_namespace(session: AsyncSession, remember: Remember) -> None:
    await remember()
    assert await holds(session, readable(Principal("alice", "elsewhere", frozenset())))


@pytest.mark.parametrize(
    ("level", "read"), [("private", False), ("shared", False), ("team", True), ("public", True), ("system", True)]
)
async def test_what_somebody_of_the_same_namespace_reads(
    session: AsyncSession, remember: Remember, bob: Principal, level: str, read: bool
) -> None:
    await remember(access_level=level)
    assert await holds(session, readable(bob)) is read


@pytest.mark.parametrize(
    ("level", "read"), [("private", False), ("shared", False), ("team", False), ("public", True), ("system", True)]
)
async def test_what_somebody_of_another_namespace_reads(
    session: AsyncSession, remember: Remember, stranger: Principal, level: str, read: bool
) -> None:
    await remember(access_level=level)
    assert await holds(session, readable(stranger)) is read


async def test_a_team_is_the_namespace_of_the_memory(
    session: AsyncSession, remember: Remember, bob: Principal, stranger: Principal
) -> None:
    await remember(access_level="team", namespace="elsewhere")
    assert await holds(session, readable(stranger))
    assert not await holds(session, readable(bob))


@pytest.mark.parametrize("level", ACCESS_LEVELS)
@pytest.mark.parametrize("condition", [writable, deletable])
async def test_no_level_lets_others_change_or_delete(
    session: AsyncSession, remember: Remember, bob: Principal, condition: Condition, level: str
) -> None:
    await remember(access_level=level)
    assert not await holds(session, condition(bob))


@pytest.mark.parametrize(
    ("permission", "allowed"),
    [("read", (True, False, False)), ("write", (True, True, False)), ("delete", (True, True, True))],
)
@pytest.mark.parametrize("level", ["team", "shared", "public", "system"])
async def test_a_greater_permission_includes_the_smaller_ones(
    session: AsyncSession,
    remember: Remember,
    grant: Callable[..., Awaitable[None]],
    stranger: Principal,
    level: str,
    permission: str,
    allowed: tuple[bool, ...],
) -> None:
    await remember(access_level=level)
    await grant(stranger, permission)
    may = [await holds(session, of_alice(condition(stranger))) for condition in (readable, writable, deletable)]
    assert tuple(may) == allowed


@pytest.mark.parametrize("condition", [readable, writable, deletable])
async def test_private_suspends_every_grant(
    session: AsyncSession,
    remember: Remember,
    grant: Callable[..., Awaitable[None]],
    stranger: Principal,
    condition: Condition,
) -> None:
    await remember(access_level="private")
    await grant(stranger, "delete")
    assert not await holds(session, of_alice(condition(stranger)))


@pytest.mark.parametrize(("ends", "read"), [(PAST, False), (FUTURE, True)])
async def test_a_grant_opens_until_it_ends(
    session: AsyncSession,
    remember: Remember,
    grant: Callable[..., Awaitable[None]],
    stranger: Principal,
    ends: timedelta,
    read: bool,
) -> None:
    await remember(access_level="shared")
    await grant(stranger, ends=ends)
    assert await holds(session, of_alice(readable(stranger))) is read


async def test_a_grant_opens_to_nobody_else(
    session: AsyncSession,
    remember: Remember,
    grant: Callable[..., Awaitable[None]],
    bob: Principal,
    stranger: Principal,
) -> None:
    await remember(access_level="shared")
    await grant(bob)
    assert not await holds(session, of_alice(readable(stranger)))


async def test_a_grant_opens_no_other_memory(
    session: AsyncSession, remember: Remember, grant: Callable[..., Awaitable[None]], bob: Principal
) -> None:
    granted = await remember(access_level="shared")
    await grant(bob)
    await remember("another", access_level="shared")
    assert (await session.scalars(select(Memory.id).where(of_alice(readable(bob))))).all() == [granted]


@pytest.mark.parametrize("gone", GONE, ids=["deleted", "archived", "expired"])
@pytest.mark.parametrize("condition", [readable, writable, deletable])
async def test_what_is_gone_is_gone_for_its_owner_too(
    session: AsyncSession, remember: Remember, alice: Principal, condition: Condition, gone: dict[str, object]
) -> None:
    await remember(access_level="public")
    await session.execute(update(Memory).values(gone))
    assert not await holds(session, condition(alice))


@pytest.mark.parametrize("gone", GONE, ids=["deleted", "archived", "expired"])
async def test_what_is_gone_is_still_owned(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal, gone: dict[str, object]
) -> None:
    await remember()
    await session.execute(update(Memory).values(gone))
    assert not await holds(session, present())
    assert await holds(session, owned(alice))
    assert not await holds(session, owned(bob))


async def test_a_memory_is_present_until_its_lifetime_is_over(session: AsyncSession, remember: Remember) -> None:
    await remember(expires_at=utc_now() + FUTURE)
    assert await holds(session, present())


def test_the_level_system_needs_a_scope_of_its_own() -> None:
    writer = Principal("alice", "place", frozenset({"memory:write"}))
    with pytest.raises(PermissionDenied, match="memory:govern") as refused:
        refuse_level(writer, "system")
    assert refused.value.details == {"scope": "memory:govern"}


def test_who_governs_may_use_the_level_system() -> None:
    refuse_level(Principal("alice", "place", frozenset({"memory:govern"})), "system")


@pytest.mark.parametrize("level", [level for level in ACCESS_LEVELS if level != "system"])
def test_every_other_level_needs_no_scope(level: str) -> None:
    refuse_level(Principal("alice", "place", frozenset()), level)
