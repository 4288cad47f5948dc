"""`tmws memory import`: memories from a file or folder."""

import asyncio
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field

from tmws_core import Context, command
from tmws_core.tool_errors import InvalidArguments
from tmws_memory.bulk_import import BulkImport, batches
from tmws_memory.commands.files import FaultLine, Faults, told
from tmws_memory.exchange.detection import Format, UnknownFormat, detect, labels
from tmws_memory.exchange.progress import size
from tmws_memory.exchange.record import shown
from tmws_memory.importing import Importer
from tmws_memory.settings import MemorySettings
from tmws_memory.state import MemoryState
from tmws_memory.tools.arguments import Namespace


class ImportReport(BaseModel):
    """What an import did."""

    format: str = Field(description="The format that was read.")
    dry_run: bool = Field(description="Nothing was stored.")
    stored: int
    duplicates: int = Field(description="They were there already; nothing was changed.")
    expired: int = Field(description="Their lifetime is over.")
    renumbered: int = Field(description="Stored with another identifier than theirs, which is not free.")
    faults: int = Field(description="What was left out; the first thousand are listed.")
    left_out: list[FaultLine]


class _Meter:
    def __init__(self) -> None:
        self.done = 0

    def advance(self, number: int) -> None:
        self.done += number


def _has_faults(report: ImportReport) -> bool:
    return report.faults > 0


@command(scope="memory:write", failed=_has_faults)
async def import_(
    ctx: Context,
    path: Annotated[Path, Field(description="The file or folder.")],
    format: Annotated[  # noqa: A002 -- the name of the option
        str | None, Field(description=f"One of {labels()}; without it, it is told by what is there.")
    ] = None,
    namespace: Annotated[Namespace, Field(description="Where all go; without it, where each was, or your own.")] = None,
    own: Annotated[
        bool, Field(description="Whether all memories become yours; their authors are kept as a fact.")
    ] = False,
    dry_run: Annotated[bool, Field(description="Whether it is only tried, and nothing stored.")] = False,
) -> ImportReport:
    """Import memories from a file or folder; what cannot be imported is listed, and the rest goes on."""
    with told():
        chosen = await asyncio.to_thread(_chosen, path, format)
        total = await asyncio.to_thread(size, path)
    meter, faults = _Meter(), Faults(ctx.logger.warning)
    importer = Importer(ctx.principal, ctx.settings(MemorySettings), namespace=namespace, keep_authors=not own)
    bulk = BulkImport(importer, faults.tell, dry_run=dry_run)
    with told():
        async for batch in batches(chosen.read(path, meter.advance), shown(path.name)):
            await bulk.take(ctx, batch)
            await ctx.progress(meter.done, max(total, meter.done), f"importing {shown(path.name)}")
    ctx.state(MemoryState).worker.wake()
    if bulk.counted["stored"] and not dry_run:
        ctx.publish("memory.imported", stored=bulk.counted["stored"])
    return ImportReport(
        format=chosen.label,
        dry_run=dry_run,
        stored=bulk.counted["stored"],
        duplicates=bulk.counted["duplicate"],
        expired=bulk.counted["expired"],
        renumbered=bulk.counted["renumbered"],
        faults=bulk.faults,
        left_out=faults.listed,
    )


def _chosen(path: Path, label: str | None) -> Format:
    try:
        return detect(path) if label is None else Format.named(label)
    except UnknownFormat as error:
        raise InvalidArguments(str(error)) from error
