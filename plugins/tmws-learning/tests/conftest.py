"""A skill of athena-conductor, for the tests that need one."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_skills.models.skill import Skill


@pytest.fixture
async def skill(session: AsyncSession) -> Skill:
    skill = Skill(name="code-review", namespace="default", created_by="athena-conductor")
    session.add(skill)
    await session.flush()
    return skill
