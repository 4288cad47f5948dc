"""How a credential is known from memory, and when memory is not believed."""

import asyncio
from collections.abc import AsyncIterator, Collection

import pytest
from sqlalchemy.orm import Session

from tmws_accounts import keys, verification
from tmws_accounts import verifier as verifier_module
from tmws_accounts.callers import Caller
from tmws_accounts.credential import Credential, new_credential
from tmws_accounts.keys import NewKey
from tmws_accounts.usage import Usage
from tmws_accounts.verification import Grant
from tmws_accounts.verifier import Verifier
from tmws_core.database import Database
from tmws_core.tool_errors import RateLimited, Unauthenticated

from .conftest import OPERATOR, Clock


class Watched(Verifier):
    """A verifier that counts what it asks of the database, at a time that the test tells."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.seconds = 100.0
        self.asked: list[set[str]] = []
        super().__init__(database, Usage(database), now=clock, monotonic=lambda: self.seconds)

    async def _ask(self, names: Collection[str], now: float) -> dict[str, Grant]:
        self.asked.append(set(names))
        return await super()._ask(names, now)


@pytest.fixture
async def database(filled_database_url: str) -> AsyncIterator[Database]:
    opened = Database(filled_database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def other_process(filled_database_url: str) -> AsyncIterator[Database]:
    opened = Database(filled_database_url)
    yield opened
    await opened.close()


@pytest.fixture
def verifier(database: Database, clock: Clock) -> Watched:
    return Watched(database, clock)


async def new_key(database: Database, hourly: int | None = None) -> Credential:
    def work(session: Session) -> Credential:
        new = NewKey("ci", ["*:read"], agent_id="metis-developer", without_user=True, rate_limit_per_hour=hourly)
        return keys.create(session, Caller(OPERATOR, None), new)[1]

    return await database.transaction(work, read_only=False)


async def revoke(database: Database, key: Credential, clock: Clock) -> None:
    def work(session: Session) -> None:
        keys.revoke(session, Caller(OPERATOR, None), key.identifier, clock())

    await database.transaction(work, read_only=False)


async def test_a_key_is_asked_for_once_within_a_second(verifier: Watched, database: Database) -> None:
    key = await new_key(database)
    for _ in range(100):
        verifier.seconds += 0.009
        assert (await verifier.verify(key.text, None)).agent_id == "metis-developer"
    assert verifier.asked == [{key.name}]


async def test_all_keys_in_use_are_asked_for_at_once(verifier: Watched, database: Database) -> None:
    made = [await new_key(database) for _ in range(5)]
    for _ in range(3):
        for key in made:
            await verifier.verify(key.text, None)
        verifier.seconds += 1
    everybody = {key.name for key in made}
    assert verifier.asked == [*({key.name} for key in made), everybody, everybody]


async def test_a_key_that_is_not_in_use_is_not_asked_for(verifier: Watched, database: Database) -> None:
    idle, busy = await new_key(database), await new_key(database)
    await verifier.verify(idle.text, None)
    verifier.seconds += 6
    await verifier.verify(busy.text, None)
    verifier.seconds += 1
    await verifier.verify(busy.text, None)
    assert verifier.asked[-1] == {busy.name}


async def test_callers_that_come_at_once_share_one_question(verifier: Watched, database: Database) -> None:
    key = await new_key(database)
    await verifier.verify(key.text, None)
    verifier.seconds += 1
    await asyncio.gather(*(verifier.verify(key.text, None) for _ in range(20)))
    assert len(verifier.asked) == 2


async def test_what_was_forgotten_is_asked_for_at_once(verifier: Watched, database: Database, clock: Clock) -> None:
    key = await new_key(database)
    await verifier.verify(key.text, None)
    await revoke(database, key, clock)
    verifier.forget()
    with pytest.raises(Unauthenticated):
        await verifier.verify(key.text, None)


async def test_a_revocation_elsewhere_counts_within_a_second(
    verifier: Watched, database: Database, other_process: Database, clock: Clock
) -> None:
    key = await new_key(database)
    await verifier.verify(key.text, None)
    await revoke(other_process, key, clock)
    verifier.seconds += 1
    with pytest.raises(Unauthenticated):
        await verifier.verify(key.text, None)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)  # on PostgreSQL the loop itself would wait
async def test_an_answer_from_before_a_change_is_not_remembered(
    verifier: Watched, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key is revoked between the question about it and the answer."""
    key = await new_key(database)
    look = verification.grants

    def look_and_lose_time(session: Session, names: Collection[str]) -> dict[str, verification.Grant]:
        found = look(session, names)
        monkeypatch.setattr(verifier_module, "grants", look)
        asyncio.run_coroutine_threadsafe(revoke_and_forget(), loop).result()
        return found

    async def revoke_and_forget() -> None:
        await revoke(database, key, clock)
        verifier.forget()

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(verifier_module, "grants", look_and_lose_time)
    with pytest.raises(Unauthenticated):
        await verifier.verify(key.text, None)


async def test_an_unknown_key_is_not_remembered(verifier: Watched) -> None:
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            await verifier.verify(new_credential("key").text, None)
    assert not verifier._known


async def test_a_wrong_secret_for_a_known_key_asks_nothing(verifier: Watched, database: Database) -> None:
    key = await new_key(database)
    await verifier.verify(key.text, None)
    with pytest.raises(Unauthenticated):
        await verifier.verify(new_credential("key", key.identifier).text, None)
    assert len(verifier.asked) == 1


async def test_a_wrong_secret_does_not_count_as_a_use(verifier: Watched, database: Database) -> None:
    key = await new_key(database, hourly=1)
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            await verifier.verify(new_credential("key", key.identifier).text, None)
    await verifier.verify(key.text, None)
    with pytest.raises(RateLimited, match="1 times an hour"):
        await verifier.verify(key.text, None)


async def test_no_more_than_a_thousand_are_remembered(
    verifier: Watched, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tmws_accounts.verifier._MOST_REMEMBERED", 2)
    made = [await new_key(database) for _ in range(3)]
    for key in made:
        await verifier.verify(key.text, None)
    assert list(verifier._known) == [key.name for key in made[1:]]
