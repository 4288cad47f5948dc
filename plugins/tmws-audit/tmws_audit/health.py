"""What `tmws doctor` and `/readyz` ask about the logs."""

import asyncio

from sqlalchemy.orm import Session

from tmws_audit import seals
from tmws_audit.commands.files import told
from tmws_audit.sealing import unsealed
from tmws_audit.settings import Files
from tmws_audit.signing import SigningKey, TrustedKeys
from tmws_audit.state import AuditState
from tmws_core import Context, health_check
from tmws_core.tool_errors import ToolError


@health_check
async def logs(ctx: Context) -> str:
    """Whether calls and events are recorded, and checkpoints signed; whether nothing was changed, verify tells."""
    state, files = ctx.state(AuditState), Files.of(ctx.application.settings)
    if state.recorder.problem:
        raise ToolError(state.recorder.problem)
    with told():
        await asyncio.to_thread(_try_key, files)
    if state.sealer.problem:
        raise ToolError(state.sealer.problem)
    said = [await ctx.transaction(_told)]
    if state.missed:
        said.append(f"{state.missed} calls and events were not recorded by this process")
    return "; ".join(said)


def _try_key(files: Files) -> None:
    """Whether the key can be used; before the first checkpoint there need be none."""
    if files.key.exists() or TrustedKeys.load(files.trusted).key_ids:
        SigningKey.load(files.key)


def _told(session: Session) -> str:
    newest, rows = seals.newest(session), sum(unsealed(session).values())
    if newest is None:
        return f"{rows} rows, no checkpoint yet"
    return f"checkpoint {newest.number} of {newest.signed_at:%Y-%m-%d %H:%M} UTC, {rows} rows after it"
