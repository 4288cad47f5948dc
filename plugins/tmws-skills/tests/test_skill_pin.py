"""What the database holds true of a pin."""

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_pin import SkillPin
from tmws_skills.models.skill_version import SkillVersion


@pytest.fixture
async def pin(session: AsyncSession, version: SkillVersion) -> SkillPin:
    row = SkillPin(skill_id=version.skill_id, agent_id="aurora-researcher", version=version.version)
    session.add(row)
    await session.flush()
    return row


async def test_an_agent_has_one_pin_of_a_skill(session: AsyncSession, pin: SkillPin) -> None:
    session.expunge(pin)
    session.add(SkillPin(skill_id=pin.skill_id, agent_id=pin.agent_id, version=pin.version))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_a_pin_names_a_version_that_is_there(session: AsyncSession, version: SkillVersion) -> None:
    session.add(SkillPin(skill_id=version.skill_id, agent_id="aurora-researcher", version=2))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_a_pin_goes_with_its_skill(session: AsyncSession, pin: SkillPin) -> None:
    await session.execute(delete(Skill).where(Skill.id == pin.skill_id))
    assert await session.scalar(select(func.count()).select_from(SkillPin)) == 0


async def test_a_pin_goes_with_its_agent(session: AsyncSession, pin: SkillPin) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == pin.agent_id))
    assert await session.scalar(select(func.count()).select_from(SkillPin)) == 0
