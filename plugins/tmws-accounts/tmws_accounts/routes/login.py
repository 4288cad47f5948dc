"""Logging in, going on, logging out, and changing one's password."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tmws_accounts import families, logins
from tmws_accounts.answers import TokenAnswer
from tmws_accounts.client import Client
from tmws_accounts.credential import read_credential
from tmws_accounts.families import Pair, Refusal, TokenRequest
from tmws_accounts.logins import LoginAttempt
from tmws_accounts.routes.bodies import body_of, private
from tmws_accounts.security_events import tell
from tmws_accounts.settings import AccountsSettings
from tmws_accounts.state import AccountsState
from tmws_core import Context, route
from tmws_core.principal import PUBLIC
from tmws_core.tool_errors import Unauthenticated

_OFTEN, _SELDOM = "300/minute", "60/minute"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class LoginBody(_Body):
    """Who wants to log in."""

    username: Annotated[str, Field(min_length=1, max_length=256)]
    password: str


class PasswordBody(LoginBody):
    """Who wants another password."""

    new_password: str


class RefreshBody(_Body):
    """With which token somebody wants to go on, or to end."""

    refresh_token: Annotated[str, Field(max_length=256)]


@route("/auth/login", scope=PUBLIC, methods=("POST",), rate_limit=_SELDOM)
async def login(ctx: Context, request: Request) -> Response:
    """Exchange a name and a password for an access token and a refresh token."""
    body = await body_of(request, LoginBody)
    pair = await logins.log_in(ctx, LoginAttempt(body.username, body.password, client_of(request)))
    return private(TokenAnswer.of(pair, ctx.state(AccountsState).now()))


@route("/auth/refresh", scope=PUBLIC, methods=("POST",), rate_limit=_OFTEN)
async def refresh(ctx: Context, request: Request) -> Response:
    """Exchange a refresh token for a new access token and the next refresh token; each works once."""
    body = await body_of(request, RefreshBody)
    state, client = ctx.state(AccountsState), client_of(request)
    presented = read_credential(body.refresh_token)
    asked = TokenRequest(client, state.now(), ctx.settings(AccountsSettings).lifetimes)
    outcome: Pair | Refusal = Refusal("unknown")
    if presented is not None:
        given = presented

        def work(session: Session) -> Pair | Refusal:
            return families.renew(session, given, asked)

        outcome = await ctx.transaction(work)
    if isinstance(outcome, Pair):
        return private(TokenAnswer.of(outcome, asked.now))
    if outcome.ended:
        state.verifier.forget()
    name = "security.refresh_reused" if outcome.ended else "security.refresh_refused"
    tell(ctx, name, user_id=outcome.user_id, client=client.address, reason=outcome.reason)
    raise Unauthenticated("the refresh token is not good any more", hint="log in again")


@route("/auth/logout", scope=PUBLIC, methods=("POST",), rate_limit=_OFTEN)
async def logout(ctx: Context, request: Request) -> Response:
    """End what a refresh token belongs to; the answer is the same for one that is not good (RFC 7009, section 2.2)."""
    body = await body_of(request, RefreshBody)
    client, presented = client_of(request), read_credential(body.refresh_token)
    if presented is not None:
        given = presented

        def work(session: Session) -> None:
            user_id = families.log_out(session, given)
            if user_id is not None:
                ctx.publish("security.logout", user_id=user_id, client=client.address)

        await ctx.transaction(work)
        ctx.state(AccountsState).verifier.forget()
    return JSONResponse({"logged_out": True})


@route("/auth/password", scope=PUBLIC, methods=("POST",), rate_limit=_SELDOM)
async def password(ctx: Context, request: Request) -> Response:
    """Exchange a password for another one; whoever is logged in with the former has to log in again."""
    body = await body_of(request, PasswordBody)
    attempt = LoginAttempt(body.username, body.password, client_of(request))
    await logins.change_password(ctx, attempt, body.new_password)
    return JSONResponse({"changed": True})


def client_of(request: Request) -> Client:
    """Where a request comes from."""
    return Client(request.client.host if request.client is not None else None, request.headers.get("user-agent"))
