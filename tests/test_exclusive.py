"""One process at a time has a lock, on both databases, and a killed one has it no more."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tmws_core.database import Database
from tmws_core.exclusive import Exclusive
from tmws_core.schema.engine import database_file, database_urls, prepare_file

_HOLD = """
import asyncio
import sys
from tmws_core.exclusive import Exclusive

async def hold():
    exclusive = Exclusive(sys.argv[1], sys.argv[2])
    print(await exclusive.try_acquire(), flush=True)
    await asyncio.to_thread(sys.stdin.read)

asyncio.run(hold())
"""
NAME = "tidying-up"


@pytest.fixture
def url(database_url: str) -> str:
    """A database whose folder is there."""
    prepare_file(database_urls(database_url)[0])
    return database_url


@pytest_asyncio.fixture
async def exclusive(url: str) -> AsyncIterator[Exclusive]:
    """The lock."""
    lock = Exclusive(url, NAME)
    yield lock
    await lock.release()


@pytest_asyncio.fixture
async def rival(url: str) -> AsyncIterator[Exclusive]:
    """Somebody else who wants the same lock."""
    lock = Exclusive(url, NAME)
    yield lock
    await lock.release()


@pytest.fixture
def holder(url: str) -> Iterator["subprocess.Popen[str]"]:
    """Another process, which holds the lock until its input ends."""
    command = [sys.executable, "-c", _HOLD, url, NAME]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


async def test_a_free_lock_is_taken(exclusive: Exclusive) -> None:
    assert exclusive.held is False
    assert (await exclusive.try_acquire(), exclusive.held, await exclusive.still_held()) == (True, True, True)


async def test_a_lock_that_is_held_is_not_taken_again(exclusive: Exclusive, rival: Exclusive) -> None:
    await exclusive.try_acquire()
    assert (await rival.try_acquire(), rival.held, await rival.still_held()) == (False, False, False)


async def test_who_holds_it_may_try_again(exclusive: Exclusive, rival: Exclusive) -> None:
    assert [await exclusive.try_acquire(), await exclusive.try_acquire()] == [True, True]
    await exclusive.release()
    assert await rival.try_acquire() is True


async def test_a_lock_that_was_released_is_free(exclusive: Exclusive, rival: Exclusive) -> None:
    await exclusive.try_acquire()
    await exclusive.release()
    assert (exclusive.held, await exclusive.still_held(), await rival.try_acquire()) == (False, False, True)


async def test_a_lock_that_nobody_holds_can_be_released(exclusive: Exclusive) -> None:
    await exclusive.release()
    assert exclusive.held is False


async def test_of_several_tries_at_once_one_wins(url: str) -> None:
    locks = [Exclusive(url, NAME) for _ in range(5)]
    assert sorted(await asyncio.gather(*(lock.try_acquire() for lock in locks))) == [False] * 4 + [True]
    for lock in locks:
        await lock.release()


async def test_locks_of_two_names_are_independent(url: str, exclusive: Exclusive) -> None:
    other = Exclusive(url, "other")
    assert [await exclusive.try_acquire(), await other.try_acquire()] == [True, True]
    await other.release()


async def test_the_database_itself_can_be_given(url: str, rival: Exclusive) -> None:
    database = Database(url)
    lock = Exclusive(database, NAME)
    assert [await lock.try_acquire(), await rival.try_acquire()] == [True, False]
    await lock.release()
    await database.close()


@pytest.mark.usefixtures("holder")
async def test_a_lock_of_another_process_is_not_taken(exclusive: Exclusive) -> None:
    assert await exclusive.try_acquire() is False


async def test_the_lock_of_a_process_that_is_killed_is_free(
    exclusive: Exclusive, holder: "subprocess.Popen[str]"
) -> None:
    holder.kill()
    holder.communicate()
    tries = 0
    while not await exclusive.try_acquire():  # PostgreSQL has to notice it first
        tries += 1
        assert tries < 1000


@pytest.mark.parametrize("name", ["", "Tidy", "tidy up", "../tidy", "tidy-", "-tidy", "tidy--up", "tidy.up", "tidy\n"])
def test_a_name_that_is_no_slug_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a lock; use lower-case letters and digits"):
        Exclusive("sqlite:///tmws.db", name)


def _names_beside(url: str) -> set[str]:
    file = database_file(database_urls(url)[1])
    assert file is not None
    return {one.name for one in file.parent.iterdir()}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_the_lock_file_stands_beside_the_database(url: str, exclusive: Exclusive) -> None:
    await exclusive.try_acquire()
    assert f"tmws.db.{NAME}.lock" in _names_beside(url)


async def test_a_lock_file_that_cannot_be_written_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "tmws.db.tidy.lock").mkdir()
    assert await Exclusive(f"sqlite:///{tmp_path / 'tmws.db'}", "tidy").try_acquire() is False
    assert "tmws.db.tidy.lock cannot be locked: " in caplog.text


async def _end_other_connections(url: str) -> None:
    engine = create_async_engine(database_urls(url)[1])
    statement = (
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_a_lock_is_lost_with_its_connection(
    url: str, exclusive: Exclusive, rival: Exclusive, caplog: pytest.LogCaptureFixture
) -> None:
    await exclusive.try_acquire()
    await _end_other_connections(url)
    assert await rival.try_acquire() is True
    assert (await exclusive.still_held(), exclusive.held) == (False, False)
    assert f"the connection that held the lock {NAME} is gone" in caplog.text


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_a_lock_that_was_lost_can_be_taken_again(url: str, exclusive: Exclusive, rival: Exclusive) -> None:
    await exclusive.try_acquire()
    await _end_other_connections(url)
    assert await exclusive.try_acquire() is True
    assert await rival.try_acquire() is False


async def test_a_server_that_does_not_answer_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    lock = Exclusive("postgresql://nobody@127.0.0.1:1/nothing", NAME)
    assert await lock.try_acquire() is False
    assert f"the lock {NAME} cannot be asked for: " in caplog.text
