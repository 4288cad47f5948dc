"""Makes keys for whoever asks, over HTTP or at the terminal, and tells of it."""

from sqlalchemy.orm import Session

from tmws_accounts import keys
from tmws_accounts.answers import NewKeyAnswer
from tmws_accounts.callers import caller_of
from tmws_accounts.new_key import KeyRequest
from tmws_accounts.state import AccountsState
from tmws_core import Context


async def make(ctx: Context, request: KeyRequest) -> NewKeyAnswer:
    """Make a key.

    Raises:
        ToolError: as `keys.create` does.
    """
    new = request.at(ctx.state(AccountsState).now())

    def work(session: Session) -> NewKeyAnswer:
        caller = caller_of(session, ctx.principal)
        key, credential = keys.create(session, caller, new)
        ctx.publish(
            "security.key_created", key_id=key.key_id, agent_id=key.agent_id, scopes=list(key.scopes), by=caller.name
        )
        return NewKeyAnswer.of(key, credential)

    return await ctx.transaction(work)


async def rotate(ctx: Context, key_id: str) -> NewKeyAnswer:
    """Revoke a key and make another of the same kind.

    Raises:
        ToolError: as `keys.rotate` does.
    """
    state = ctx.state(AccountsState)

    def work(session: Session) -> NewKeyAnswer:
        caller = caller_of(session, ctx.principal)
        key, credential = keys.rotate(session, caller, key_id, state.now())
        ctx.publish("security.key_rotated", key_id=key.key_id, former=key_id, agent_id=key.agent_id, by=caller.name)
        return NewKeyAnswer.of(key, credential)

    made = await ctx.transaction(work)
    state.verifier.forget()
    return made
