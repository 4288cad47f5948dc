"""What imports and exports in the tests: on a session that is rolled back, or in a running application."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_memory.exchange.record import Record
from tmws_memory.exporting import Selection, order, page
from tmws_memory.importing import Imported, Importer
from tmws_memory.settings import MemorySettings

ALICE = Principal("alice", "place", frozenset({"*"}))
EVE = Principal("eve", "place", frozenset({"memory:read", "memory:write", "memory:share"}))

Import = Callable[..., Awaitable[list[Imported]]]
Export = Callable[..., Awaitable[list[Record]]]
RunCommand = Callable[..., Awaitable[Any]]


@pytest.fixture
def import_records(session: AsyncSession) -> Import:
    """Imports records as alice, who governs, unless another principal is given."""

    async def run(
        *records: Record, principal: Principal = ALICE, settings: MemorySettings | None = None, **options: Any
    ) -> list[Imported]:
        importer = Importer(principal, settings or MemorySettings.model_validate({}), **options)
        return await session.run_sync(importer.store, records)

    return run


@pytest.fixture
def export_records(session: AsyncSession) -> Export:
    """Exports all records of alice, unless another principal or other options are given."""

    async def run(principal: Principal = ALICE, **options: Any) -> list[Record]:
        def read(synchronous: Session) -> list[Record]:
            return all_records(synchronous, principal, Selection(**options))

        return await session.run_sync(read)

    return run


@pytest.fixture
def run_command(application: Application) -> RunCommand:
    """Runs a command of the plugin as the command line does, as alice unless another principal is given."""

    async def run(
        command: Callable[..., Awaitable[Any]], path: Path, principal: Principal = ALICE, **options: Any
    ) -> Any:  # noqa: ANN401 -- whatever the command returns
        async def work(context: Context) -> Any:  # noqa: ANN401 -- as above
            return await command(context, path, **options)

        return await application.pipeline.run(Call(principal, "cli"), "command", None, work, read_only=False)

    return run


def all_records(session: Session, principal: Principal, selection: Selection) -> list[Record]:
    """All records of an export."""
    return records_in(page(session, principal, selection, order(session, principal, selection)))


def records_in(items: Sequence[object]) -> list[Record]:
    """The items, which are all records."""
    records = [item for item in items if isinstance(item, Record)]
    assert len(records) == len(items)
    return records
