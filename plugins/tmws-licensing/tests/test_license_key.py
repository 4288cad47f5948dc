"""Licence keys, as the database keeps them."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core.columns import utc_now
from tmws_licensing.models.license_key import LicenseKey


def licence(**changes: object) -> LicenseKey:
    """A licence of the whole installation."""
    return LicenseKey(**({"tier": "pro", "license_key_hash": "a" * 64} | changes))


async def test_a_licence_of_the_installation_names_no_agent(session: AsyncSession) -> None:
    session.add(licence())
    await session.flush()
    assert (await session.execute(select(LicenseKey.tier, LicenseKey.agent_id))).one() == ("pro", None)


async def test_a_new_licence_is_active_and_issued_now(session: AsyncSession) -> None:
    new = licence()
    session.add(new)
    await session.flush()
    assert (new.is_active, new.max_overrides, new.expires_at) == (True, {}, None)
    assert abs(utc_now() - new.issued_at) < timedelta(hours=1)


async def test_the_database_gives_the_same_defaults(session: AsyncSession) -> None:
    await session.execute(
        text("INSERT INTO license_keys (id, tier, license_key_hash) VALUES ('1', 'free', :hash)"), {"hash": "a" * 64}
    )
    new = await session.get_one(LicenseKey, "1")
    assert (new.is_active, new.max_overrides, new.expires_at) == (True, {}, None)
    assert abs(utc_now() - new.issued_at) < timedelta(hours=1)


@pytest.mark.parametrize("tier", ["free", "pro", "enterprise", "administrator"])
async def test_each_tier_can_be_stored(session: AsyncSession, tier: str) -> None:
    session.add(licence(tier=tier))
    await session.flush()
    assert await session.scalar(text("SELECT tier FROM license_keys")) == tier


@pytest.mark.parametrize("tier", ["PRO", "unlimited"])
async def test_an_unknown_tier_is_refused(session: AsyncSession, tier: str) -> None:
    session.add(licence())
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(text("UPDATE license_keys SET tier = :tier"), {"tier": tier})


async def test_a_key_is_issued_once(session: AsyncSession) -> None:
    session.add_all([licence(), licence()])
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_licence_does_not_end_when_it_begins(session: AsyncSession) -> None:
    now = utc_now()
    session.add(licence(issued_at=now, expires_at=now))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_licence_can_end_a_second_after_it_begins(session: AsyncSession) -> None:
    now = utc_now()
    session.add(licence(issued_at=now, expires_at=now + timedelta(seconds=1)))
    await session.flush()
    assert await session.scalar(select(LicenseKey.expires_at)) == now + timedelta(seconds=1)


async def test_a_revoked_licence_is_not_active(session: AsyncSession) -> None:
    session.add(licence(revoked_at=utc_now()))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_licence_that_is_not_active_was_revoked(session: AsyncSession) -> None:
    session.add(licence(is_active=False))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_licence_can_be_revoked(session: AsyncSession) -> None:
    new = licence()
    session.add(new)
    await session.flush()
    new.is_active, new.revoked_at, new.revoked_reason = False, utc_now(), "lost"
    await session.flush()
    assert (await session.execute(select(LicenseKey.is_active, LicenseKey.revoked_reason))).one() == (False, "lost")


async def test_an_override_made_in_place_is_saved(session: AsyncSession) -> None:
    new = licence()
    session.add(new)
    await session.flush()
    new.max_overrides["max_agents"] = 20
    await session.flush()
    await session.refresh(new)
    assert new.max_overrides == {"max_agents": 20}


async def test_a_licence_of_an_unknown_agent_is_refused(session: AsyncSession) -> None:
    session.add(licence(agent_id="nobody"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_licence_follows_the_new_name_of_its_agent(session: AsyncSession) -> None:
    session.add(licence(agent_id="metis-developer"))
    await session.flush()
    await session.execute(update(Agent).where(Agent.agent_id == "metis-developer").values(agent_id="metis"))
    assert await session.scalar(select(LicenseKey.agent_id)) == "metis"


async def test_a_licence_goes_with_its_agent(session: AsyncSession) -> None:
    session.add(licence(agent_id="metis-developer"))
    await session.flush()
    await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))
    assert await session.scalar(select(func.count()).select_from(LicenseKey)) == 0
