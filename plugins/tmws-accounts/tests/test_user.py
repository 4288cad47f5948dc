"""Users, as the database keeps them."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_accounts.models.user import User
from tmws_agents.models.agent import Agent


def user(**changes: object) -> User:
    """A user named ann."""
    return User(**({"username": "ann", "password_hash": "hash"} | changes))


async def test_a_user_needs_no_email(session: AsyncSession) -> None:
    session.add_all([user(), user(username="ben")])
    await session.flush()
    assert set(await session.scalars(select(User.email))) == {None}


async def test_a_new_user_is_active_and_an_ordinary_user(session: AsyncSession) -> None:
    ann = user()
    session.add(ann)
    await session.flush()
    assert (ann.status, ann.roles, ann.permissions, ann.agent_namespace) == ("active", ["user"], {}, "default")
    assert (ann.failed_login_attempts, ann.session_timeout_minutes) == (0, 480)
    assert (ann.mfa_enabled, ann.force_password_change, ann.metadata_json) == (False, False, {})


async def test_the_database_gives_the_same_defaults(session: AsyncSession) -> None:
    await session.execute(text("INSERT INTO users (id, username, password_hash) VALUES ('1', 'ann', 'hash')"))
    ann = await session.get_one(User, "1")
    assert (ann.status, ann.roles, ann.permissions, ann.agent_namespace) == ("active", ["user"], {}, "default")
    assert (ann.failed_login_attempts, ann.session_timeout_minutes) == (0, 480)
    assert (ann.mfa_enabled, ann.force_password_change, ann.metadata_json) == (False, False, {})
    assert ann.created_at.tzinfo is not None


async def test_two_users_do_not_share_their_default_roles(session: AsyncSession) -> None:
    ann, ben = user(), user(username="ben")
    session.add_all([ann, ben])
    await session.flush()
    ann.roles.append("admin")
    await session.flush()
    await session.refresh(ann)
    await session.refresh(ben)
    assert (ann.roles, ben.roles) == (["user", "admin"], ["user"])


async def test_names_differ_by_more_than_upper_and_lower_case(session: AsyncSession) -> None:
    session.add_all([user(), user(username="Ann")])
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_name_keeps_the_case_in_which_it_was_given(session: AsyncSession) -> None:
    session.add(user(username="Ann"))
    await session.flush()
    assert await session.scalar(select(User.username)) == "Ann"


async def test_an_email_belongs_to_one_user(session: AsyncSession) -> None:
    session.add_all([user(email="a@example.org"), user(username="ben", email="a@example.org")])
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("status", ["active", "inactive", "suspended", "locked", "pending"])
async def test_each_state_of_an_account_can_be_stored(session: AsyncSession, status: str) -> None:
    session.add(user(status=status))
    await session.flush()
    assert await session.scalar(text("SELECT status FROM users")) == status


async def test_an_unknown_state_is_refused(session: AsyncSession) -> None:
    session.add(user())
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(text("UPDATE users SET status = 'banned'"))


async def test_failed_logins_are_not_negative(session: AsyncSession) -> None:
    session.add(user(failed_login_attempts=-1))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_session_lasts_at_least_a_minute(session: AsyncSession) -> None:
    session.add(user(session_timeout_minutes=0))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_preferred_agent_exists(session: AsyncSession) -> None:
    session.add(user(preferred_agent_id="nobody"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_user_stays_when_the_preferred_agent_goes(session: AsyncSession) -> None:
    session.add(user(preferred_agent_id="metis-developer"))
    await session.flush()
    await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))
    assert (await session.execute(select(User.username, User.preferred_agent_id))).one() == ("ann", None)


async def test_a_preferred_agent_can_be_renamed(session: AsyncSession) -> None:
    session.add(user(preferred_agent_id="metis-developer"))
    await session.flush()
    await session.execute(update(Agent).where(Agent.agent_id == "metis-developer").values(agent_id="metis"))
    assert await session.scalar(select(User.preferred_agent_id)) == "metis"
