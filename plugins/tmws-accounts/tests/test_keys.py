"""Who may make and revoke which keys."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_accounts import keys
from tmws_accounts.callers import Caller, caller_of
from tmws_accounts.credential import Credential, read_credential
from tmws_accounts.keys import NewKey
from tmws_accounts.models.api_key import ApiKey
from tmws_accounts.models.user import User
from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_core.tool_errors import InvalidArguments, NotFound, PermissionDenied

from .conftest import OPERATOR, Clock


@pytest.fixture
def operator() -> Caller:
    return Caller(OPERATOR, None)


@pytest.fixture
def member(ann: User) -> Caller:
    """Ann, with the rights of an ordinary user."""
    return Caller(Principal("metis-developer", "default", frozenset({"*:read", "*:write"})), ann)


@pytest.fixture
async def ben(session: AsyncSession) -> User:
    user = User(username="ben", password_hash="!", preferred_agent_id="hestia-auditor")
    session.add(user)
    await session.flush()
    return user


async def create(session: AsyncSession, caller: Caller, *scopes: str, **values: Any) -> tuple[ApiKey, Credential]:
    new = NewKey("ci", scopes or ["*:read"], **values)
    return await session.run_sync(keys.create, caller, new)


async def test_a_key_is_of_its_maker(session: AsyncSession, member: Caller, ann: User) -> None:
    key, credential = await create(session, member, "memory:read")
    assert (key.user, key.agent_id, key.scopes, key.name) == (ann, "metis-developer", ["memory:read"], "ci")
    assert read_credential(credential.text) == credential


async def test_only_the_hash_of_a_key_is_kept(session: AsyncSession, member: Caller) -> None:
    key, credential = await create(session, member)
    assert (key.key_id, key.key_hash, key.key_prefix) == (
        credential.identifier,
        credential.digest,
        credential.identifier[:8],
    )
    assert credential.text.split("_")[3] not in repr(vars(key))


async def test_whoever_governs_makes_keys_for_others(session: AsyncSession, operator: Caller, ben: User) -> None:
    key, _ = await create(session, operator, username="Ben")
    assert (key.user, key.agent_id) == (ben, "hestia-auditor")


async def test_whoever_governs_makes_keys_for_an_agent_alone(session: AsyncSession, operator: Caller) -> None:
    key, _ = await create(session, operator, agent_id="hestia-auditor", without_user=True)
    assert (key.user, key.agent_id) == (None, "hestia-auditor")


async def test_a_member_makes_no_key_for_another_user(session: AsyncSession, member: Caller, ben: User) -> None:
    with pytest.raises(NotFound) as of_ben:
        await create(session, member, username="ben")
    with pytest.raises(NotFound) as of_nobody:
        await create(session, member, username="nobody")
    assert str(of_ben.value).replace("ben", "nobody") == str(of_nobody.value)


async def test_a_member_makes_no_key_for_another_agent(session: AsyncSession, member: Caller) -> None:
    with pytest.raises(PermissionDenied, match="cannot call as 'hestia-auditor'"):
        await create(session, member, agent_id="hestia-auditor")


async def test_a_member_makes_no_key_without_a_user(session: AsyncSession, member: Caller) -> None:
    with pytest.raises(PermissionDenied, match="only who governs accounts"):
        await create(session, member, without_user=True)


async def test_whoever_acts_for_another_makes_no_key(session: AsyncSession, ann: User) -> None:
    acting = Principal("hestia-auditor", "default", frozenset({"*:write"}), actor="metis-developer")
    with pytest.raises(PermissionDenied, match="made by an agent for itself"):
        await create(session, Caller(acting, ann), "memory:write")


@pytest.mark.parametrize("scope", ["*", "memory:*", "memory:govern", "*:govern"])
async def test_a_key_may_not_do_more_than_its_maker(session: AsyncSession, member: Caller, scope: str) -> None:
    with pytest.raises(PermissionDenied, match="you may not do"):
        await create(session, member, "memory:read", scope)


async def test_a_key_may_not_do_more_than_its_user(session: AsyncSession, operator: Caller, ben: User) -> None:
    with pytest.raises(InvalidArguments, match="the roles of 'ben' do not cover memory:govern"):
        await create(session, operator, "memory:read", "memory:govern", username="ben")


async def test_the_key_of_a_service_may_do_anything_it_was_given(
    session: AsyncSession, operator: Caller, ben: User
) -> None:
    ben.roles = ["service"]
    key, _ = await create(session, operator, "memory:govern", username="ben")
    assert key.scopes == ["memory:govern"]


async def test_a_key_needs_an_agent_that_is_active(session: AsyncSession, operator: Caller) -> None:
    await session.execute(update(Agent).where(Agent.agent_id == "hestia-auditor").values(status="suspended"))
    with pytest.raises(NotFound, match="there is no active agent 'hestia-auditor'"):
        await create(session, operator, agent_id="hestia-auditor", without_user=True)


async def test_a_user_without_an_agent_gets_no_key(session: AsyncSession, operator: Caller, ben: User) -> None:
    ben.preferred_agent_id = None
    with pytest.raises(InvalidArguments, match="the user has no agent"):
        await create(session, operator, username="ben")


async def test_a_revoked_key_is_inactive(session: AsyncSession, member: Caller, clock: Clock) -> None:
    key, _ = await create(session, member)
    await session.run_sync(keys.revoke, member, key.key_id, clock())
    assert (key.is_active, key.revoked_at) == (False, clock())


async def test_a_key_that_is_revoked_again_keeps_its_time(session: AsyncSession, member: Caller, clock: Clock) -> None:
    key, _ = await create(session, member)
    await session.run_sync(keys.revoke, member, key.key_id, clock())
    revoked_at = clock()
    clock.go_on(days=1)
    assert (await session.run_sync(keys.revoke, member, key.key_id, clock())).revoked_at == revoked_at


@pytest.mark.parametrize("act", [keys.revoke, keys.rotate])
async def test_the_key_of_another_is_as_unknown_as_any(
    session: AsyncSession, operator: Caller, member: Caller, ben: User, clock: Clock, act: Callable[..., object]
) -> None:
    key, _ = await create(session, operator, username="ben")
    with pytest.raises(NotFound) as of_ben:
        await session.run_sync(act, member, key.key_id, clock())
    with pytest.raises(NotFound) as unknown:
        await session.run_sync(act, member, "x" * 16, clock())
    assert str(of_ben.value).replace(key.key_id, "x" * 16) == str(unknown.value)
    assert key.revoked_at is None


async def test_an_agent_alone_has_the_keys_of_the_agent_alone(
    session: AsyncSession, operator: Caller, member: Caller
) -> None:
    of_user, _ = await create(session, member)
    of_agent, _ = await create(session, operator, agent_id="metis-developer", without_user=True)
    alone = Caller(Principal("metis-developer", "default", frozenset({"*:read"})), None)
    assert await session.run_sync(lambda given: keys.listed(given, alone, revoked=False)) == [of_agent]
    assert await session.run_sync(lambda given: keys.listed(given, member, revoked=False)) == [of_user]


async def test_a_rotated_key_is_another_of_the_same_kind(
    session: AsyncSession, operator: Caller, ben: User, clock: Clock
) -> None:
    former, first = await create(
        session, operator, "memory:read", username="ben", allowed_ips=["192.0.2.0/24"], rate_limit_per_hour=5
    )
    key, second = await session.run_sync(keys.rotate, operator, former.key_id, clock())
    assert first.identifier != second.identifier == key.key_id
    same = ("name", "scopes", "agent_id", "user_id", "allowed_ips", "rate_limit_per_hour", "expires_at", "description")
    assert [getattr(key, name) for name in same] == [getattr(former, name) for name in same]
    assert (former.revoked_at, key.revoked_at) == (clock(), None)


async def test_a_revoked_key_cannot_be_rotated(session: AsyncSession, member: Caller, clock: Clock) -> None:
    key, _ = await create(session, member)
    await session.run_sync(keys.revoke, member, key.key_id, clock())
    with pytest.raises(InvalidArguments, match="not in force any more"):
        await session.run_sync(keys.rotate, member, key.key_id, clock())


async def test_an_expired_key_cannot_be_rotated(session: AsyncSession, member: Caller, clock: Clock) -> None:
    key, _ = await create(session, member, expires_at=clock())
    with pytest.raises(InvalidArguments, match="not in force any more"):
        await session.run_sync(keys.rotate, member, key.key_id, clock())


async def test_a_weaker_key_does_not_rotate_a_stronger_one(
    session: AsyncSession, member: Caller, ann: User, clock: Clock
) -> None:
    key, _ = await create(session, member, "*:write")
    weaker = Caller(Principal("metis-developer", "default", frozenset({"accounts:write"})), ann)
    with pytest.raises(PermissionDenied, match="you may not do"):
        await session.run_sync(keys.rotate, weaker, key.key_id, clock())


async def test_the_credential_tells_whose_the_caller_is(session: AsyncSession, member: Caller, ann: User) -> None:
    _, credential = await create(session, member)
    principal = Principal("metis-developer", "default", credential=credential.name)
    assert (await session.run_sync(caller_of, principal)).user is ann


@pytest.mark.parametrize("credential", [None, "key:unknown", "access:unknown", "other:thing", ""])
async def test_an_unknown_credential_is_of_nobody(session: AsyncSession, credential: str | None) -> None:
    caller = await session.run_sync(caller_of, Principal("metis-developer", "default", credential=credential))
    assert caller.user is None
