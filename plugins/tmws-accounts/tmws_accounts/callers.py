"""Whose keys a caller may see and change."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from tmws_accounts.models.api_key import ApiKey
from tmws_accounts.models.refresh_token import RefreshToken
from tmws_accounts.models.user import User
from tmws_core import Principal

GOVERN = "accounts:govern"


@dataclass(frozen=True)
class Caller:
    """A caller, as far as accounts are concerned.

    Attributes:
        principal: the caller.
        user: whose credential the caller shows; None for an agent's own, and for the machine's own user.
    """

    principal: Principal
    user: User | None

    @property
    def governs(self) -> bool:
        """Whether the caller may do everything with all keys and users."""
        return self.principal.may(GOVERN)

    @property
    def own_keys(self) -> ColumnElement[bool]:
        """The condition that a key is one that the caller may see and change."""
        if self.governs:
            return true()
        if self.user is not None:
            return ApiKey.user_id == self.user.id
        return ApiKey.user_id.is_(None) & (ApiKey.agent_id == self.principal.agent_id)

    @property
    def name(self) -> str:
        """How the caller is called in what it makes."""
        return self.principal.agent_id if self.user is None else self.user.username


def caller_of(session: Session, principal: Principal) -> Caller:
    """The caller that a principal is."""
    kind, _, identifier = (principal.credential or "").partition(":")
    owner = {
        "key": select(ApiKey.user_id).where(ApiKey.key_id == identifier),
        "access": select(RefreshToken.user_id).where(RefreshToken.token_id == identifier),
    }.get(kind)
    user = None if owner is None else session.scalar(select(User).where(User.id == owner.scalar_subquery()))
    return Caller(principal, user)
