"""Making API keys. That is no tool: the key would stay in the context of a model."""

from starlette.requests import Request
from starlette.responses import Response

from tmws_accounts import key_making
from tmws_accounts.new_key import KeyRequest
from tmws_accounts.routes.bodies import body_of, private
from tmws_core import Context, route


@route("/accounts/keys", scope="accounts:write", methods=("POST",), rate_limit="60/hour")
async def create_key(ctx: Context, request: Request) -> Response:
    """Make an API key; the answer is the only place where it is ever shown."""
    return private(await key_making.make(ctx, await body_of(request, KeyRequest)), 201)


@route("/accounts/keys/{key_id}/rotate", scope="accounts:write", methods=("POST",), rate_limit="60/hour")
async def rotate_key(ctx: Context, request: Request) -> Response:
    """Revoke an API key and make another of the same kind."""
    return private(await key_making.rotate(ctx, request.path_params["key_id"]), 201)
