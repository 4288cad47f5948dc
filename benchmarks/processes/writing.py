"""Writes to one row from many tasks at once, each time in a transaction that first reads it, and prints how that went.

The arguments are the way, the database's URL, the number of tasks, and for how many seconds.
"""

import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from benchmarks.measurement import MILLISECONDS
from tmws_core.database import Database
from tmws_core.schema.engine import database_file, database_urls

COUNTER = "benchmark_counter"
_READ = f"SELECT value FROM {COUNTER} WHERE id = 1"
_WRITE = f"UPDATE {COUNTER} SET value = :value WHERE id = 1"

Write = Callable[[], Awaitable[None]]


@asynccontextmanager
async def through_session(url: str) -> AsyncIterator[Write]:
    """As a tool does it: a session of `Database`, a statement that reads, one that writes, commit."""
    database = Database(url)

    async def write() -> None:
        async with database.session(read_only=False) as session:
            value = await session.scalar(text(_READ))
            await session.execute(text(_WRITE), {"value": int(value) + 1})
            await session.commit()

    yield write
    await database.close()


@asynccontextmanager
async def through_transaction(url: str) -> AsyncIterator[Write]:
    """As a tool does it that writes often: a whole transaction in one hop, through SQLAlchemy."""
    database = Database(url)

    def work(session: Session) -> None:
        value = session.scalar(text(_READ))
        session.execute(text(_WRITE), {"value": int(value or 0) + 1})

    yield lambda: database.transaction(work, read_only=False)
    await database.close()


@asynccontextmanager
async def through_one_hop(url: str) -> AsyncIterator[Write]:
    """The floor: the same statements with the driver alone, the whole transaction in one turn of a writing thread."""
    file = database_file(database_urls(url)[1])
    with ThreadPoolExecutor(1) as writer:
        loop = asyncio.get_running_loop()
        connection = await loop.run_in_executor(writer, _connected, str(file))
        yield lambda: loop.run_in_executor(writer, _written, connection)
        await loop.run_in_executor(writer, connection.close)


def _connected(file: str) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript("PRAGMA busy_timeout=30000; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0")
    return connection


def _written(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    (value,) = connection.execute(_READ).fetchone()
    connection.execute(_WRITE, {"value": value + 1})
    connection.execute("COMMIT")


WAYS: dict[str, Callable[[str], AbstractAsyncContextManager[Write]]] = {
    function.__name__: function for function in (through_session, through_transaction, through_one_hop)
}


async def run(way: str, url: str, tasks: int, seconds: float) -> dict[str, Any]:
    """Write until the time is over.

    Returns:
        How long each transaction took in milliseconds, and how many were refused because the database was locked.
    """
    taken: list[float] = []
    locked = 0

    async def one_writer(write: Write, end: float) -> None:
        nonlocal locked
        while (begun := time.perf_counter()) < end:
            try:
                await write()
            except (OperationalError, sqlite3.OperationalError):
                locked += 1
            else:
                taken.append((time.perf_counter() - begun) * MILLISECONDS)

    async with WAYS[way](url) as write:
        await write()
        end = time.perf_counter() + seconds
        async with asyncio.TaskGroup() as group:
            for _ in range(tasks):
                group.create_task(one_writer(write, end))
    return {"taken": taken, "locked": locked, "written": len(taken) + 1}


def main() -> None:
    """Do what the arguments say."""
    way, url, tasks, seconds = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(run(way, url, int(tasks), float(seconds)))))


if __name__ == "__main__":
    main()
