"""Users: made, found, changed; each acts as an agent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from tmws_accounts import attempts, families
from tmws_accounts.models.api_key import ApiKey
from tmws_accounts.models.refresh_token import RefreshToken
from tmws_accounts.models.user import User
from tmws_accounts.passwords.hashing import NO_PASSWORD
from tmws_accounts.scopes import OWNER
from tmws_accounts.username import has_name
from tmws_accounts.verification import ACTIVE
from tmws_agents.models.agent import Agent
from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.fields import look_alike
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, NotFound


@dataclass(frozen=True)
class NewUser:
    """A user to be made.

    Attributes:
        username: the name.
        roles: what the user may do.
        agent_id: the agent that the user acts as; None for a new one of the user's name.
        namespace: where a new agent's rows go.
        password_hash: of the password; without one nobody can log in under the name.
        email: where the user is reached.
        full_name: how the user is called.
        created_by: who makes it.
    """

    username: str
    roles: Sequence[str]
    agent_id: str | None = None
    namespace: str = "default"
    password_hash: str = NO_PASSWORD
    email: str | None = None
    full_name: str | None = None
    created_by: str | None = field(default=None, kw_only=True)


def are_there(session: Session) -> bool:
    """Whether this installation has an owner: from the first user or key on, nobody calls without showing who it is."""
    return bool(session.scalar(select(exists(select(User.id)) | exists(select(ApiKey.id)))))


def create(session: Session, new: NewUser, now: datetime) -> User:
    """Make a user, and the agent that the user acts as.

    Raises:
        AlreadyChanged: there is such a user or such an agent, or another user has the email address.
        InvalidArguments: no agent can have the name.
    """
    wanted = look_alike(new.username)
    for taken in session.scalars(select(User.username)):
        if look_alike(taken) == wanted:
            raise AlreadyChanged(
                f"there is a user {taken!r} already, and nobody could tell the two apart", hint="take another name"
            )
    _refuse_taken_email(session, new.email, None)
    agent = _agent_for(session, new)
    user = User(
        username=new.username,
        roles=list(new.roles),
        preferred_agent_id=agent.agent_id,
        agent_namespace=agent.namespace,
        password_hash=new.password_hash,
        password_changed_at=None if new.password_hash == NO_PASSWORD else now,
        email=new.email,
        full_name=new.full_name,
        created_by=new.created_by,
        last_modified_by=new.created_by,
    )
    session.add(user)
    session.flush()
    return user


def find(session: Session, username: str) -> User | None:
    """The user of a name, in whatever spelling."""
    return session.scalar(select(User).where(has_name(username)))


def require(session: Session, username: str) -> User:
    """The user of a name; nobody else changes the row before this transaction is over.

    Raises:
        NotFound: there is none.
    """
    user = session.scalar(select(User).where(has_name(username)).with_for_update())
    if user is None:
        raise NotFound(f"there is no user {username!r}", hint="see account_user_list")
    return user


def change(session: Session, username: str, changes: Mapping[str, Any], by: str) -> User:
    """Change a user; who may not log in any more is logged out everywhere.

    Args:
        session: a writing one.
        username: whose row it is.
        changes: the new values, by the columns.
        by: who changes it.

    Raises:
        NotFound: there is no such user, or no such agent.
        InvalidArguments: nobody would own the installation any more.
        AlreadyChanged: another user has the email address.
    """
    user = require(session, username)
    _refuse_taken_email(session, changes.get("email"), user)
    if (agent_id := changes.get("preferred_agent_id")) is not None:
        user.agent_namespace = _known_agent(session, agent_id).namespace
    for column, value in changes.items():
        setattr(user, column, value)
    user.last_modified_by = by
    session.flush()
    _refuse_without_owner(session)
    if user.status != ACTIVE:
        families.end(session, RefreshToken.user_id == user.id)
    elif "status" in changes:
        attempts.forget(session, user.username)
    return user


def set_password(session: Session, user: User, password_hash: str, by: str, now: datetime) -> None:
    """Give a user a new password: what was locked is open again, and whoever is logged in has to do it anew."""
    user.password_hash = password_hash
    user.password_changed_at = now
    user.force_password_change = False
    user.last_modified_by = by
    session.flush()
    attempts.forget(session, user.username)
    families.end(session, RefreshToken.user_id == user.id)


def _agent_for(session: Session, new: NewUser) -> Agent:
    if new.agent_id is not None:
        return _known_agent(session, new.agent_id)
    if session.scalar(select(Agent.id).where(Agent.agent_id == new.username)) is not None:
        raise AlreadyChanged(
            f"there is an agent {new.username!r} already",
            hint="name the agent if the user is to act as it, or take another name",
        )
    ensure_registered(session, Principal(new.username, new.namespace))
    return _known_agent(session, new.username)


def _known_agent(session: Session, agent_id: str) -> Agent:
    agent = session.scalar(select(Agent).where(Agent.agent_id == agent_id))
    if agent is None:
        raise NotFound(f"there is no agent {agent_id!r}", hint="register it first")
    return agent


def _refuse_taken_email(session: Session, email: str | None, of: User | None) -> None:
    if email is None:
        return
    others = select(User.id).where(func.lower(User.email) == email.lower())
    if session.scalar(others if of is None else others.where(User.id != of.id)) is not None:
        raise AlreadyChanged("another user has this email address", hint="give another one, or none")


def _refuse_without_owner(session: Session) -> None:
    roles = session.scalars(select(User.roles).where(User.status == ACTIVE))
    if not any(OWNER in of_one for of_one in roles):
        raise InvalidArguments(
            f"then nobody with the role {OWNER} could act any more", hint=f"give somebody else the role {OWNER} first"
        )
