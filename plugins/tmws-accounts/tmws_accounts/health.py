"""What `tmws doctor` asks about accounts."""

from tmws_accounts.state import AccountsState
from tmws_core import Context, health_check


@health_check
async def authentication(ctx: Context) -> str:
    """Whether callers over HTTP have to show who they are."""
    if await ctx.state(AccountsState).ownership.is_there():
        return "every request over HTTP needs a key or an access token"
    return (
        "there is no owner yet, so every program on this machine acts as "
        f"{ctx.application.settings.core.agent_id!r} with every right; `tmws accounts init` ends that"
    )
