"""How users are made and changed."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_accounts import attempts, families, users
from tmws_accounts.client import Client
from tmws_accounts.families import Refusal, TokenRequest
from tmws_accounts.lifetimes import Lifetimes
from tmws_accounts.models.user import User
from tmws_accounts.users import NewUser
from tmws_agents.models.agent import Agent
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, NotFound, RateLimited

from .conftest import Clock


@pytest.fixture
async def owner(session: AsyncSession, clock: Clock) -> User:
    return await session.run_sync(users.create, NewUser("owner", ["super_admin"]), clock())


async def change(session: AsyncSession, username: str, **changes: Any) -> User:
    return await session.run_sync(users.change, username, changes, "owner")


async def test_a_database_without_users_and_keys_has_no_owner(session: AsyncSession) -> None:
    assert not await session.run_sync(users.are_there)


async def test_the_first_user_is_there(session: AsyncSession, owner: User) -> None:
    assert await session.run_sync(users.are_there)


async def test_an_owner_who_is_locked_out_is_still_there(session: AsyncSession, owner: User) -> None:
    await session.execute(update(User).values(status="suspended", roles=[]))
    assert await session.run_sync(users.are_there)


async def test_a_user_gets_an_agent_of_the_same_name(session: AsyncSession, clock: Clock) -> None:
    ben = await session.run_sync(users.create, NewUser("ben", ["user"], namespace="place"), clock())
    agent = await session.scalar(select(Agent).where(Agent.agent_id == "ben"))
    assert agent is not None
    assert (ben.preferred_agent_id, ben.agent_namespace, agent.namespace) == ("ben", "place", "place")


async def test_a_user_can_act_as_an_agent_that_is_there(session: AsyncSession, clock: Clock) -> None:
    ben = await session.run_sync(users.create, NewUser("ben", ["user"], agent_id="metis-developer"), clock())
    assert (ben.preferred_agent_id, ben.agent_namespace) == ("metis-developer", "default")


async def test_nobody_becomes_an_agent_by_taking_its_name(session: AsyncSession, clock: Clock) -> None:
    with pytest.raises(AlreadyChanged, match="there is an agent 'metis-developer' already; name the agent"):
        await session.run_sync(users.create, NewUser("metis-developer", ["user"]), clock())


async def test_an_agent_that_does_not_exist_is_not_made_by_naming_it(session: AsyncSession, clock: Clock) -> None:
    with pytest.raises(NotFound, match="there is no agent 'nobody'"):
        await session.run_sync(users.create, NewUser("ben", ["user"], agent_id="nobody"), clock())


@pytest.mark.parametrize("name", ["owner", "Owner", "ＯＷＮＥＲ", "0wner"])
async def test_a_name_belongs_to_one_user(session: AsyncSession, owner: User, clock: Clock, name: str) -> None:
    with pytest.raises(AlreadyChanged, match="there is a user"):
        await session.run_sync(users.create, NewUser(name, ["user"]), clock())


async def test_an_email_address_belongs_to_one_user(session: AsyncSession, owner: User, clock: Clock) -> None:
    await change(session, "owner", email="a@example.org")
    with pytest.raises(AlreadyChanged, match="another user has this email address"):
        await session.run_sync(users.create, NewUser("ben", ["user"], email="A@example.org"), clock())


async def test_a_user_may_keep_the_email_address(session: AsyncSession, owner: User) -> None:
    await change(session, "owner", email="a@example.org")
    assert (await change(session, "owner", email="A@example.org")).email == "A@example.org"


async def test_a_user_is_found_in_another_spelling(session: AsyncSession, owner: User) -> None:
    assert await session.run_sync(users.find, "OWNER") is owner


@pytest.mark.parametrize("name", ["", "nobody", "owner\0", "\ud800", "o%", "x" * 1000])
async def test_a_name_that_nobody_has_finds_nobody(session: AsyncSession, owner: User, name: str) -> None:
    assert await session.run_sync(users.find, name) is None


async def test_a_user_who_does_not_exist_cannot_be_changed(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match="there is no user 'nobody'"):
        await change(session, "nobody", full_name="Nobody")


async def test_a_change_says_who_made_it(session: AsyncSession, owner: User) -> None:
    changed = await change(session, "Owner", full_name="Ann Owner")
    assert (changed.full_name, changed.last_modified_by) == ("Ann Owner", "owner")


@pytest.mark.parametrize("changes", [{"roles": ["user"]}, {"status": "inactive"}, {"status": "suspended"}])
async def test_the_last_owner_stays_the_owner(session: AsyncSession, owner: User, changes: dict[str, object]) -> None:
    with pytest.raises(InvalidArguments, match="nobody with the role super_admin"):
        await change(session, "owner", **changes)


async def test_an_owner_can_go_when_there_is_another(session: AsyncSession, owner: User, clock: Clock) -> None:
    await session.run_sync(users.create, NewUser("second", ["super_admin"]), clock())
    assert (await change(session, "owner", roles=["user"])).roles == ["user"]


async def test_a_user_who_is_suspended_is_logged_out(
    session: AsyncSession, owner: User, ann: User, clock: Clock
) -> None:
    request = TokenRequest(Client(), clock(), Lifetimes())
    pair = await session.run_sync(families.start, ann, request)
    await change(session, "ann", status="suspended")
    await change(session, "ann", status="active")
    assert isinstance(await session.run_sync(families.renew, pair.refresh, request), Refusal)


async def test_a_new_agent_brings_its_namespace(session: AsyncSession, owner: User) -> None:
    changed = await change(session, "owner", preferred_agent_id="metis-developer")
    assert (changed.preferred_agent_id, changed.agent_namespace) == ("metis-developer", "default")


async def test_a_new_password_ends_the_logins_and_the_delays(session: AsyncSession, ann: User, clock: Clock) -> None:
    request = TokenRequest(Client(), clock(), Lifetimes())
    pair = await session.run_sync(families.start, ann, request)
    of = attempts.subjects("ann", Client(), tolerated=1, tolerated_of_address=1)
    await session.run_sync(attempts.count, of, "ann", clock())
    with pytest.raises(RateLimited):
        await session.run_sync(attempts.refuse_too_early, of, clock())

    ann.force_password_change = True
    await session.run_sync(users.set_password, ann, "new hash", "owner", clock())

    await session.run_sync(attempts.refuse_too_early, of, clock())
    assert isinstance(await session.run_sync(families.renew, pair.refresh, request), Refusal)
    assert (ann.password_hash, ann.password_changed_at, ann.force_password_change) == ("new hash", clock(), False)
