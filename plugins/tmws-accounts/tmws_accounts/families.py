"""Families of tokens: what follows from one login.

A refresh token is used once and gives its successor together with a new access token. Whoever shows a used one again
has copied it, or was copied, and nobody can tell which: then the whole family ends, access tokens included (RFC 9700,
section 4.14.2). An answer can get lost, though. So for some seconds the token that was used last gives the same client
the same successor again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Literal

from sqlalchemy import ColumnElement, CursorResult, Select, delete, select, update
from sqlalchemy.orm import Session, aliased

from tmws_accounts.client import Client
from tmws_accounts.credential import Credential, new_credential, new_identifier
from tmws_accounts.lifetimes import Lifetimes
from tmws_accounts.models.refresh_token import RefreshToken
from tmws_accounts.models.user import User
from tmws_core.identifiers import new_identifier as new_row_identifier

GRACE = timedelta(seconds=10)
_NONCE_BYTES = 32

Reason = Literal["unknown", "expired", "inactive", "reused"]


@dataclass(frozen=True)
class TokenRequest:
    """Somebody asks for tokens.

    Attributes:
        client: who.
        now: the moment.
        lifetimes: how long the tokens will be good for.
    """

    client: Client
    now: datetime
    lifetimes: Lifetimes


@dataclass(frozen=True)
class Pair:
    """What a login or a refresh gives.

    Attributes:
        user_id: whose it is.
        access: the access token.
        access_ends: until when it is good.
        refresh: the refresh token.
        refresh_ends: until when it is good.
    """

    user_id: str
    access: Credential
    access_ends: datetime
    refresh: Credential
    refresh_ends: datetime


@dataclass(frozen=True)
class Refusal:
    """Why there is no new pair.

    Attributes:
        reason: in a word.
        user_id: whose token it was, when it was one.
        ended: whether a living family has ended because of it.
    """

    reason: Reason
    user_id: str | None = None
    ended: bool = False


def start(session: Session, user: User, request: TokenRequest) -> Pair:
    """Begin a family, and clear away what is left of this user's families that are over."""
    session.execute(delete(RefreshToken).where(RefreshToken.user_id == user.id, RefreshToken.expires_at <= request.now))
    identifier = new_identifier()
    row = RefreshToken(
        token_id=identifier,
        family_id=new_row_identifier(),
        user_id=user.id,
        expires_at=request.now + request.lifetimes.family,
    )
    refresh, access = new_credential("refresh", identifier), new_credential("access", identifier)
    return _issue(session, row, user, request, refresh, access)


def renew(session: Session, presented: Credential, request: TokenRequest) -> Pair | Refusal:
    """Exchange a refresh token for its successor.

    Args:
        session: a writing one; what is written counts for a refusal, too.
        presented: the token.
        request: who presents it, and when.
    """
    found = session.execute(_found(presented.identifier).with_for_update(read=True, of=User)).one_or_none()
    if presented.kind != "refresh" or found is None or not presented.matches(found[0].token_hash):
        return Refusal("unknown")
    row, user = found
    if user.status != "active":
        return Refusal("inactive", user.id)
    if min(row.expires_at, _idle_end(row, user)) <= request.now:
        return Refusal("expired", user.id)
    _lock(session, row.family_id)
    nonce = token_hex(_NONCE_BYTES)
    if _win(session, row, nonce, request.now):
        return _succeed(session, presented, row, user, request, nonce)
    return _again(session, presented, row.id, user, request) or Refusal(
        "reused", user.id, ended=end(session, RefreshToken.family_id == row.family_id)
    )


def log_out(session: Session, presented: Credential) -> str | None:
    """End the family of a refresh token.

    Returns:
        The identifier of the user; None when there is no such token.
    """
    found = session.execute(_found(presented.identifier)).one_or_none()
    if presented.kind != "refresh" or found is None or not presented.matches(found[0].token_hash):
        return None
    row, user = found
    _lock(session, row.family_id)
    end(session, RefreshToken.family_id == row.family_id)
    return user.id


