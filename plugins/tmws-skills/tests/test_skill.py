"""What the database holds true of a skill."""

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core.columns import utc_now
from tmws_skills.models.skill import Skill


def another(name: str = "code-review", namespace: str = "default", created_by: str = "hestia-auditor") -> Skill:
    return Skill(name=name, namespace=namespace, created_by=created_by)


async def test_a_name_is_unique_in_its_namespace(session: AsyncSession, skill: Skill) -> None:
    session.add(another(skill.name, skill.namespace))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_another_namespace_can_have_the_same_name(session: AsyncSession, skill: Skill) -> None:
    session.add(another(skill.name, "elsewhere"))
    await session.flush()
    assert await session.scalar(select(func.count()).where(Skill.name == skill.name)) == 2


async def test_a_deleted_name_can_be_used_again(session: AsyncSession, skill: Skill) -> None:
    skill.is_deleted, skill.deleted_at = True, utc_now()
    await session.flush()
    session.add(another(skill.name, skill.namespace))
    await session.flush()
    live = select(Skill.created_by).where(Skill.name == skill.name, ~Skill.is_deleted)
    assert list(await session.scalars(live)) == ["hestia-auditor"]


async def test_a_name_can_be_deleted_more_than_once(session: AsyncSession, skill: Skill) -> None:
    skill.is_deleted, skill.deleted_at = True, utc_now()
    again = another(skill.name, skill.namespace)
    again.is_deleted, again.deleted_at = True, utc_now()
    session.add(again)
    await session.flush()
    assert await session.scalar(select(func.count()).where(Skill.is_deleted)) == 2


async def test_a_deleted_skill_cannot_take_back_a_name_in_use(session: AsyncSession, skill: Skill) -> None:
    skill.is_deleted, skill.deleted_at = True, utc_now()
    await session.flush()
    session.add(another(skill.name, skill.namespace))
    await session.flush()
    skill.is_deleted, skill.deleted_at = False, None
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_the_owner_must_be_an_agent(session: AsyncSession) -> None:
    session.add(another(created_by="nobody"))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_a_skill_goes_with_its_owner(session: AsyncSession, skill: Skill) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == skill.created_by))
    assert await session.scalar(select(func.count()).select_from(Skill)) == 0


async def test_a_skill_follows_its_owner_to_a_new_name(session: AsyncSession, skill: Skill) -> None:
    await session.execute(update(Agent).where(Agent.agent_id == skill.created_by).values(agent_id="metis-renamed"))
    await session.refresh(skill)
    assert skill.created_by == "metis-renamed"


@pytest.mark.parametrize(
    ("active_version", "version_count", "constraint"),
    [(0, 1, "ck_skills_active_version_minimum"), (3, 2, "ck_skills_active_version_bound")],
)
async def test_the_active_version_is_one_of_the_versions(
    session: AsyncSession, skill: Skill, active_version: int, version_count: int, constraint: str
) -> None:
    skill.active_version, skill.version_count = active_version, version_count
    with pytest.raises(IntegrityError, match=constraint):
        await session.flush()


async def test_an_older_version_can_be_the_active_one(session: AsyncSession, skill: Skill) -> None:
    skill.active_version, skill.version_count = 1, 2
    await session.flush()
    await session.refresh(skill)
    assert (skill.active_version, skill.version_count) == (1, 2)


async def test_the_database_refuses_an_unknown_access_level(session: AsyncSession, skill: Skill) -> None:
    with pytest.raises(IntegrityError, match="ck_skills_access_level"):
        await session.execute(text("UPDATE skills SET access_level = 'x'"))


async def test_the_model_refuses_an_unknown_access_level(session: AsyncSession, skill: Skill) -> None:
    skill.access_level = "x"
    with pytest.raises(StatementError):
        await session.flush()


async def test_a_row_written_by_hand_gets_the_defaults_of_the_model(session: AsyncSession, skill: Skill) -> None:
    await session.execute(
        text("INSERT INTO skills (id, name, namespace, created_by) VALUES ('1', 'x', 'default', 'hestia-auditor')")
    )
    by_hand = await session.get_one(Skill, "1")
    assert (by_hand.access_level, by_hand.tags, by_hand.version_count) == ("private", [], 1)
    assert (by_hand.active_version, by_hand.is_deleted) == (1, False)
    assert (skill.access_level, skill.tags, skill.version_count) == ("private", [], 1)
    assert (skill.active_version, skill.is_deleted) == (1, False)


async def test_a_tag_added_in_place_is_saved(session: AsyncSession, skill: Skill) -> None:
    skill.tags.append("quality")
    await session.flush()
    await session.refresh(skill)
    assert skill.tags == ["quality"]


async def test_a_skill_that_is_deleted_says_since_when(session: AsyncSession, skill: Skill) -> None:
    skill.is_deleted = True
    with pytest.raises(IntegrityError, match="ck_skills_deleted_at_of_is_deleted"):
        await session.flush()


@pytest.mark.parametrize("column", ["deprecation_note", "replaced_by"])
async def test_only_a_deprecated_skill_says_why(session: AsyncSession, skill: Skill, column: str) -> None:
    setattr(skill, column, skill.id)
    with pytest.raises(IntegrityError, match="ck_skills_deprecation_of_deprecated_at"):
        await session.flush()


async def test_names_that_look_alike_are_one_in_a_namespace(session: AsyncSession, skill: Skill) -> None:
    session.add_all([another("modern"), another("rnodern")])
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_a_skill_outlives_the_one_that_replaces_it(session: AsyncSession, skill: Skill) -> None:
    other = another("other")
    session.add(other)
    await session.flush()
    skill.deprecated_at, skill.replaced_by = utc_now(), other.id
    await session.flush()
    await session.execute(delete(Skill).where(Skill.id == other.id))
    await session.refresh(skill)
    assert skill.replaced_by is None
