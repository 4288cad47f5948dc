"""What follows from one login: each refresh token once, and all of it ends when one is copied."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_accounts import families
from tmws_accounts.client import Client
from tmws_accounts.credential import Credential, new_credential
from tmws_accounts.families import Pair, Refusal, TokenRequest
from tmws_accounts.lifetimes import Lifetimes
from tmws_accounts.models.refresh_token import RefreshToken
from tmws_accounts.models.user import User
from tmws_accounts.verification import grants

from .conftest import Clock

HOME = Client("192.0.2.1", "client/1.0")


class Family:
    """The family of one login, in the session of a test."""

    def __init__(self, session: AsyncSession, user: User, clock: Clock) -> None:
        self._session = session
        self._user = user
        self._clock = clock

    def request(self, client: Client = HOME) -> TokenRequest:
        return TokenRequest(client, self._clock(), Lifetimes())

    async def start(self) -> Pair:
        return await self._session.run_sync(families.start, self._user, self.request())

    async def try_to_renew(self, token: Credential, client: Client = HOME) -> Pair | Refusal:
        return await self._session.run_sync(families.renew, token, self.request(client))

    async def renew(self, pair: Pair, client: Client = HOME) -> Pair:
        outcome = await self.try_to_renew(pair.refresh, client)
        assert isinstance(outcome, Pair)
        return outcome

    async def refused(self, token: Credential, client: Client = HOME) -> Refusal:
        outcome = await self.try_to_renew(token, client)
        assert isinstance(outcome, Refusal)
        return outcome

    async def opens(self, pair: Pair) -> bool:
        """Whether the access token is good."""
        found = await self._session.run_sync(grants, names=[pair.access.name])
        grant = found.get(pair.access.name)
        return grant is not None and pair.access.matches(grant.digest) and (grant.ends or self._clock()) > self._clock()


@pytest.fixture
def family(session: AsyncSession, ann: User, clock: Clock) -> Family:
    return Family(session, ann, clock)


async def test_a_login_gives_an_access_token_for_a_quarter_of_an_hour(family: Family, clock: Clock) -> None:
    pair = await family.start()
    assert pair.access_ends == clock() + timedelta(minutes=15)
    clock.go_on(minutes=14, seconds=59)
    assert await family.opens(pair)
    clock.go_on(seconds=1)
    assert not await family.opens(pair)


async def test_a_refresh_gives_a_new_pair(family: Family) -> None:
    first = await family.start()
    second = await family.renew(first)
    assert {first.refresh.text, first.access.text}.isdisjoint({second.refresh.text, second.access.text})
    assert await family.opens(second)


async def test_an_access_token_outlives_a_refresh(family: Family) -> None:
    first = await family.start()
    await family.renew(first)
    assert await family.opens(first)


async def test_a_token_that_is_used_again_ends_the_family(family: Family, clock: Clock) -> None:
    first = await family.start()
    second = await family.renew(first)
    clock.go_on(seconds=11)
    assert await family.refused(first.refresh) == Refusal("reused", second.user_id, ended=True)
    assert await family.refused(second.refresh) == Refusal("reused", second.user_id, ended=False)


async def test_the_access_tokens_of_a_family_end_with_it(family: Family, clock: Clock) -> None:
    first = await family.start()
    second = await family.renew(first)
    clock.go_on(seconds=11)
    await family.refused(first.refresh)
    assert not await family.opens(first)
    assert not await family.opens(second)


async def test_another_family_of_the_user_goes_on(family: Family, clock: Clock) -> None:
    first, other = await family.start(), await family.start()
    await family.renew(first)
    clock.go_on(seconds=11)
    await family.refused(first.refresh)
    assert await family.opens(other)
    await family.renew(other)


@pytest.mark.parametrize("seconds", [0, 1, 10])
async def test_a_lost_answer_is_given_again_for_ten_seconds(family: Family, clock: Clock, seconds: int) -> None:
    first = await family.start()
    second = await family.renew(first)
    clock.go_on(seconds=seconds)
    assert await family.renew(first) == second


async def test_an_answer_that_is_given_again_is_good(family: Family) -> None:
    first = await family.start()
    await family.renew(first)
    again = await family.renew(first)
    assert await family.opens(again)
    await family.renew(again)


async def test_a_lost_answer_is_not_given_to_another_client(family: Family) -> None:
    first = await family.start()
    await family.renew(first)
    refusal = await family.refused(first.refresh, Client("192.0.2.2", HOME.user_agent))
    assert (refusal.reason, refusal.ended) == ("reused", True)


async def test_a_lost_answer_is_not_given_to_another_program(family: Family) -> None:
    first = await family.start()
    await family.renew(first)
    assert (await family.refused(first.refresh, Client(HOME.address, "other/1.0"))).ended


async def test_only_the_token_that_was_used_last_is_answered_again(family: Family) -> None:
    first = await family.start()
    third = await family.renew(await family.renew(first))
    assert (await family.refused(first.refresh)).ended
    assert not await family.opens(third)


async def test_a_clock_that_is_set_back_extends_no_grace(family: Family, clock: Clock) -> None:
    first = await family.start()
    await family.renew(first)
    clock.go_on(seconds=-60)
    assert (await family.refused(first.refresh)).ended


async def test_a_login_ends_after_thirty_days_however_often_it_is_refreshed(family: Family, clock: Clock) -> None:
    pair = await family.start()
    for _ in range(90):
        clock.go_on(hours=7, minutes=59)
        pair = await family.renew(pair)
    clock.go_on(minutes=89)
    pair = await family.renew(pair)
    clock.go_on(minutes=1)
    assert (await family.refused(pair.refresh)).reason == "expired"


async def test_an_access_token_does_not_outlive_its_login(family: Family, clock: Clock, ann: User) -> None:
    ann.session_timeout_minutes = 60 * 24 * 40
    pair = await family.start()
    clock.go_on(days=29, hours=23, minutes=55)
    assert (await family.renew(pair)).access_ends == clock() + timedelta(minutes=5)


async def test_a_login_that_is_not_used_ends_with_the_users_timeout(family: Family, clock: Clock, ann: User) -> None:
    ann.session_timeout_minutes = 30
    pair = await family.start()
    assert pair.refresh_ends == clock() + timedelta(minutes=30)
    clock.go_on(minutes=30)
    assert (await family.refused(pair.refresh)).reason == "expired"


async def test_a_user_who_is_not_active_cannot_go_on(family: Family, ann: User) -> None:
    pair = await family.start()
    ann.status = "suspended"
    assert await family.refused(pair.refresh) == Refusal("inactive", ann.id)
    assert not await family.opens(pair)


@pytest.mark.parametrize("kind", ["access", "key"])
async def test_another_kind_of_credential_refreshes_nothing(family: Family, kind: str) -> None:
    pair = await family.start()
    presented = pair.access if kind == "access" else new_credential("key", pair.refresh.identifier)
    assert await family.refused(presented) == Refusal("unknown")
    await family.renew(pair)


async def test_a_wrong_secret_does_not_end_the_family(family: Family) -> None:
    pair = await family.start()
    assert await family.refused(new_credential("refresh", pair.refresh.identifier)) == Refusal("unknown")
    await family.renew(pair)


async def test_a_logout_ends_the_family(family: Family, session: AsyncSession) -> None:
    first = await family.start()
    second = await family.renew(first)
    assert await session.run_sync(families.log_out, second.refresh) == second.user_id
    assert not await family.opens(first)
    assert not await family.opens(second)
    assert (await family.refused(second.refresh)).reason == "reused"


async def test_a_used_token_logs_out_too(family: Family, session: AsyncSession) -> None:
    first = await family.start()
    second = await family.renew(first)
    await session.run_sync(families.log_out, first.refresh)
    assert not await family.opens(second)


async def test_a_wrong_token_logs_nobody_out(family: Family, session: AsyncSession) -> None:
    pair = await family.start()
    wrong = new_credential("refresh", pair.refresh.identifier)
    assert await session.run_sync(families.log_out, wrong) is None
    assert await family.opens(pair)


async def test_a_login_clears_away_what_is_over(family: Family, session: AsyncSession, clock: Clock) -> None:
    await family.renew(await family.start())
    clock.go_on(days=31)
    await family.start()
    assert await session.scalar(select(func.count()).select_from(RefreshToken)) == 1


async def test_the_database_does_not_hold_the_tokens(family: Family, session: AsyncSession) -> None:
    first = await family.start()
    second = await family.renew(first)
    kept = repr([vars(row) for row in await session.scalars(select(RefreshToken))])
    secrets = [token.text.split("_")[3] for pair in (first, second) for token in (pair.access, pair.refresh)]
    assert not [secret for secret in secrets if secret in kept]
