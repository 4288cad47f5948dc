"""How failed logins slow down the next ones."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_accounts import attempts
from tmws_accounts.attempts import Subject
from tmws_accounts.client import Client
from tmws_accounts.models.login_failure import LoginFailure
from tmws_accounts.models.user import User
from tmws_core.tool_errors import RateLimited

from .conftest import Clock

HOME = Client("192.0.2.1")


def of(name: str = "ann", client: Client = HOME) -> list[Subject]:
    return attempts.subjects(name, client, tolerated=10, tolerated_of_address=10)


async def fail(session: AsyncSession, clock: Clock, times: int, name: str = "ann", client: Client = HOME) -> None:
    for _ in range(times):
        await session.run_sync(attempts.count, of(name, client), name, clock())


async def wait(session: AsyncSession, clock: Clock, name: str = "ann", client: Client = HOME) -> int:
    """How many seconds the next login has to wait."""
    try:
        await session.run_sync(attempts.refuse_too_early, of(name, client), clock())
    except RateLimited as error:
        return int(error.details["retry_after_seconds"])
    return 0


async def test_nine_failures_bring_no_delay(session: AsyncSession, clock: Clock) -> None:
    await fail(session, clock, 9)
    assert await wait(session, clock) == 0


@pytest.mark.parametrize(("failures", "seconds"), [(10, 30), (11, 60), (12, 120), (16, 1920), (17, 3600), (99, 3600)])
async def test_the_delay_doubles_up_to_an_hour(
    session: AsyncSession, clock: Clock, failures: int, seconds: int
) -> None:
    await fail(session, clock, failures)
    assert await wait(session, clock) - 1 == seconds


async def test_the_next_attempt_is_allowed_when_the_delay_is_over(session: AsyncSession, clock: Clock) -> None:
    await fail(session, clock, 10)
    clock.go_on(seconds=29)
    assert await wait(session, clock) == 2
    clock.go_on(seconds=1)
    assert await wait(session, clock) == 0


async def test_no_more_than_a_hundred_failures_in_a_row_are_possible(session: AsyncSession, clock: Clock) -> None:
    await fail(session, clock, 100)
    clock.go_on(days=89)
    assert await wait(session, clock) > 0


async def test_a_name_that_nobody_has_is_delayed_in_the_same_way(
    session: AsyncSession, ann: User, clock: Clock
) -> None:
    for name, client in (("ann", Client("192.0.2.1")), ("nobody", Client("192.0.2.2"))):
        await fail(session, clock, 12, name, client)
    elsewhere = Client("192.0.2.3")
    assert await wait(session, clock, "ann", elsewhere) == await wait(session, clock, "nobody", elsewhere) > 0


async def test_other_names_from_other_addresses_are_not_delayed(session: AsyncSession, clock: Clock) -> None:
    await fail(session, clock, 12)
    assert await wait(session, clock, "ben", Client("192.0.2.2")) == 0


@pytest.mark.parametrize("spelling", ["Ann", "ANN", "ａｎｎ"])
async def test_another_spelling_is_no_other_name(session: AsyncSession, clock: Clock, spelling: str) -> None:
    await fail(session, clock, 12, "ann")
    assert await wait(session, clock, spelling, Client("192.0.2.2")) > 0


async def test_an_address_is_delayed_whatever_names_it_tries(session: AsyncSession, clock: Clock) -> None:
    for number in range(10):
        await fail(session, clock, 1, f"user{number}")
    assert await wait(session, clock, "another") > 0


async def test_an_address_of_ipv6_cannot_become_another_in_its_network(session: AsyncSession, clock: Clock) -> None:
    for number in range(10):
        await fail(session, clock, 1, f"user{number}", Client(f"2001:db8:0:1::{number}"))
    assert await wait(session, clock, "another", Client("2001:db8:0:1:ffff::1")) > 0
    assert await wait(session, clock, "another", Client("2001:db8:0:2::1")) == 0


async def test_an_address_is_forgiven_after_a_quarter_of_an_hour(session: AsyncSession, clock: Clock) -> None:
    for number in range(9):
        await fail(session, clock, 1, f"user{number}")
    clock.go_on(minutes=16)
    await fail(session, clock, 1, "user9")
    assert await wait(session, clock, "another") == 0


async def test_a_right_password_forgets_the_failures_of_the_name(session: AsyncSession, clock: Clock) -> None:
    await fail(session, clock, 12)
    await session.run_sync(attempts.forget, "Ann")
    assert await wait(session, clock, "ann", Client("192.0.2.2")) == 0


async def test_an_address_keeps_its_failures_when_one_name_succeeds(session: AsyncSession, clock: Clock) -> None:
    await fail(session, clock, 12)
    await session.run_sync(attempts.forget, "ann")
    assert await wait(session, clock, "ann") > 0


async def test_the_user_shows_the_failures(session: AsyncSession, ann: User, clock: Clock) -> None:
    await fail(session, clock, 10)
    await session.refresh(ann)
    assert (ann.failed_login_attempts, ann.last_failed_login_at) == (10, clock())
    assert ann.locked_until == clock() + timedelta(seconds=30)


async def test_a_user_who_succeeded_shows_no_failures(session: AsyncSession, ann: User, clock: Clock) -> None:
    await fail(session, clock, 10)
    await session.run_sync(attempts.forget, "ann")
    await session.refresh(ann)
    assert (ann.failed_login_attempts, ann.last_failed_login_at, ann.locked_until) == (0, None, None)


@pytest.mark.parametrize("name", ["", "nul\0", "half \ud800", "x" * 100_000, "'; --", "🐢"])
async def test_whatever_is_typed_as_a_name_is_counted(session: AsyncSession, clock: Clock, name: str) -> None:
    await fail(session, clock, 12, name)
    assert await wait(session, clock, name, Client("192.0.2.2")) > 0


async def test_a_name_is_not_kept_as_it_was_typed(session: AsyncSession, clock: Clock) -> None:
    await fail(session, clock, 1, "walnut tortoise umbrella")
    assert not [one for one in await session.scalars(select(LoginFailure.subject)) if "walnut" in one]


async def test_what_says_nothing_any_more_is_cleared_away(session: AsyncSession, clock: Clock) -> None:
    await fail(session, clock, 1)
    clock.go_on(days=91)
    await fail(session, clock, 1, "ben", Client("192.0.2.2"))
    assert await session.scalar(select(func.count()).select_from(LoginFailure)) == 2


async def test_a_caller_without_an_address_is_counted_by_name(session: AsyncSession, clock: Clock) -> None:
    await fail(session, clock, 10, "ann", Client())
    assert await wait(session, clock, "ann", Client()) > 0
