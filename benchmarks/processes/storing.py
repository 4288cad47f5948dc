"""Stores memories from many tasks at once, as fast as they can, and prints how that went.

The arguments are the way, the home folder or database file, the number of tasks, and for how many seconds. It prints a
line when it is ready, and begins when it reads one.
"""

import asyncio
import json
import os
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.bare_rows import connected, insert_with_driver
from benchmarks.measurement import MILLISECONDS
from benchmarks.memories import NewMemory, opened
from benchmarks.texts import Texts
from tmws_core.tool_errors import ToolError

Store = Callable[[NewMemory], Awaitable[str]]


@asynccontextmanager
async def through_tool(home: Path) -> AsyncIterator[Store]:
    """As an agent does it: the tool, in a running application."""
    async with opened(home) as memories:
        yield memories.store


@asynccontextmanager
async def through_one_hop(file: Path) -> AsyncIterator[Store]:
    """The floor: a comparable row with the driver alone, the whole transaction in one turn of a writing thread."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as writer:
        connection = await loop.run_in_executor(writer, connected, file)
        yield lambda memory: loop.run_in_executor(writer, insert_with_driver, connection, memory)
        await loop.run_in_executor(writer, connection.close)


WAYS: dict[str, Callable[[Path], AbstractAsyncContextManager[Store]]] = {
    function.__name__: function for function in (through_tool, through_one_hop)
}


async def run(way: str, place: Path, tasks: int, seconds: float) -> dict[str, Any]:
    """Store until the time is over.

    Returns:
        How long each took in milliseconds, which identifiers were answered, and what was refused.
    """
    taken: list[float] = []
    stored: list[str] = []
    errors: list[str] = []
    # no two alike, here or in another process: what is remembered already would not be stored
    texts = Texts(os.getpid())
    numbers = count()

    def another() -> NewMemory:
        (text,) = texts.texts(1)
        return NewMemory(f"{text} {os.getpid()} {next(numbers)}", tags=["benchmark", "note"])

    async def one_writer(store: Store, end: float) -> None:
        while (begun := time.perf_counter()) < end:
            try:
                stored.append(await store(another()))
            except (ToolError, sqlite3.Error) as error:
                errors.append(str(error))
            else:
                taken.append((time.perf_counter() - begun) * MILLISECONDS)

    async with WAYS[way](place) as store:
        stored.append(await store(another()))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        end = time.perf_counter() + seconds
        async with asyncio.TaskGroup() as group:
            for _ in range(tasks):
                group.create_task(one_writer(store, end))
    return {"taken": taken, "stored": stored, "errors": errors}


def main() -> None:
    """Do what the arguments say."""
    way, place, tasks, seconds = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(run(way, Path(place), int(tasks), float(seconds)))))


if __name__ == "__main__":
    main()
