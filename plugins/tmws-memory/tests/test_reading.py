"""One memory, a page of them, and what they were before."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.identifiers import new_identifier
from tmws_core.tool_errors import NotFound
from tmws_memory import changes
from tmws_memory.access import readable
from tmws_memory.filters import Filters
from tmws_memory.grants import share
from tmws_memory.models.memory import Memory
from tmws_memory.reading import Page, get, history, many, page, version
from tmws_memory.removal import archive, delete
from tmws_memory.settings import MemorySettings

Remember = Callable[..., Awaitable[str]]

HERE = Filters(namespace="place")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def texts(found: Page) -> list[str]:
    return [recalled.memory.content for recalled in found.recalled]


def end(found: Page) -> tuple[datetime, str]:
    last = found.recalled[-1].memory
    return last.created_at, last.id


async def changed(session: AsyncSession, principal: Principal, memory_id: str, content: str) -> None:
    await session.run_sync(
        changes.update, principal, memory_id, {"content": content}, settings=MemorySettings.model_validate({})
    )


async def test_a_memory_comes_with_the_trust_in_its_author(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    memory_id = await remember("text")
    await session.execute(update(Agent).where(Agent.agent_id == "alice").values(trust_score=0.8))
    recalled = await session.run_sync(get, memory_id, readable(alice))
    assert (recalled.memory.content, recalled.trust) == ("text", 0.8)


async def test_what_is_not_the_callers_is_answered_like_none(
    session: AsyncSession, remember: Remember, bob: Principal
) -> None:
    memory_id, nothing = await remember(), new_identifier()
    with pytest.raises(NotFound) as foreign:
        await session.run_sync(get, memory_id, readable(bob))
    with pytest.raises(NotFound) as none:
        await session.run_sync(get, nothing, readable(bob))
    assert str(foreign.value).replace(memory_id, nothing) == str(none.value)
    assert (foreign.value.hint, foreign.value.details) == (none.value.hint, none.value.details)


@pytest.mark.parametrize("memory_id", ["", "x", "a\0b", "\ud800", "' OR 1=1 --", "%", "‮", "x" * 100_000])
async def test_what_is_no_identifier_is_not_found(session: AsyncSession, alice: Principal, memory_id: str) -> None:
    with pytest.raises(NotFound):
        await session.run_sync(get, memory_id, readable(alice))


async def test_of_several_those_are_there_that_the_caller_reads(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal
) -> None:
    mine, hidden = await remember("mine"), await remember("hidden", bob)
    opened = await remember("opened", bob, access_level="public")
    found = await session.run_sync(many, [mine, hidden, opened, new_identifier()], alice)
    assert {memory_id: recalled.memory.content for memory_id, recalled in found.items()} == {
        mine: "mine",
        opened: "opened",
    }


async def test_a_page_begins_with_the_newest(session: AsyncSession, remember: Remember, alice: Principal) -> None:
    for content in "abc":
        await remember(content)
    found = await session.run_sync(page, alice, HERE, limit=2)
    assert (texts(found), found.total, found.has_more) == (["c", "b"], 3, True)


async def test_pages_follow_each_other_without_a_gap(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    for content in "abcde":
        await remember(content)
    found, read = await session.run_sync(page, alice, HERE, limit=2), ""
    while found.has_more:
        read += "".join(texts(found))
        found = await session.run_sync(page, alice, HERE, after=end(found), limit=2)
    assert read + "".join(texts(found)) == "edcba"


async def test_memories_of_one_moment_are_all_listed_once(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    for content in "abc":
        await remember(content, created_at=NOON)
    read = [await session.run_sync(page, alice, HERE, limit=1)]
    while read[-1].has_more:
        read.append(await session.run_sync(page, alice, HERE, after=end(read[-1]), limit=1))
    assert sorted("".join(texts(found)[0] for found in read)) == ["a", "b", "c"]


async def test_what_is_stored_meanwhile_moves_no_page(
    session: AsyncSession, remember: Remember, alice: Principal
) -> None:
    for content in "abc":
        await remember(content)
    first = await session.run_sync(page, alice, HERE, limit=2)
    await remember("d")
    assert texts(await session.run_sync(page, alice, HERE, after=end(first), limit=2)) == ["a"]


async def test_a_page_has_what_the_filters_mean(session: AsyncSession, remember: Remember, alice: Principal) -> None:
    await remember("a", memory_type="fact")
    await remember("b")
    await remember("c", namespace="elsewhere", memory_type="fact")
    found = await session.run_sync(page, alice, Filters(namespace="place", memory_type="fact"), limit=9)
    assert (texts(found), found.total) == (["a"], 1)


async def test_a_page_has_nothing_that_the_caller_cannot_read(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal
) -> None:
    await remember("secret", bob)
    found = await session.run_sync(page, alice, HERE, limit=9)
    assert (texts(found), found.total, found.has_more) == ([], 0, False)


@pytest.mark.parametrize("state", ["deleted", "archived"])
async def test_only_an_owner_hears_of_what_is_away(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal, state: str
) -> None:
    memory_id = await remember("away", access_level="public")
    await remember("present")
    if state == "deleted":
        await session.run_sync(delete, alice, memory_id)
    else:
        await session.run_sync(archive, [await session.get_one(Memory, memory_id)])
    assert texts(await session.run_sync(page, alice, HERE, state=state, limit=9)) == ["away"]
    assert texts(await session.run_sync(page, bob, HERE, state=state, limit=9)) == []
    assert texts(await session.run_sync(page, alice, HERE, limit=9)) == ["present"]


async def test_an_expired_memory_is_on_no_page(session: AsyncSession, remember: Remember, alice: Principal) -> None:
    await remember(expires_at=utc_now() - timedelta(minutes=1))
    for state in ("present", "archived", "deleted"):
        assert texts(await session.run_sync(page, alice, HERE, state=state, limit=9)) == []


async def test_the_history_begins_with_the_newest(session: AsyncSession, remember: Remember, alice: Principal) -> None:
    memory_id = await remember("first")
    await changed(session, alice, memory_id, "second")
    await changed(session, alice, memory_id, "third")
    former = await session.run_sync(history, alice, memory_id)
    assert [(one.version, one.content) for one in former] == [(2, "second"), (1, "first")]


async def test_a_former_version_is_read(session: AsyncSession, remember: Remember, alice: Principal) -> None:
    memory_id = await remember("first")
    await changed(session, alice, memory_id, "second")
    assert (await session.run_sync(version, alice, memory_id, 1)).content == "first"


@pytest.mark.parametrize("number", [0, 2, -1, 2**31 - 1])
async def test_a_version_that_is_not_kept_is_not_found(
    session: AsyncSession, remember: Remember, alice: Principal, number: int
) -> None:
    memory_id = await remember("first")
    await changed(session, alice, memory_id, "second")
    with pytest.raises(NotFound, match=f"no version {number}"):
        await session.run_sync(version, alice, memory_id, number)


async def test_who_may_do_everything_with_a_memory_does_not_read_what_it_was(
    session: AsyncSession, remember: Remember, alice: Principal, bob: Principal
) -> None:
    memory_id = await remember("first")
    await remember("something", bob)
    await changed(session, alice, memory_id, "second")
    await session.run_sync(share, alice, memory_id, "bob", "delete", None)
    with pytest.raises(NotFound):
        await session.run_sync(version, bob, memory_id, 1)
    with pytest.raises(NotFound):
        await session.run_sync(history, bob, memory_id)
