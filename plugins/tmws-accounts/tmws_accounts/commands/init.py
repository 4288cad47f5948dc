"""`tmws accounts init`: from now on whoever comes over HTTP has to show who it is."""

import sys
from typing import Annotated, Any

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from tmws_accounts import keys, users
from tmws_accounts.callers import Caller
from tmws_accounts.client_snippets import ClientSnippets
from tmws_accounts.commands.users import NewName
from tmws_accounts.keys import NewKey
from tmws_accounts.scopes import OWNER
from tmws_accounts.settings import AccountsSettings
from tmws_accounts.state import AccountsState
from tmws_accounts.users import NewUser
from tmws_agents.registration import ensure_registered
from tmws_core import Context, command
from tmws_core.principal import EVERY_SCOPE
from tmws_core.tool_errors import AlreadyChanged


class OwnerAnswer(BaseModel):
    """The owner, and the first key, which is shown here and never again."""

    key: str = Field(description="The key itself. Keep it as you keep a password.")
    key_id: str
    username: str
    agent_id: str
    clients: dict[str, Any] = Field(description="What is pasted into clients.")


@command(scope="accounts:govern")
async def init(
    ctx: Context,
    username: Annotated[NewName, Field(description="The owner's name.")] = "owner",
) -> OwnerAnswer:
    """Make the owner and the first key, and print it, this once, with what to paste into your clients.

    From now on every request over HTTP needs a key or an access token. The owner acts as this machine's own agent, so
    what it has stored so far stays its own. A password is set with `tmws accounts user-password`.
    """
    state, core = ctx.state(AccountsState), ctx.application.settings.core
    agent_id = ctx.principal.agent_id

    def work(session: Session) -> tuple[str, str]:
        if users.are_there(session):
            raise AlreadyChanged(
                "this installation has an owner already", hint="make further keys with `tmws accounts key-create`"
            )
        ensure_registered(session, ctx.principal)
        owner = users.create(session, NewUser(username, [OWNER], agent_id=agent_id, created_by=agent_id), state.now())
        key, credential = keys.create(session, Caller(ctx.principal, owner), NewKey("owner", [EVERY_SCOPE]))
        ctx.publish("security.owner_created", username=username, agent_id=agent_id)
        ctx.publish("security.key_created", key_id=key.key_id, agent_id=agent_id, scopes=[EVERY_SCOPE], by=username)
        return key.key_id, credential.text

    key_id, secret = await ctx.transaction(work)
    state.ownership.came()
    url = ctx.settings(AccountsSettings).public_url or f"http://{core.api_host}:{core.api_port or 8000}"
    snippets = ClientSnippets(f"{url.rstrip('/')}/mcp", secret)
    if sys.stderr.isatty():  # what is pasted must not be broken into lines, as it would be in a table
        sys.stderr.write(f"{snippets.text}\n\n")
    return OwnerAnswer(key=secret, key_id=key_id, username=username, agent_id=agent_id, clients=snippets.as_json())
