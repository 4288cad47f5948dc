"""To verify the logs."""

from tmws_audit.access import GOVERN
from tmws_audit.commands.verify import findings
from tmws_audit.verification.report import Verification
from tmws_core import Context, tool


@tool(scope=GOVERN, read_only=True, idempotent=True, rate_limit="6/minute")
async def audit_integrity(ctx: Context) -> Verification:
    """Verify that no row of the audit logs was changed, cut out, inserted or swapped, or name the first that was."""
    return await findings(ctx)
