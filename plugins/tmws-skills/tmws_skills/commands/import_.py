"""`tmws skills import`: skills from a folder, an archive or a git repository."""

import asyncio
from contextlib import ExitStack
from functools import partial
from typing import Annotated

from pydantic import Field

from tmws_core import Context, command
from tmws_core.fields import Slug
from tmws_skills.access import WRITE
from tmws_skills.draft import AccessLevel
from tmws_skills.exchange import importing
from tmws_skills.exchange.answers import ImportReport
from tmws_skills.exchange.events import tell
from tmws_skills.exchange.importing import Imported, Target
from tmws_skills.exchange.source import opened
from tmws_skills.format.reading import Fault, Found
from tmws_skills.settings import SkillsSettings


def _has_faults(report: ImportReport) -> bool:
    return report.faults > 0


@command(scope=WRITE, failed=_has_faults)
async def import_(
    ctx: Context,
    source: Annotated[
        str, Field(description="A folder, a .zip or .skill archive, or the address of a git repository.")
    ],
    commit: Annotated[str | None, Field(description="Of a git repository, a commit, a tag or a branch.")] = None,
    folder: Annotated[str, Field(description="Of a git repository, only what lies below this folder.")] = "",
    namespace: Annotated[Slug | None, Field(description="Where all go; without it, your own namespace.")] = None,
    level: Annotated[
        AccessLevel, Field(description="Who may see those that are new; those that are there stay as they are.")
    ] = "private",
) -> ImportReport:
    """Import all skills below a path; one that cannot be imported is listed, and the rest goes on.

    What is there already is not made twice: a skill with other files gets a new version.
    """
    target = Target(namespace or ctx.principal.namespace, level)
    target.refuse(ctx.principal)
    limits = ctx.settings(SkillsSettings).limits
    outcomes: list[Imported | Fault] = []
    with ExitStack() as stack:
        found = await asyncio.to_thread(stack.enter_context, opened(source, limits, commit=commit, folder=folder))
        skills, total = iter(found.reading), len(found.reading)
        while (read := await asyncio.to_thread(next, skills, None)) is not None:
            outcomes.append(await _outcome(ctx, read, target))
            await ctx.progress(len(outcomes), total, f"importing {found.shown}")
    return ImportReport.of(outcomes, source=found.shown, commit=found.commit)


async def _outcome(ctx: Context, read: Found | Fault, target: Target) -> Imported | Fault:
    if isinstance(read, Fault):
        return read
    store = partial(importing.store, principal=ctx.principal, found=read, target=target)
    return await ctx.transaction(store, lambda outcome: tell(ctx, [outcome]))
