"""Refresh tokens, as the database keeps them."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_accounts.models.refresh_token import RefreshToken
from tmws_accounts.models.user import User
from tmws_core.columns import utc_now
from tmws_core.identifiers import new_identifier


@pytest.fixture
async def ann(session: AsyncSession) -> User:
    """A user named ann, stored."""
    user = User(username="ann", password_hash="hash")
    session.add(user)
    await session.flush()
    return user


def token(user: User | None, **changes: object) -> RefreshToken:
    """A token of a user that ends tomorrow."""
    values = {"token_id": new_identifier(), "token_hash": "hash", "family_id": "family", "user": user}
    return RefreshToken(**(values | {"expires_at": utc_now() + timedelta(days=1)} | changes))


async def test_a_user_and_a_token_can_be_added_together(session: AsyncSession) -> None:
    ben = User(username="ben", password_hash="hash")
    session.add(token(ben))
    await session.flush()
    assert await session.scalar(select(RefreshToken.user_id)) == ben.id


async def test_a_token_belongs_to_a_user(session: AsyncSession) -> None:
    session.add(token(None))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_new_token_is_not_revoked(session: AsyncSession, ann: User) -> None:
    first = token(ann)
    session.add(first)
    await session.flush()
    assert first.is_revoked is False


async def test_the_database_gives_the_same_default(session: AsyncSession, ann: User) -> None:
    await session.execute(
        text(
            "INSERT INTO refresh_tokens (id, token_id, token_hash, family_id, expires_at, user_id)"
            " VALUES ('1', 'a', 'hash', 'family', '2100-01-01 00:00:00', :user)"
        ),
        {"user": ann.id},
    )
    assert (await session.get_one(RefreshToken, "1")).is_revoked is False


async def test_a_token_id_is_given_once(session: AsyncSession, ann: User) -> None:
    session.add_all([token(ann, token_id="a"), token(ann, token_id="a")])
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_token_and_the_one_that_replaces_it_are_written_together(session: AsyncSession, ann: User) -> None:
    first = token(ann)
    session.add(first)
    await session.flush()
    first.is_revoked = True
    first.successor = second = token(ann)
    await session.flush()
    replaced = await session.scalar(select(RefreshToken.replaced_by).where(RefreshToken.id == first.id))
    assert replaced == second.id


async def test_a_replaced_token_is_revoked(session: AsyncSession, ann: User) -> None:
    session.add(token(ann, successor=token(ann)))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_token_replaces_one_token(session: AsyncSession, ann: User) -> None:
    last = token(ann)
    session.add_all([token(ann, successor=last, is_revoked=True), token(ann, successor=last, is_revoked=True)])
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_token_does_not_replace_itself(session: AsyncSession, ann: User) -> None:
    session.add(token(ann, is_revoked=True))
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(text("UPDATE refresh_tokens SET replaced_by = id"))


async def test_a_replaced_token_stays_when_its_successor_goes(session: AsyncSession, ann: User) -> None:
    second = token(ann)
    session.add(token(ann, token_id="first", successor=second, is_revoked=True))
    await session.flush()
    await session.execute(delete(RefreshToken).where(RefreshToken.id == second.id))
    remaining = await session.execute(select(RefreshToken.token_id, RefreshToken.replaced_by, RefreshToken.is_revoked))
    assert remaining.one() == ("first", None, True)


async def test_the_tokens_of_a_user_go_with_the_user(session: AsyncSession, ann: User) -> None:
    session.add(token(ann, successor=token(ann), is_revoked=True))
    await session.flush()
    await session.execute(delete(User))
    assert await session.scalar(select(func.count()).select_from(RefreshToken)) == 0