def end(session: Session, of: ColumnElement[bool]) -> bool:
    """End families: neither their refresh tokens nor their access tokens are good from now on.

    Args:
        session: a writing one.
        of: which tokens, whole families of them.

    Returns:
        Whether any of them was alive.
    """
    alive = of & (~RefreshToken.is_revoked | RefreshToken.access_hash.is_not(None))
    ended = session.execute(
        update(RefreshToken)
        .where(alive)
        .values(is_revoked=True, access_hash=None, access_expires_at=None, successor_nonce=None)
        .execution_options(synchronize_session=False)
    )
    return isinstance(ended, CursorResult) and ended.rowcount > 0


def _found(identifier: str) -> Select[RefreshToken, User]:
    of_the_token = RefreshToken.token_id == identifier
    return select(RefreshToken, User).join(User, User.id == RefreshToken.user_id).where(of_the_token)


def _idle_end(row: RefreshToken, user: User) -> datetime:
    return row.created_at + timedelta(minutes=user.session_timeout_minutes)


def _lock(session: Session, family_id: str) -> None:
    """Let one transaction at a time decide about a family: one that ends it must see what another adds to it."""
    first = select(RefreshToken.id).where(RefreshToken.family_id == family_id).order_by(RefreshToken.id).limit(1)
    session.execute(first.with_for_update())


def _win(session: Session, row: RefreshToken, nonce: str, now: datetime) -> bool:
    """Use a token, unless it is used: of any number of attempts at the same moment one changes the row."""
    used = session.execute(
        update(RefreshToken)
        .where(RefreshToken.id == row.id, ~RefreshToken.is_revoked)
        .values(is_revoked=True, last_used_at=now, successor_nonce=nonce)
        .execution_options(synchronize_session=False)
    )
    return isinstance(used, CursorResult) and used.rowcount == 1


def _succeed(
    session: Session, presented: Credential, row: RefreshToken, user: User, request: TokenRequest, nonce: str
) -> Pair:
    successor = RefreshToken(
        token_id=new_identifier(), family_id=row.family_id, user_id=user.id, expires_at=row.expires_at
    )
    pair = _issue(session, successor, user, request, *_derived(presented, successor.token_id, nonce))
    of_row = update(RefreshToken).execution_options(synchronize_session=False)
    session.execute(of_row.where(RefreshToken.id == row.id).values(replaced_by=successor.id))
    # the grace is for the token that was used last, and that is this one now
    session.execute(of_row.where(RefreshToken.replaced_by == row.id).values(successor_nonce=None))
    return pair


def _again(session: Session, presented: Credential, row_id: str, user: User, request: TokenRequest) -> Pair | None:
    """The pair that a used token was answered with a moment ago; None when nothing allows to give it out again."""
    used, successor = aliased(RefreshToken), aliased(RefreshToken)
    found = session.execute(
        select(
            used.successor_nonce,
            used.last_used_at,
            successor.token_id,
            successor.access_expires_at,
            successor.created_ip,
            successor.user_agent,
            successor.created_at,
            successor.expires_at,
        )
        .join(successor, successor.id == used.replaced_by)
        .where(used.id == row_id, ~successor.is_revoked)
    ).one_or_none()
    if found is None or found.successor_nonce is None or found.access_expires_at is None:
        return None
    same_client = (found.created_ip, found.user_agent) == (request.client.address, request.client.user_agent)
    if not same_client or not timedelta(0) <= request.now - found.last_used_at <= GRACE:
        return None
    refresh, access = _derived(presented, found.token_id, found.successor_nonce)
    refresh_ends = min(found.expires_at, found.created_at + timedelta(minutes=user.session_timeout_minutes))
    return Pair(user.id, access, found.access_expires_at, refresh, refresh_ends)


def _derived(presented: Credential, identifier: str, nonce: str) -> tuple[Credential, Credential]:
    return presented.derived("refresh", identifier, nonce), presented.derived("access", identifier, nonce)


def _issue(
    session: Session, row: RefreshToken, user: User, request: TokenRequest, refresh: Credential, access: Credential
) -> Pair:
    row.token_hash, row.access_hash = refresh.digest, access.digest
    row.created_at = row.updated_at = request.now
    row.created_ip, row.user_agent = request.client.address, request.client.user_agent
    refresh_ends = min(row.expires_at, _idle_end(row, user))
    row.access_expires_at = access_ends = min(request.now + request.lifetimes.access, row.expires_at)
    session.add(row)
    session.flush()
    return Pair(user.id, access, access_ends, refresh, refresh_ends)
