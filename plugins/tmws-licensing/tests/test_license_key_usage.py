"""Uses of licence keys, as the database keeps them."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core.columns import utc_now
from tmws_licensing.models.license_key import LicenseKey
from tmws_licensing.models.license_key_usage import LicenseKeyUsage


def licence() -> LicenseKey:
    """A licence of the whole installation."""
    return LicenseKey(tier="pro", license_key_hash="a" * 64)


async def test_a_licence_and_its_first_use_can_be_added_together(session: AsyncSession) -> None:
    key = licence()
    session.add(LicenseKeyUsage(license_key=key, feature_accessed="search"))
    await session.flush()
    assert await session.scalar(select(LicenseKeyUsage.license_key_id)) == key.id


async def test_a_use_of_an_unknown_licence_is_refused(session: AsyncSession) -> None:
    session.add(LicenseKeyUsage(license_key_id="nothing"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_feature_can_be_used_again(session: AsyncSession) -> None:
    key = licence()
    session.add_all([LicenseKeyUsage(license_key=key, feature_accessed="search") for _ in range(2)])
    await session.flush()
    assert await session.scalar(select(func.count()).select_from(LicenseKeyUsage)) == 2


async def test_a_use_happens_now_unless_said(session: AsyncSession) -> None:
    use = LicenseKeyUsage(license_key=licence())
    session.add(use)
    await session.flush()
    assert abs(utc_now() - use.used_at) < timedelta(hours=1)


async def test_the_database_gives_the_same_default(session: AsyncSession) -> None:
    key = licence()
    session.add(key)
    await session.flush()
    await session.execute(
        text("INSERT INTO license_key_usage (id, license_key_id) VALUES ('1', :key)"), {"key": key.id}
    )
    use = await session.get_one(LicenseKeyUsage, "1")
    assert abs(utc_now() - use.used_at) < timedelta(hours=1)


async def test_what_is_said_of_a_use_is_json(session: AsyncSession) -> None:
    session.add(LicenseKeyUsage(license_key=licence(), usage_metadata={"agents": 3}))
    await session.flush()
    assert await session.scalar(select(LicenseKeyUsage.usage_metadata["agents"].as_integer())) == 3


async def test_the_uses_of_a_licence_go_with_it(session: AsyncSession) -> None:
    session.add(LicenseKeyUsage(license_key=licence()))
    await session.flush()
    await session.execute(delete(LicenseKey))
    assert await session.scalar(select(func.count()).select_from(LicenseKeyUsage)) == 0
