"""`tmws accounts key-create` and `key-rotate`; listing and revoking are tools, and so commands too."""

from tmws_accounts import key_making
from tmws_accounts.answers import NewKeyAnswer
from tmws_accounts.new_key import (
    Days,
    Description,
    Hourly,
    KeyAgent,
    KeyName,
    KeyRequest,
    KeyScopes,
    KeyUser,
    Networks,
    OfAgent,
)
from tmws_accounts.tools.keys import KeyId
from tmws_core import Context, command


@command(scope="accounts:write")
async def key_create(
    ctx: Context,
    name: KeyName,
    scopes: KeyScopes,
    agent_id: KeyAgent = None,
    username: KeyUser = None,
    of_agent: OfAgent = False,
    allowed_ips: Networks = None,
    rate_limit_per_hour: Hourly = None,
    days: Days = None,
    description: Description = None,
) -> NewKeyAnswer:
    """Make an API key and print it, this once."""
    request = KeyRequest(
        name=name,
        scopes=scopes,
        agent_id=agent_id,
        username=username,
        of_agent=of_agent,
        allowed_ips=allowed_ips,
        rate_limit_per_hour=rate_limit_per_hour,
        days=days,
        description=description,
    )
    return await key_making.make(ctx, request)


@command(scope="accounts:write")
async def key_rotate(ctx: Context, key_id: KeyId) -> NewKeyAnswer:
    """Revoke an API key, make another of the same kind, and print it, this once."""
    return await key_making.rotate(ctx, key_id)
