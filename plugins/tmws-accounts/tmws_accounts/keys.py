"""API keys: made, found, revoked, rotated. The secret is given out once, by whoever makes the key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_accounts import scopes
from tmws_accounts.callers import Caller
from tmws_accounts.credential import Credential, new_credential
from tmws_accounts.models.api_key import ApiKey
from tmws_accounts.models.user import User
from tmws_accounts.users import find
from tmws_accounts.verification import ACTIVE
from tmws_agents.models.agent import Agent
from tmws_core.tool_errors import InvalidArguments, NotFound, PermissionDenied

PREFIX_LENGTH = 8


@dataclass(frozen=True)
class NewKey:
    """A key to be made.

    Attributes:
        name: what it is called.
        scopes: what it may do.
        agent_id: the agent that calls with it.
        username: the user whose rights bound it; None for the caller's own user.
        without_user: it has no user, and its own scopes are its only bounds.
        allowed_ips: the only networks that it may come from; None for all.
        rate_limit_per_hour: how often it may be used in an hour.
        expires_at: until when it is good.
        description: what it is for.
    """

    name: str
    scopes: Sequence[str]
    agent_id: str | None = None
    username: str | None = None
    without_user: bool = False
    allowed_ips: Sequence[str] | None = None
    rate_limit_per_hour: int | None = None
    expires_at: datetime | None = None
    description: str | None = None


def create(session: Session, caller: Caller, new: NewKey) -> tuple[ApiKey, Credential]:
    """Make a key that may do no more than its user and than whoever makes it.

    Returns:
        Its row, and the key itself, which is kept nowhere.

    Raises:
        PermissionDenied: it would be for somebody else, or do more than the caller may.
        InvalidArguments: its user may do less, or has no agent.
        NotFound: there is no such user or agent.
    """
    if caller.principal.actor is not None and not caller.governs:
        raise PermissionDenied("a key is made by an agent for itself", hint="stop acting on behalf of another first")
    user = _user_of(session, caller, new)
    agent_id = _agent_of(session, caller, user, new.agent_id)
    _refuse_wider(new.scopes, caller, user)
    return _add(session, new, agent_id, user)


def revoke(session: Session, caller: Caller, key_id: str, now: datetime) -> ApiKey:
    """Revoke a key of the caller's; to do it again changes nothing.

    Raises:
        NotFound: the caller has no such key.
    """
    key = _own(session, caller, key_id)
    if key.revoked_at is None:
        key.is_active, key.revoked_at = False, now
        session.flush()
    return key


def rotate(session: Session, caller: Caller, key_id: str, now: datetime) -> tuple[ApiKey, Credential]:
    """Revoke a key and make another of the same kind.

    Returns:
        The row of the new one, and the key itself.

    Raises:
        NotFound: the caller has no such key.
        InvalidArguments: it is revoked or expired.
        PermissionDenied: the caller may do less than the key.
    """
    key = _own(session, caller, key_id)
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        raise InvalidArguments(f"key {key_id} is not in force any more", hint="make a new one")
    _refuse_wider(key.scopes, caller, None)
    key.is_active, key.revoked_at = False, now
    same = NewKey(
        name=key.name,
        scopes=key.scopes,
        allowed_ips=key.allowed_ips,
        rate_limit_per_hour=key.rate_limit_per_hour,
        expires_at=key.expires_at,
        description=key.description,
    )
    return _add(session, same, key.agent_id, key.user)


def listed(session: Session, caller: Caller, *, revoked: bool) -> Sequence[ApiKey]:
    """The keys of the caller, the newest first."""
    found = select(ApiKey).where(caller.own_keys).order_by(ApiKey.id.desc())
    return session.scalars(found if revoked else found.where(ApiKey.revoked_at.is_(None))).all()


def _own(session: Session, caller: Caller, key_id: str) -> ApiKey:
    key = session.scalar(select(ApiKey).where(ApiKey.key_id == key_id, caller.own_keys).with_for_update())
    if key is None:
        raise NotFound(f"you have no key {key_id!r}", hint="see account_key_list")
    return key


def _user_of(session: Session, caller: Caller, new: NewKey) -> User | None:
    if new.without_user:
        if not caller.governs and caller.user is not None:
            raise PermissionDenied("only who governs accounts makes a key without a user", hint="leave the user")
        return None
    if new.username is None:
        return caller.user
    user = find(session, new.username)
    if caller.governs and user is not None:
        return user
    if user is None or caller.user is None or user.id != caller.user.id:
        raise NotFound(f"there is no user {new.username!r}", hint="see account_user_list")
    return user


def _agent_of(session: Session, caller: Caller, user: User | None, agent_id: str | None) -> str:
    preferred = caller.principal.agent_id if user is None else user.preferred_agent_id
    wanted = agent_id or preferred
    if wanted is None:
        raise InvalidArguments("agent_id: the user has no agent", hint="name one, or give the user one")
    if not caller.governs and wanted not in (caller.principal.agent_id, preferred):
        raise PermissionDenied(f"a key of yours cannot call as {wanted!r}", hint="leave the agent away")
    agent = session.scalar(select(Agent).where(Agent.agent_id == wanted))
    if agent is None or agent.status != ACTIVE:
        raise NotFound(f"there is no active agent {wanted!r}", hint="register it first")
    return wanted


def _refuse_wider(wanted: Sequence[str], caller: Caller, user: User | None) -> None:
    if beyond := scopes.missing(wanted, caller.principal.scopes):
        raise PermissionDenied(
            f"you may not do {', '.join(beyond)} yourself", hint="leave it out", details={"scopes": beyond}
        )
    if user is not None and (beyond := scopes.missing(wanted, scopes.of_keys(user.roles))):
        raise InvalidArguments(
            f"scopes: the roles of {user.username!r} do not cover {', '.join(beyond)}",
            hint="leave it out, or give the user another role",
            details={"scopes": beyond},
        )


def _add(session: Session, new: NewKey, agent_id: str | None, user: User | None) -> tuple[ApiKey, Credential]:
    credential = new_credential("key")
    key = ApiKey(
        key_id=credential.identifier,
        key_prefix=credential.identifier[:PREFIX_LENGTH],
        key_hash=credential.digest,
        name=new.name,
        description=new.description,
        scopes=list(new.scopes),
        allowed_ips=None if new.allowed_ips is None else list(new.allowed_ips),
        rate_limit_per_hour=new.rate_limit_per_hour,
        expires_at=new.expires_at,
        agent_id=agent_id,
        user=user,
    )
    session.add(key)
    session.flush()
    return key, credential
