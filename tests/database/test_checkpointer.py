"""One process alone moves the write-ahead log into the file."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from tmws_core.database import Database
from tmws_core.database.checkpointer import PAGES_BEFORE_A_CHECKPOINT, Checkpointer


@pytest_asyncio.fixture
async def databases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[Database]]:
    """Two servers on one file, not opened yet; who wants to checkpoint tries at once."""
    monkeypatch.setattr("tmws_core.database.checkpointer.SECONDS_BETWEEN_ATTEMPTS", 0)
    pair = [Database(f"sqlite:///{tmp_path / 'tmws.db'}") for _ in range(2)]
    yield pair
    for database in pair:
        await database.close()


def _role(database: Database) -> Checkpointer:
    assert database.checkpointer is not None
    return database.checkpointer


async def _until_held(checkpointer: Checkpointer) -> None:
    assert checkpointer._task is not None
    await checkpointer._task
    assert checkpointer.held


async def _checkpoints_after(database: Database) -> int:
    async with database.session(read_only=False) as session:
        return int(await session.scalar(text("PRAGMA wal_autocheckpoint")) or 0)


async def test_a_server_alone_becomes_the_checkpointer(databases: list[Database]) -> None:
    await databases[0].open()
    await _until_held(_role(databases[0]))
    assert await _checkpoints_after(databases[0]) == PAGES_BEFORE_A_CHECKPOINT


async def test_a_server_does_not_checkpoint_before_it_has_the_role(databases: list[Database]) -> None:
    assert await _checkpoints_after(databases[0]) == 0


async def test_a_connection_that_was_open_is_renewed_with_the_role(databases: list[Database]) -> None:
    await _checkpoints_after(databases[0])
    await databases[0].open()
    await _until_held(_role(databases[0]))
    assert await _checkpoints_after(databases[0]) == PAGES_BEFORE_A_CHECKPOINT


async def test_a_writer_that_comes_while_the_role_is_taken_is_served(databases: list[Database]) -> None:
    await _checkpoints_after(databases[0])
    await databases[0].open()
    await asyncio.gather(*(_checkpoints_after(databases[0]) for _ in range(20)), _until_held(_role(databases[0])))
    assert await _checkpoints_after(databases[0]) == PAGES_BEFORE_A_CHECKPOINT


async def test_the_second_server_takes_over_when_the_first_stops(databases: list[Database]) -> None:
    first, second = [_role(database) for database in databases]
    await databases[0].open()
    await _until_held(first)
    await databases[1].open()
    assert not second.held
    await databases[0].close()
    await _until_held(second)
    assert not first.held


async def test_a_lock_that_cannot_be_written_is_told_and_nobody_checkpoints(
    databases: list[Database], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "tmws.db.checkpointer").mkdir()
    await databases[0].open()
    checkpointer = _role(databases[0])
    assert checkpointer._task is not None
    await checkpointer._task
    assert not checkpointer.held
    assert "cannot be locked" in caplog.text
