"""What the database says of credentials: whose they are, and what they allow at this moment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tmws_accounts import scopes
from tmws_accounts.client import parsed
from tmws_accounts.models.api_key import ApiKey
from tmws_accounts.models.refresh_token import RefreshToken
from tmws_accounts.models.user import User
from tmws_agents.models.agent import Agent
from tmws_core import Principal

ACTIVE = "active"


@dataclass(frozen=True)
class Grant:
    """What a credential allows to whoever has its secret.

    Attributes:
        digest: the hash of the credential.
        principal: who calls with it.
        ends: until when.
        networks: the only addresses that it may come from; None for all.
        hourly: how often it may be used in an hour; None for any number of times.
    """

    digest: str
    principal: Principal
    ends: datetime | None = None
    networks: tuple[IPv4Network | IPv6Network, ...] | None = None
    hourly: int | None = None

    def admits(self, address: str | None) -> bool:
        """Whether the credential may come from an address."""
        if self.networks is None:
            return True
        found = parsed(address)
        return found is not None and any(found in network for network in self.networks)


def grants(session: Session, names: Collection[str]) -> dict[str, Grant]:
    """What credentials allow; those that are unknown, revoked or without a living user or agent are left out.

    Args:
        session: a reading one.
        names: the credentials, each as `kind:identifier`.
    """
    return _of_keys(session, _identifiers(names, "key")) | _of_access_tokens(session, _identifiers(names, "access"))


def _identifiers(names: Collection[str], kind: str) -> list[str]:
    return [name.removeprefix(f"{kind}:") for name in names if name.startswith(f"{kind}:")]


def _of_keys(session: Session, identifiers: Collection[str]) -> dict[str, Grant]:
    if not identifiers:
        return {}
    found = session.execute(
        select(
            ApiKey.key_id,
            ApiKey.key_hash,
            ApiKey.scopes,
            ApiKey.allowed_ips,
            ApiKey.rate_limit_per_hour,
            ApiKey.expires_at,
            ApiKey.user_id,
            User.roles,
            Agent.agent_id,
            Agent.namespace,
        )
        .outerjoin(User, User.id == ApiKey.user_id)
        .join(Agent, Agent.agent_id == func.coalesce(ApiKey.agent_id, User.preferred_agent_id))
        .where(
            ApiKey.key_id.in_(identifiers),
            ApiKey.is_active,
            ApiKey.revoked_at.is_(None),
            Agent.status == ACTIVE,
            or_(ApiKey.user_id.is_(None), User.status == ACTIVE),
        )
    )
    grants = {}
    for row in found:
        name = f"key:{row.key_id}"
        allowed = row.scopes if row.user_id is None else scopes.intersection(row.scopes, scopes.of_keys(row.roles))
        grants[name] = Grant(
            digest=row.key_hash,
            principal=Principal(row.agent_id, row.namespace, frozenset(allowed), credential=name),
            ends=row.expires_at,
            networks=None if row.allowed_ips is None else tuple(map(ip_network, row.allowed_ips)),
            hourly=row.rate_limit_per_hour,
        )
    return grants


def _of_access_tokens(session: Session, identifiers: Collection[str]) -> dict[str, Grant]:
    if not identifiers:
        return {}
    found = session.execute(
        select(
            RefreshToken.token_id,
            RefreshToken.access_hash,
            RefreshToken.access_expires_at,
            User.roles,
            Agent.agent_id,
            Agent.namespace,
        )
        .join(User, User.id == RefreshToken.user_id)
        .join(Agent, Agent.agent_id == User.preferred_agent_id)
        .where(
            RefreshToken.token_id.in_(identifiers),
            RefreshToken.access_hash.is_not(None),
            RefreshToken.access_expires_at.is_not(None),
            User.status == ACTIVE,
            Agent.status == ACTIVE,
        )
    )
    return {
        (name := f"access:{row.token_id}"): Grant(
            digest=row.access_hash,
            principal=Principal(row.agent_id, row.namespace, scopes.of_roles(row.roles), credential=name),
            ends=row.access_expires_at,
        )
        for row in found
    }
