"""Says who sends an HTTP request."""

from tmws_accounts.state import AccountsState
from tmws_core import Context, Credentials, Principal, authenticator
from tmws_core.tool_errors import Unauthenticated


@authenticator
async def authenticate(ctx: Context, credentials: Credentials) -> Principal:
    """The principal of an API key or an access token; without either the machine's own user, while there is no owner.

    Raises:
        Unauthenticated: neither is shown, or what is shown is not good.
    """
    state = ctx.state(AccountsState)
    if credentials.token is not None:
        return await state.verifier.verify(credentials.token, credentials.client)
    if credentials.loopback and not await state.ownership.is_there():
        return ctx.application.local_principal
    raise Unauthenticated(
        "this server wants to know who calls",
        hint="send an API key as `Authorization: Bearer …`; its owner makes one with `tmws accounts key-create`",
    )
