"""Many requests with one refresh token at the same moment, in two processes."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tmws_accounts import families
from tmws_accounts.client import Client
from tmws_accounts.families import Pair, Refusal, TokenRequest
from tmws_accounts.lifetimes import Lifetimes
from tmws_accounts.models.refresh_token import RefreshToken
from tmws_accounts.models.user import User
from tmws_core.database import Database

from .conftest import Clock

AT_ONCE = 50
HOME = Client("192.0.2.1", "client/1.0")


@pytest.fixture
async def processes(filled_database_url: str) -> AsyncIterator[list[Database]]:
    """Connections as two processes have them."""
    databases = [Database(filled_database_url), Database(filled_database_url)]
    yield databases
    for database in databases:
        await database.close()


def request(clock: Clock, client: Client = HOME) -> TokenRequest:
    return TokenRequest(client, clock(), Lifetimes())


async def log_in(database: Database, clock: Clock) -> Pair:
    def work(session: Session) -> Pair:
        user = User(username="ann", password_hash="!", preferred_agent_id="metis-developer")
        session.add(user)
        session.flush()
        return families.start(session, user, request(clock))

    return await database.transaction(work, read_only=False)


async def refresh_at_once(processes: list[Database], pair: Pair, requests: list[TokenRequest]) -> list[Pair | Refusal]:
    works = [partial(families.renew, presented=pair.refresh, request=one) for one in requests]
    running = [
        processes[number % len(processes)].transaction(work, read_only=False) for number, work in enumerate(works)
    ]
    return await asyncio.gather(*running)


async def tokens(database: Database, *, alive: bool) -> int:
    counted = select(func.count()).select_from(RefreshToken)
    if alive:
        counted = counted.where(~RefreshToken.is_revoked | RefreshToken.access_hash.is_not(None))
    return await database.transaction(lambda session: session.scalar(counted) or 0, read_only=True)


async def test_one_client_gets_one_successor_however_often_it_asks(processes: list[Database], clock: Clock) -> None:
    pair = await log_in(processes[0], clock)
    answers = await refresh_at_once(processes, pair, [request(clock)] * AT_ONCE)
    assert isinstance(answers[0], Pair)
    assert set(map(repr, answers)) == {repr(answers[0])}
    assert len({one.refresh.text for one in answers if isinstance(one, Pair)}) == 1
    assert await tokens(processes[0], alive=False) == 2


async def test_one_client_wins_and_the_others_end_the_family(processes: list[Database], clock: Clock) -> None:
    pair = await log_in(processes[0], clock)
    clients = [Client(f"192.0.2.{number}", "client/1.0") for number in range(AT_ONCE)]
    answers = await refresh_at_once(processes, pair, [request(clock, client) for client in clients])
    assert sum(isinstance(one, Pair) for one in answers) == 1
    assert sum(isinstance(one, Refusal) and one.ended for one in answers) == 1
    assert await tokens(processes[0], alive=False) == 2
    assert await tokens(processes[0], alive=True) == 0


async def test_a_replay_after_eleven_seconds_ends_the_family(processes: list[Database], clock: Clock) -> None:
    pair = await log_in(processes[0], clock)
    await refresh_at_once(processes, pair, [request(clock)] * AT_ONCE)
    clock.go_on(seconds=11)
    (answer,) = await refresh_at_once(processes, pair, [request(clock)])
    assert isinstance(answer, Refusal)
    assert (answer.reason, answer.ended) == ("reused", True)
    assert await tokens(processes[0], alive=True) == 0


async def test_no_token_is_left_alive_when_a_family_ends_while_it_is_refreshed(
    processes: list[Database], clock: Clock
) -> None:
    first = await log_in(processes[0], clock)
    for _ in range(10):
        (second,) = await refresh_at_once(processes, first, [request(clock)])
        assert isinstance(second, Pair)
        thief = request(clock, Client("192.0.2.9", "thief/1.0"))
        await asyncio.gather(
            refresh_at_once(processes[:1], second, [request(clock)]),
            refresh_at_once(processes[1:], first, [thief]),
        )
        assert await tokens(processes[0], alive=True) == 0
        first = await log_in_again(processes[0], clock)


async def log_in_again(database: Database, clock: Clock) -> Pair:
    def work(session: Session) -> Pair:
        return families.start(session, session.scalars(select(User)).one(), request(clock))

    return await database.transaction(work, read_only=False)
