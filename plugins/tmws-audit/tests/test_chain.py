"""The hash chain, in both logs."""

from typing import Protocol

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_audit.models.api_call import ApiCall
from tmws_audit.models.chain import GENESIS
from tmws_audit.models.security_event import SecurityEvent

FIRST, SECOND, THIRD = "a" * 64, "b" * 64, "c" * 64


class Link(Protocol):
    """Makes a row from its place in the chain."""

    def __call__(self, sequence: int, prev_hash: str, row_hash: str) -> ApiCall | SecurityEvent: ...


def call(sequence: int, prev_hash: str, row_hash: str) -> ApiCall:
    """A row of the log of calls."""
    return ApiCall(
        surface="cli",
        endpoint="doctor",
        method="CALL",
        sequence=sequence,
        prev_hash=prev_hash,
        row_hash=row_hash,
    )


def event(sequence: int, prev_hash: str, row_hash: str) -> SecurityEvent:
    """A row of the log of security events."""
    return SecurityEvent(
        event_type="logout",
        severity="low",
        client_ip="203.0.113.9",
        sequence=sequence,
        prev_hash=prev_hash,
        row_hash=row_hash,
    )


both = pytest.mark.parametrize("link", [call, event])


@both
async def test_each_row_follows_the_one_before(session: AsyncSession, link: Link) -> None:
    first, second = link(1, GENESIS, FIRST), link(2, FIRST, SECOND)
    session.add_all([first, second])
    await session.flush()
    assert await session.scalar(select(func.count()).select_from(type(first))) == 2


@both
async def test_two_rows_do_not_follow_the_same_row(session: AsyncSession, link: Link) -> None:
    session.add_all([link(1, GENESIS, FIRST), link(2, FIRST, SECOND), link(3, FIRST, THIRD)])
    with pytest.raises(IntegrityError):
        await session.flush()


@both
async def test_a_log_has_one_beginning(session: AsyncSession, link: Link) -> None:
    session.add_all([link(1, GENESIS, FIRST), link(2, GENESIS, SECOND)])
    with pytest.raises(IntegrityError):
        await session.flush()


@both
async def test_a_place_is_taken_once(session: AsyncSession, link: Link) -> None:
    session.add_all([link(1, GENESIS, FIRST), link(1, FIRST, SECOND)])
    with pytest.raises(IntegrityError):
        await session.flush()


@both
async def test_places_are_counted_from_one(session: AsyncSession, link: Link) -> None:
    session.add(link(0, GENESIS, FIRST))
    with pytest.raises(IntegrityError):
        await session.flush()


@both
async def test_a_row_does_not_follow_itself(session: AsyncSession, link: Link) -> None:
    session.add(link(1, FIRST, FIRST))
    with pytest.raises(IntegrityError):
        await session.flush()


@both
@pytest.mark.parametrize(("before", "own"), [("", FIRST), (GENESIS, "")])
async def test_a_hash_is_whole(session: AsyncSession, link: Link, before: str, own: str) -> None:
    session.add(link(1, before, own))
    with pytest.raises(IntegrityError):
        await session.flush()


@both
async def test_places_go_beyond_32_bits(session: AsyncSession, link: Link) -> None:
    row = link(2**40, FIRST, SECOND)
    session.add(row)
    await session.flush()
    assert await session.scalar(select(type(row).sequence)) == 2**40
