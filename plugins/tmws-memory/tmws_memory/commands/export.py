"""`tmws memory export`: memories as a file or folder."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from tmws_core import Context, command
from tmws_memory import exporting
from tmws_memory.commands.files import FaultLine, Faults, FileUnusable, told
from tmws_memory.exchange import jsonl, markdown
from tmws_memory.exchange.record import Fault, Record
from tmws_memory.exporting import Selection
from tmws_memory.tools.arguments import Namespace

Write = Callable[[Record], object]


class ExportReport(BaseModel):
    """What an export did."""

    path: str
    format: str
    written: int
    faults: int = Field(description="What could not be written; the first thousand are listed.")
    left_out: list[FaultLine]


def _has_faults(report: ExportReport) -> bool:
    return report.faults > 0


@command(scope="memory:read", failed=_has_faults)
async def export(
    ctx: Context,
    path: Annotated[Path, Field(description="The file, which is replaced; of Markdown, a new or empty folder.")],
    format: Annotated[  # noqa: A002 -- the name of the option
        Literal["jsonl", "markdown"],
        Field(description="One file with a line for each, or a folder with a file for each."),
    ] = "jsonl",
    namespace: Annotated[Namespace, Field(description="Only this namespace; without it, all.")] = None,
    all_readable: Annotated[
        bool, Field(description="Whether those of others that you can read are exported too.")
    ] = False,
    archived: Annotated[bool, Field(description="Whether your archived ones are exported too.")] = False,
) -> ExportReport:
    """Export your memories, so that an import brings them back exactly."""
    selection = Selection(namespace=namespace, all_readable=all_readable, archived=archived)
    database, faults = ctx.application.database, Faults(ctx.logger.warning)
    order = partial(exporting.order, principal=ctx.principal, selection=selection)
    memory_ids = await database.transaction(order, read_only=True)
    done = failed = 0
    with told(), _file(path) if format == "jsonl" else _folder(path) as write:
        async for items in exporting.pages(database, ctx.principal, selection, memory_ids):
            for fault in await asyncio.to_thread(_write, items, write):
                failed += 1
                faults.tell(fault)
            done += len(items)
            await ctx.progress(done, len(memory_ids), f"exporting to {path.name}")
    return ExportReport(path=str(path), format=format, written=done - failed, faults=failed, left_out=faults.listed)


@contextmanager
def _file(path: Path) -> Iterator[Write]:
    if path.is_dir():
        raise FileUnusable(f"{path} is a folder", hint="name a file, or export with --format markdown")
    if not path.parent.is_dir():
        raise FileUnusable(f"the folder {path.parent} is not there", hint="make it first")
    with jsonl.writing(path) as write:
        yield write


@contextmanager
def _folder(path: Path) -> Iterator[Write]:
    # beside the files of a former export, memories that were changed or deleted since would come back
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise FileUnusable(f"{path} is not an empty folder", hint="name a new folder, or an empty one")
    path.mkdir(parents=True, exist_ok=True)
    yield partial(markdown.write, path)


def _write(items: Sequence[Record | Fault], write: Write) -> list[Fault]:
    """Write records; the faults among the items, and those of records that cannot be written."""
    faults = []
    for item in items:
        if isinstance(item, Fault):
            faults.append(item)
            continue
        try:
            write(item)
        except ValueError as error:
            faults.append(Fault(f"memory {item.id}", None, str(error)))
    return faults
