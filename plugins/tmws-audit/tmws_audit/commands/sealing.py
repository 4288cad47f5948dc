"""`tmws audit checkpoint` and `tmws audit new-key`."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, Field

from tmws_audit.access import GOVERN
from tmws_audit.commands.files import told
from tmws_audit.settings import Files
from tmws_audit.signing import SigningKey, TrustedKeys
from tmws_audit.state import AuditState
from tmws_core import Context, command


class CheckpointReport(BaseModel):
    """What was signed."""

    number: int | None = Field(description="Null when nothing is new since the last checkpoint.")
    at: str | None
    file: str


class KeyReport(BaseModel):
    """The new key."""

    key: str
    file: str
    retired: str | None = Field(description="Where the former key is now.")


@command(scope=GOVERN)
async def checkpoint(ctx: Context) -> CheckpointReport:
    """Sign now how far the logs reach, here and in the file outside the database."""
    state, files = ctx.state(AuditState), Files.of(ctx.application.settings)
    with told():
        await state.recorder.flush()
        seal = await state.sealer.now()
    found = (None, None) if seal is None else (seal.number, seal.at)
    return CheckpointReport(number=found[0], at=found[1], file=str(files.checkpoints))


@command(scope=GOVERN)
async def new_key(ctx: Context) -> KeyReport:
    """Make a new signing key; the former one signs no more, and what it has signed stays believed."""
    files = Files.of(ctx.application.settings)
    with told():
        return await asyncio.to_thread(_replaced, files)


def _replaced(files: Files) -> KeyReport:
    retired: Path | None = None
    if files.key.exists():
        retired = files.key.with_name(f"{files.key.name}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}.retired")
        files.key.rename(retired)
    key = SigningKey.create(files.key)
    TrustedKeys.trust(files.trusted, key)
    return KeyReport(key=key.key_id, file=str(files.key), retired=None if retired is None else str(retired))
