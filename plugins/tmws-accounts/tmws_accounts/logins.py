"""Logging in with a password, and changing it: what is looked at in which order, and what of it is told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from tmws_accounts import attempts, families, scopes, users
from tmws_accounts.attempts import Subject
from tmws_accounts.client import Client
from tmws_accounts.families import Pair, TokenRequest
from tmws_accounts.passwords.hashing import Turn
from tmws_accounts.passwords.rules import refuse_unfit
from tmws_accounts.security_events import tell
from tmws_accounts.settings import AccountsSettings
from tmws_accounts.state import AccountsState
from tmws_accounts.verification import ACTIVE
from tmws_core import Context
from tmws_core.tool_errors import InvalidArguments, ToolError, Unauthenticated


class PasswordChangeRequired(ToolError):
    """The password is right, and has to be changed before anything else."""

    code = "password_change_required"
    status = 403


@dataclass(frozen=True)
class LoginAttempt:
    """Somebody claims to be a user.

    Attributes:
        username: the name, as it was typed.
        password: the password.
        client: where it comes from.
    """

    username: str
    password: str
    client: Client


@dataclass(frozen=True)
class _Account:
    """What is needed of a user while the password is checked.

    Attributes:
        username: the name as the user has it.
        password_hash: of the password.
        fault: why the user may not log in even with the right password.
        must_change: whether the password has to be changed first.
    """

    username: str
    password_hash: str
    fault: str | None
    must_change: bool


async def log_in(ctx: Context, attempt: LoginAttempt) -> Pair:
    """Exchange a password for tokens.

    Raises:
        Unauthenticated: no such user has such a password; the text does not tell which of the two it was.
        RateLimited: there were too many failures, or too many log in at this moment.
        PasswordChangeRequired: the password was right, and has to be changed first.
    """
    state = ctx.state(AccountsState)
    of = _subjects(ctx, attempt)
    await _look(ctx, of, attempt)  # whoever has to wait anyway takes nobody's turn
    async with state.passwords.turn() as turn:
        account = await _proved(ctx, turn, of, attempt)
        if account.must_change:
            raise PasswordChangeRequired("this password has to be changed", hint="do so with POST /auth/password")
        outdated = state.passwords.is_outdated(account.password_hash)
        rehashed = await turn.hash(attempt.password) if outdated else None
    request = TokenRequest(attempt.client, state.now(), ctx.settings(AccountsSettings).lifetimes)

    def begin(session: Session) -> Pair:
        user = users.require(session, account.username)
        user.last_login_at, user.last_login_ip = request.now, request.client.address
        if rehashed is not None and user.password_hash == account.password_hash:
            user.password_hash = rehashed
        attempts.forget(session, user.username)
        ctx.publish("security.login_success", username=user.username, client=request.client.address)
        return families.start(session, user, request)

    return await ctx.transaction(begin)


async def change_password(ctx: Context, attempt: LoginAttempt, new_password: str) -> None:
    """Exchange a password for another one, and log out whoever is logged in with the former.

    Raises:
        Unauthenticated: as for `log_in`.
        RateLimited: as for `log_in`.
        InvalidArguments: the new password is too short, too common, or the former one.
    """
    state = ctx.state(AccountsState)
    of = _subjects(ctx, attempt)
    await _look(ctx, of, attempt)
    await asyncio.to_thread(refuse_unfit, new_password, attempt.username)
    async with state.passwords.turn() as turn:
        account = await _proved(ctx, turn, of, attempt)
        if new_password == attempt.password:
            raise InvalidArguments("new_password: it is the former one", hint="take another")
        password_hash = await turn.hash(new_password)

    def change(session: Session) -> None:
        user = users.require(session, account.username)
        users.set_password(session, user, password_hash, user.username, state.now())
        ctx.publish("security.password_changed", username=user.username, client=attempt.client.address)

    await ctx.transaction(change)
    state.verifier.forget()


def _subjects(ctx: Context, attempt: LoginAttempt) -> Sequence[Subject]:
    settings = ctx.settings(AccountsSettings)
    return attempts.subjects(
        attempt.username,
        attempt.client,
        tolerated=settings.failures_before_delay,
        tolerated_of_address=settings.failures_of_address_before_delay,
    )


async def _look(ctx: Context, of: Sequence[Subject], attempt: LoginAttempt) -> _Account | None:
    """The account of a name; whether there is one, the same is done.

    Raises:
        RateLimited: it is not time yet.
    """
    now = ctx.state(AccountsState).now()

    def look(session: Session) -> _Account | None:
        attempts.refuse_too_early(session, of, now)
        user = users.find(session, attempt.username)
        if user is None:
            return None
        faults = {
            "inactive": user.status != ACTIVE,
            "mfa": user.mfa_enabled,  # nothing here can ask for a second factor, and one alone is too few
            "roles": not scopes.of_roles(user.roles),
            "agent": user.preferred_agent_id is None,
        }
        fault = next((name for name, there in faults.items() if there), None)
        return _Account(user.username, user.password_hash, fault, user.force_password_change)

    return await ctx.application.database.transaction(look, read_only=True)


async def _proved(ctx: Context, turn: Turn, of: Sequence[Subject], attempt: LoginAttempt) -> _Account:
    """The account whose password is right.

    What others have failed at meanwhile counts, so the look is taken anew once it is this attempt's turn; and the
    failure is written down within the turn, so that no more than the turns are ever ahead of the count.
    """
    account = await _look(ctx, of, attempt)
    right = await turn.verify(None if account is None else account.password_hash, attempt.password)
    if account is not None and right and account.fault is None:
        return account
    now = ctx.state(AccountsState).now()
    await ctx.transaction(partial(attempts.count, of=of, username=attempt.username, now=now))
    reason = "name" if account is None else (account.fault if right else None) or "password"
    username = None if account is None else account.username  # what was typed there may be a password
    tell(ctx, "security.login_failed", username=username, client=attempt.client.address, reason=reason)
    raise Unauthenticated("the name or the password is wrong", hint="check both; capital letters count in the password")
