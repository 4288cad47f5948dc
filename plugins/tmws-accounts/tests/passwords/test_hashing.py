"""How passwords are kept, and how many are checked at once."""

import asyncio
from collections.abc import AsyncIterator
from threading import Event

import pytest
from argon2 import Parameters, extract_parameters
from argon2.low_level import Type

from tmws_accounts.passwords import hashing
from tmws_accounts.passwords.hashing import HASHES_AT_ONCE, NO_PASSWORD, PARAMETERS, Passwords
from tmws_core.tool_errors import RateLimited

CHEAP = Parameters(Type.ID, 19, 16, 32, 1, 8, 1)


@pytest.fixture
async def passwords() -> AsyncIterator[Passwords]:
    made = Passwords()
    yield made
    made.close()


async def test_a_hash_is_argon2id_with_two_passes_over_19_mebibytes(passwords: Passwords) -> None:
    async with passwords.turn() as turn:
        parameters = extract_parameters(await turn.hash("walnut tortoise umbrella"))
    assert (parameters.type, parameters.time_cost, parameters.memory_cost, parameters.parallelism) == (
        Type.ID,
        2,
        19_456,
        1,
    )


async def test_a_password_matches_its_own_hash_alone(passwords: Passwords) -> None:
    async with passwords.turn() as turn:
        kept = await turn.hash("walnut tortoise umbrella")
        assert await turn.verify(kept, "walnut tortoise umbrella")
        assert not await turn.verify(kept, "walnut tortoise umbrella ")


@pytest.mark.parametrize(
    ("password", "similar"),
    [("e\u0301" * 15, "é" * 15), (" walnut tortoise", "walnut tortoise"), ("x" * 200, "x" * 199), ("a\0" * 9, "a" * 9)],
)
async def test_a_password_is_taken_exactly_as_it_is(passwords: Passwords, password: str, similar: str) -> None:
    async with passwords.turn() as turn:
        kept = await turn.hash(password)
        assert await turn.verify(kept, password)
        assert not await turn.verify(kept, similar)


@pytest.mark.parametrize("kept", [None, NO_PASSWORD, "", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$broken"])
@pytest.mark.parametrize("password", ["!", "", "walnut tortoise umbrella", "\ud800"])
async def test_nothing_matches_what_is_no_hash(passwords: Passwords, kept: str | None, password: str) -> None:
    async with passwords.turn() as turn:
        assert not await turn.verify(kept, password)


def test_the_hash_of_nobody_costs_what_a_real_one_does() -> None:
    assert extract_parameters(hashing._hash_of_nothing(PARAMETERS)) == PARAMETERS


async def test_a_hash_with_other_parameters_is_outdated(passwords: Passwords) -> None:
    weaker = Passwords(CHEAP)
    async with weaker.turn() as turn:
        former = await turn.hash("walnut tortoise umbrella")
    weaker.close()
    async with passwords.turn() as turn:
        assert await turn.verify(former, "walnut tortoise umbrella")
        assert not passwords.is_outdated(await turn.hash("walnut tortoise umbrella"))
    assert passwords.is_outdated(former)


async def test_no_more_than_two_have_their_turn_at_once(passwords: Passwords) -> None:
    at_once, most = 0, 0

    async def take() -> None:
        nonlocal at_once, most
        async with passwords.turn():
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0)
            at_once -= 1

    await asyncio.gather(*(take() for _ in range(20)))
    assert most == HASHES_AT_ONCE


async def test_whoever_waits_for_too_long_is_told_to_come_again(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "SECONDS_TO_WAIT", 0.01)
    async with passwords.turn(), passwords.turn():
        with pytest.raises(RateLimited) as raised:
            async with passwords.turn():
                raise AssertionError
    assert raised.value.details == {"retry_after_seconds": 1}


async def test_a_turn_lasts_as_long_as_its_thread_is_busy(passwords: Passwords) -> None:
    begun, over = Event(), Event()

    def busy() -> None:
        begun.set()
        over.wait()

    async def take() -> None:
        async with passwords.turn() as turn:
            await turn._in_thread(busy)

    tasks = [asyncio.create_task(take()) for _ in range(HASHES_AT_ONCE)]
    await asyncio.to_thread(begun.wait)
    for task in tasks:
        task.cancel()
    await asyncio.sleep(0)
    assert passwords._turns.locked()
    over.set()
    await asyncio.wait(tasks)
    assert not passwords._turns.locked()
