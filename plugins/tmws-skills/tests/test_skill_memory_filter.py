"""What the database holds true of a memory filter."""

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_memory_filter import SkillMemoryFilter


def memory_filter(skill: Skill, **values: object) -> SkillMemoryFilter:
    values = {"filter_type": "tag", "filter_value": {"any": ["python"]}} | values
    return SkillMemoryFilter(skill_id=skill.id, **values)


async def test_a_filter_is_set_once_in_a_skill(session: AsyncSession, skill: Skill) -> None:
    session.add_all([memory_filter(skill), memory_filter(skill, priority=5)])
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_filters_of_one_type_can_have_different_values(session: AsyncSession, skill: Skill) -> None:
    session.add_all([memory_filter(skill), memory_filter(skill, filter_value={"any": ["sql"]})])
    await session.flush()
    assert await session.scalar(select(func.count()).select_from(SkillMemoryFilter)) == 2


async def test_the_database_refuses_an_unknown_filter_type(session: AsyncSession, skill: Skill) -> None:
    session.add(memory_filter(skill))
    await session.flush()
    with pytest.raises(IntegrityError, match="ck_skill_memory_filters_filter_type"):
        await session.execute(text("UPDATE skill_memory_filters SET filter_type = 'x'"))


async def test_a_row_written_by_hand_has_the_priority_of_the_model(session: AsyncSession, skill: Skill) -> None:
    written = memory_filter(skill)
    session.add(written)
    await session.flush()
    await session.execute(
        text(
            "INSERT INTO skill_memory_filters (id, skill_id, filter_type, filter_value) "
            "VALUES ('1', :skill, 'tag', '{}')"
        ),
        {"skill": skill.id},
    )
    by_hand = await session.get_one(SkillMemoryFilter, "1")
    assert (by_hand.priority, written.priority) == (0, 0)


async def test_a_value_changed_in_place_is_saved(session: AsyncSession, skill: Skill) -> None:
    written = memory_filter(skill, filter_type="importance", filter_value={"minimum": 0.5})
    session.add(written)
    await session.flush()
    written.filter_value["minimum"] = 0.7
    await session.flush()
    await session.refresh(written)
    assert written.filter_value == {"minimum": 0.7}


async def test_a_filter_belongs_to_a_skill(session: AsyncSession) -> None:
    session.add(SkillMemoryFilter(skill_id="nothing", filter_type="tag", filter_value={}))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_a_filter_goes_with_its_skill(session: AsyncSession, skill: Skill) -> None:
    session.add(memory_filter(skill))
    await session.flush()
    await session.execute(delete(Skill).where(Skill.id == skill.id))
    assert await session.scalar(select(func.count()).select_from(SkillMemoryFilter)) == 0
