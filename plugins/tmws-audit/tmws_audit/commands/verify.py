"""`tmws audit verify`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import Field

from tmws_audit.access import GOVERN
from tmws_audit.commands.files import told
from tmws_audit.settings import Files
from tmws_audit.verification.report import Verification
from tmws_audit.verification.verify import verify as verified
from tmws_core import Context, command


@command(scope=GOVERN, failed=lambda found: not found.intact)
async def verify(
    ctx: Context,
    checkpoints: Annotated[
        Path | None, Field(description="The file of checkpoints, when it is not the one that this server writes.")
    ] = None,
    keys: Annotated[Path | None, Field(description="The public keys to believe, instead of this server's own.")] = None,
) -> Verification:
    """Verify that no row of the logs was changed, cut out, inserted or swapped; ends with 1 when one was."""
    return await findings(ctx, checkpoints, keys)


async def findings(ctx: Context, checkpoints: Path | None = None, keys: Path | None = None) -> Verification:
    """Verify the logs.

    Args:
        ctx: the context of the call.
        checkpoints: the file of checkpoints; None for the server's own.
        keys: the public keys to believe; None for the server's own.
    """
    files = Files.of(ctx.application.settings)
    files = replace(files, checkpoints=checkpoints or files.checkpoints, trusted=keys or files.trusted)
    with told():
        return await verified(ctx.application.database, files, ctx.progress)
