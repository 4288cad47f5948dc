"""What the database says of a credential."""

from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_accounts.credential import new_credential
from tmws_accounts.models.api_key import ApiKey
from tmws_accounts.models.user import User
from tmws_accounts.verification import Grant, grants
from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_core.columns import utc_now


async def add(session: AsyncSession, **values: Any) -> ApiKey:
    """A key of metis-developer."""
    credential = new_credential("key")
    key = ApiKey(
        **{
            "key_id": credential.identifier,
            "key_prefix": credential.identifier[:8],
            "key_hash": credential.digest,
            "name": "ci",
            "agent_id": "metis-developer",
            "scopes": ["*"],
        }
        | values
    )
    session.add(key)
    await session.flush()
    return key


async def grant_of(session: AsyncSession, key: ApiKey) -> Grant | None:
    name = f"key:{key.key_id}"
    return (await session.run_sync(grants, [name])).get(name)


async def test_a_key_of_an_agent_has_its_own_scopes(session: AsyncSession) -> None:
    key = await add(session, scopes=["memory:read", "tasks:*"])
    grant = await grant_of(session, key)
    assert grant is not None
    scopes = frozenset({"memory:read", "tasks:*"})
    assert grant.principal == Principal("metis-developer", "default", scopes, credential=f"key:{key.key_id}")


async def test_a_key_of_a_user_has_what_the_user_has_too(session: AsyncSession, ann: User) -> None:
    grant = await grant_of(session, await add(session, user=ann, scopes=["memory:*", "tasks:read"]))
    assert grant is not None
    assert grant.principal.scopes == {"memory:read", "memory:write", "tasks:read"}


async def test_a_user_who_may_do_less_takes_the_keys_along(session: AsyncSession, ann: User) -> None:
    key = await add(session, user=ann, scopes=["*:write", "*:read"])
    ann.roles = ["readonly"]
    grant = await grant_of(session, key)
    assert grant is not None
    assert grant.principal.scopes == {"*:read"}


async def test_a_key_without_an_agent_calls_as_its_users(session: AsyncSession, ann: User) -> None:
    grant = await grant_of(session, await add(session, user=ann, agent_id=None))
    assert grant is not None
    assert grant.principal.agent_id == "metis-developer"


async def test_a_revoked_key_is_no_key(session: AsyncSession) -> None:
    assert await grant_of(session, await add(session, is_active=False, revoked_at=utc_now())) is None


async def test_a_key_that_rests_is_no_key(session: AsyncSession) -> None:
    assert await grant_of(session, await add(session, is_active=False)) is None


@pytest.mark.parametrize("status", ["inactive", "suspended", "locked", "pending"])
async def test_the_key_of_a_user_who_is_not_active_is_no_key(session: AsyncSession, ann: User, status: str) -> None:
    key = await add(session, user=ann)
    ann.status = status
    assert await grant_of(session, key) is None


@pytest.mark.parametrize("status", ["inactive", "suspended", "deprecated"])
async def test_the_key_of_an_agent_that_is_not_active_is_no_key(session: AsyncSession, status: str) -> None:
    key = await add(session)
    await session.execute(update(Agent).where(Agent.agent_id == "metis-developer").values(status=status))
    assert await grant_of(session, key) is None


async def test_a_key_without_any_agent_is_no_key(session: AsyncSession, ann: User) -> None:
    key = await add(session, user=ann, agent_id=None)
    await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))
    assert await grant_of(session, key) is None


async def test_an_unknown_key_is_no_key(session: AsyncSession) -> None:
    assert await session.run_sync(grants, ["key:unknown", "access:unknown", "refresh:unknown"]) == {}


@pytest.mark.parametrize(
    ("address", "admitted"),
    [
        ("192.0.2.7", True),
        ("::ffff:192.0.2.7", True),
        ("198.51.100.1", False),
        ("2001:db8::1", True),
        ("2001:db9::1", False),
        (None, False),
        ("nonsense", False),
    ],
)
async def test_a_key_with_addresses_comes_from_these_alone(
    session: AsyncSession, address: str | None, admitted: bool
) -> None:
    grant = await grant_of(session, await add(session, allowed_ips=["192.0.2.0/24", "2001:db8::/32"]))
    assert grant is not None
    assert grant.admits(address) is admitted


@pytest.mark.parametrize("address", ["192.0.2.7", None])
async def test_a_key_without_addresses_comes_from_anywhere(session: AsyncSession, address: str | None) -> None:
    grant = await grant_of(session, await add(session))
    assert grant is not None
    assert grant.admits(address)
