"""`tmws audit purge`."""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

from pydantic import BaseModel, Field

from tmws_audit.access import GOVERN
from tmws_audit.commands.files import told
from tmws_audit.purging import Purge, purgeable
from tmws_audit.purging import purge as purged
from tmws_audit.sealing import signing_key
from tmws_audit.settings import AuditSettings, Files
from tmws_audit.signing import TrustedKeys
from tmws_audit.state import AuditState
from tmws_core import Context, command
from tmws_core.columns import utc_now


class Purged(BaseModel):
    """What was removed from a log."""

    log: str
    rows: int
    through: int = Field(description="The number of the last row that is gone.")


class PurgeReport(BaseModel):
    """What a purge removed, or would remove when it is a dry one."""

    dry_run: bool = Field(description="Nothing was removed.")
    before: datetime = Field(description="Only what was sealed before this moment.")
    checkpoint: int | None = Field(description="The checkpoint up to which rows go; null when none is old enough.")
    logs: list[Purged]


@command(scope=GOVERN)
async def purge(
    ctx: Context,
    older_than_days: Annotated[
        int | None, Field(ge=1, le=36_500, description="Instead of the setting TMWS_AUDIT_RETENTION_DAYS.")
    ] = None,
    dry_run: Annotated[bool, Field(description="Only say what would be removed.")] = True,
) -> PurgeReport:
    """Remove rows that are older than they are kept; a signed record takes their place. Export them first."""
    settings, files, now = ctx.settings(AuditSettings), Files.of(ctx.application.settings), utc_now()
    before = now - timedelta(days=older_than_days or settings.retention_days)
    with told():
        keys = await asyncio.to_thread(TrustedKeys.load, files.trusted)
        if dry_run:
            look = partial(purgeable, before=before, keys=keys)
            found = await ctx.application.database.transaction(look, read_only=True)
        else:
            key = await asyncio.to_thread(signing_key, files)
            found = await ctx.transaction(partial(purged, before=before, keys=keys, key=key, now=now))
            await ctx.state(AuditState).sealer.follow()
    return _report(found, before, dry_run=dry_run)


def _report(found: Purge, before: datetime, *, dry_run: bool) -> PurgeReport:
    logs = [Purged(log=name, rows=place.rows or 0, through=place.sequence) for name, place in found.places.items()]
    number = None if found.seal is None else found.seal.number
    return PurgeReport(dry_run=dry_run, before=before, checkpoint=number, logs=logs)
