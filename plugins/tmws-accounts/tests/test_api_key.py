"""API keys, as the database keeps them."""

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_accounts.models.api_key import ApiKey
from tmws_accounts.models.user import User
from tmws_agents.models.agent import Agent
from tmws_core.columns import utc_now


def user() -> User:
    """A user named ann."""
    return User(username="ann", password_hash="hash")


def key(**changes: object) -> ApiKey:
    """A key of the agent metis-developer."""
    values = {"key_id": "abcdefghij", "key_prefix": "abcdefgh", "name": "ci", "key_hash": "hash"}
    return ApiKey(**(values | {"agent_id": "metis-developer"} | changes))


async def test_a_user_and_a_key_can_be_added_together(session: AsyncSession) -> None:
    ann = user()
    session.add(key(agent_id=None, user=ann))
    await session.flush()
    assert await session.scalar(select(ApiKey.user_id)) == ann.id


async def test_an_agent_can_own_a_key_alone(session: AsyncSession) -> None:
    session.add(key())
    await session.flush()
    assert (await session.execute(select(ApiKey.agent_id, ApiKey.user_id))).one() == ("metis-developer", None)


async def test_a_key_can_belong_to_a_user_and_an_agent(session: AsyncSession) -> None:
    ann = user()
    session.add(key(user=ann))
    await session.flush()
    assert (await session.execute(select(ApiKey.agent_id, ApiKey.user_id))).one() == ("metis-developer", ann.id)


async def test_a_key_has_an_owner(session: AsyncSession) -> None:
    session.add(key(agent_id=None))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_key_of_an_unknown_user_is_refused(session: AsyncSession) -> None:
    session.add(key(user_id="nobody"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_new_key_is_active_and_may_read(session: AsyncSession) -> None:
    new = key()
    session.add(new)
    await session.flush()
    assert (new.is_active, new.scopes, new.total_requests, new.metadata_json) == (True, ["*:read"], 0, {})


async def test_the_database_gives_the_same_defaults(session: AsyncSession) -> None:
    await session.execute(
        text(
            "INSERT INTO api_keys (id, key_id, key_prefix, name, key_hash, agent_id)"
            " VALUES ('1', 'abcdefghij', 'abcdefgh', 'ci', 'hash', 'metis-developer')"
        )
    )
    new = await session.get_one(ApiKey, "1")
    assert (new.is_active, new.scopes, new.total_requests, new.metadata_json) == (True, ["*:read"], 0, {})


async def test_a_key_id_is_given_once(session: AsyncSession) -> None:
    session.add_all([key(), key()])
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_prefix_that_is_not_of_the_key_id_is_refused(session: AsyncSession) -> None:
    session.add(key(key_prefix="secretse"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_revoked_key_is_not_active(session: AsyncSession) -> None:
    session.add(key(revoked_at=utc_now()))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_key_can_rest_without_being_revoked(session: AsyncSession) -> None:
    session.add(key(is_active=False))
    await session.flush()
    assert await session.scalar(select(ApiKey.revoked_at)) is None


async def test_a_rate_limit_allows_a_request(session: AsyncSession) -> None:
    session.add(key(rate_limit_per_hour=0))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_requests_are_not_negative(session: AsyncSession) -> None:
    session.add(key(total_requests=-1))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_the_keys_of_a_user_go_with_the_user(session: AsyncSession) -> None:
    session.add(key(user=user()))
    await session.flush()
    await session.execute(delete(User))
    assert await session.scalar(select(func.count()).select_from(ApiKey)) == 0


async def test_a_key_of_a_user_goes_with_the_agent_that_it_acts_for(session: AsyncSession) -> None:
    session.add(key(user=user()))
    await session.flush()
    await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))
    assert await session.scalar(select(func.count()).select_from(ApiKey)) == 0


async def test_a_key_follows_the_new_name_of_its_agent(session: AsyncSession) -> None:
    session.add(key())
    await session.flush()
    await session.execute(update(Agent).where(Agent.agent_id == "metis-developer").values(agent_id="metis"))
    assert await session.scalar(select(ApiKey.agent_id)) == "metis"
