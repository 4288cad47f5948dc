"""Users, keys and tokens as they are shown; only what is new shows a secret, and only once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, Field

from tmws_accounts.credential import Credential
from tmws_accounts.families import Pair
from tmws_accounts.models.api_key import ApiKey
from tmws_accounts.models.user import User
from tmws_accounts.passwords.hashing import NO_PASSWORD


class KeyAnswer(BaseModel):
    """An API key, without its secret."""

    key_id: str
    name: str
    description: str | None
    agent_id: str | None
    username: str | None = Field(description="Whose rights bound the key; null for an agent's own.")
    scopes: list[str]
    allowed_ips: list[str] | None
    rate_limit_per_hour: int | None
    expires_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime
    last_used_at: datetime | None
    last_used_ip: str | None
    total_requests: int

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """The answer for a row."""
        columns = cls.model_fields.keys() - {"username", "key"}
        username = None if key.user is None else key.user.username
        return cls.model_validate({name: getattr(key, name) for name in columns} | {"username": username})


class NewKeyAnswer(BaseModel):
    """A new API key: its secret is shown here and never again."""

    key: str = Field(description="The key itself. Keep it as you keep a password.")
    key_id: str
    name: str
    agent_id: str | None
    username: str | None
    scopes: list[str]
    expires_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey, credential: Credential) -> Self:
        """The answer for a row and its key."""
        shown = KeyAnswer.of(key).model_dump(include=set(cls.model_fields))
        return cls(key=credential.text, **shown)


class UserAnswer(BaseModel):
    """A user."""

    username: str
    full_name: str | None
    email: str | None
    roles: list[str]
    status: str
    agent_id: str | None = Field(description="The agent that the user acts as.")
    has_password: bool
    failed_logins: int
    locked_until: datetime | None
    last_login_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> Self:
        """The answer for a row."""
        return cls(
            username=user.username,
            full_name=user.full_name,
            email=user.email,
            roles=list(user.roles),
            status=user.status,
            agent_id=user.preferred_agent_id,
            has_password=user.password_hash != NO_PASSWORD,
            failed_logins=user.failed_login_attempts,
            locked_until=user.locked_until,
            last_login_at=user.last_login_at,
            created_at=user.created_at,
        )


class TokenAnswer(BaseModel):
    """What a login or a refresh is answered with (RFC 6749, section 5.1)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 -- the type, no token
    expires_in: int
    refresh_token: str
    refresh_expires_in: int

    @classmethod
    def of(cls, pair: Pair, now: datetime) -> Self:
        """The answer for a pair."""
        return cls(
            access_token=pair.access.text,
            expires_in=int((pair.access_ends - now).total_seconds()),
            refresh_token=pair.refresh.text,
            refresh_expires_in=int((pair.refresh_ends - now).total_seconds()),
        )


def key_answers(keys: Sequence[ApiKey]) -> list[KeyAnswer]:
    """The answers for rows."""
    return [KeyAnswer.of(key) for key in keys]
