"""Creates the tables of all plugins in a new SQLite file in one way, once, and prints how long that took."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from sqlite3 import Connection as Driver

from sqlalchemy import Connection, MetaData, NullPool, create_engine, event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import configure_mappers

from benchmarks.measurement import Stopwatch
from tmws_core.assembly import Assembly
from tmws_core.commands.startup import without_collection
from tmws_core.settings import Settings


def through_schema(assembly: Assembly, _file: Path) -> None:
    """As a server does it: planned, applied, verified, recorded, with seeds."""
    assembly.schema.apply(assembly.active, strict=True)


def through_create_all(assembly: Assembly, file: Path) -> None:
    """The floor: `create_all` of each plugin's metadata, in one transaction of the synchronous driver."""
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_immediate)
    with engine.begin() as connection:
        _create_all(connection, _metadata(assembly))


def through_create_all_asynchronously(assembly: Assembly, file: Path) -> None:
    """The same through aiosqlite."""
    asyncio.run(_create_all_asynchronously(file, _metadata(assembly)))


WAYS = {
    function.__name__: function for function in (through_schema, through_create_all, through_create_all_asynchronously)
}


async def _create_all_asynchronously(file: Path, metadata: Sequence[MetaData]) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    async with engine.begin() as connection:
        await connection.run_sync(_create_all, metadata)
    await engine.dispose()


def _metadata(assembly: Assembly) -> list[MetaData]:
    found = (record.contributions.metadata for record in assembly.active)
    return [metadata for metadata in found if metadata is not None]


def _create_all(connection: Connection, every: Sequence[MetaData]) -> None:
    for metadata in every:
        metadata.create_all(connection, checkfirst=False)


def _prepare(connection: Driver, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL").close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def main() -> None:
    """Do it in the way and in the folder that the arguments name."""
    way, folder = WAYS[sys.argv[1]], Path(sys.argv[2])
    file = folder / "data" / "tmws.db"
    with without_collection():
        assembly = Assembly(Settings(home=folder, strict=True))
        configure_mappers()
    file.parent.mkdir(parents=True)
    watch = Stopwatch()
    way(assembly, file)
    sys.stdout.write(json.dumps(asdict(watch.sample())))


if __name__ == "__main__":
    main()
