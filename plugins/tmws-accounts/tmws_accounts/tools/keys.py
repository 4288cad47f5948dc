"""To see and revoke API keys."""

from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from tmws_accounts import keys
from tmws_accounts.answers import KeyAnswer, key_answers
from tmws_accounts.callers import caller_of
from tmws_accounts.state import AccountsState
from tmws_core import Context, tool
from tmws_core.fields import StorableText

KeyId = Annotated[StorableText, Field(max_length=32, description="The key's identifier, as account_key_list has it.")]


@tool(scope="accounts:read", read_only=True)
async def account_key_list(
    ctx: Context,
    revoked: Annotated[bool, Field(description="Whether revoked keys are listed too.")] = False,
) -> list[KeyAnswer]:
    """List your API keys, the newest first; whoever governs accounts sees those of everybody."""

    def work(session: Session) -> list[KeyAnswer]:
        return key_answers(keys.listed(session, caller_of(session, ctx.principal), revoked=revoked))

    return await ctx.transaction(work)


@tool(scope="accounts:write", destructive=True, idempotent=True)
async def account_key_revoke(ctx: Context, key_id: KeyId) -> KeyAnswer:
    """Revoke an API key for good: the next request with it is refused."""
    state = ctx.state(AccountsState)

    def work(session: Session) -> KeyAnswer:
        caller = caller_of(session, ctx.principal)
        key = keys.revoke(session, caller, key_id, state.now())
        ctx.publish("security.key_revoked", key_id=key.key_id, agent_id=key.agent_id, by=caller.name)
        return KeyAnswer.of(key)

    revoked = await ctx.transaction(work)
    state.verifier.forget()
    return revoked
