"""`tmws skills export`: skills as folders or as one archive."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import Field

from tmws_core import Context, command
from tmws_core.tool_errors import ToolError
from tmws_skills.access import READ
from tmws_skills.exchange import exporting
from tmws_skills.exchange.answers import ExportedSkill, ExportReport, LeftOut
from tmws_skills.exchange.exporting import Exported
from tmws_skills.exchange.source import SkillsUnusable
from tmws_skills.format.archive import ENDINGS
from tmws_skills.format.writing import Write, write_folder, writing_archive


def _has_faults(report: ExportReport) -> bool:
    return report.faults > 0


@command(scope=READ, failed=_has_faults)
async def export(
    ctx: Context,
    target: Annotated[
        Path, Field(description="A folder, in which each skill gets its own; or a .zip file, which is replaced.")
    ],
    skill: Annotated[
        list[str], Field(description="The name or identifier of a skill; without it, all that are yours.")
    ] = [],  # noqa: B006 -- the core copies the default into a model
    all_readable: Annotated[
        bool, Field(description="Whether, without a name, those of others that you can read are exported too.")
    ] = False,
) -> ExportReport:
    """Export the active versions of skills, every byte as it came in."""
    database = ctx.application.database
    choose = partial(exporting.selected, principal=ctx.principal, names=skill, all_readable=all_readable)
    chosen = await database.transaction(choose, read_only=True)
    written: list[ExportedSkill] = []
    left_out: list[LeftOut] = []
    with _target(target) as write:
        for done, skill_id in enumerate(chosen, 1):
            try:
                load = partial(exporting.load, principal=ctx.principal, skill=skill_id)
                exported = await database.transaction(load, read_only=True)
                _refuse_second(exported, written)
                await asyncio.to_thread(write, exported.name, exported.package)
                written.append(_line(exported))
            except FileExistsError as error:
                left_out.append(LeftOut(path=exported.name, reason=str(error)))
            except ToolError as error:
                left_out.append(LeftOut(path=skill_id, reason=str(error)))
            await ctx.progress(done, len(chosen), f"exporting to {target.name}")
    return ExportReport(target=str(target), skills=written, faults=len(left_out), left_out=left_out)


@contextmanager
def _target(path: Path) -> Iterator[Write]:
    """What writes a skill to where a person has said."""
    try:
        if path.suffix.lower() in ENDINGS and not path.is_dir():
            with writing_archive(path) as write:
                yield write
            return
        path.mkdir(parents=True, exist_ok=True)
        yield partial(write_folder, path)
    except OSError as error:
        raise SkillsUnusable(f"{error.filename or path}: {error.strerror or error}") from error


def _refuse_second(exported: Exported, written: list[ExportedSkill]) -> None:
    first = next((one for one in written if one.name == exported.name), None)
    if first is not None:
        raise ToolError(
            f"{exported.namespace}/{exported.name} has the name of {first.namespace}/{first.name}, which is written",
            hint="export it to another folder",
        )


def _line(exported: Exported) -> ExportedSkill:
    return ExportedSkill(
        name=exported.name,
        namespace=exported.namespace,
        version=exported.version,
        digest=exported.package.digest,
        files=len(exported.package.files) + 1,
    )
