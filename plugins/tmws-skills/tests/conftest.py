"""A skill of metis-developer and its first version, by hestia-auditor, for the tests that need a parent row."""

from hashlib import sha256

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_version import SkillVersion


@pytest.fixture
async def skill(session: AsyncSession) -> Skill:
    skill = Skill(name="code-review", namespace="default", created_by="metis-developer")
    session.add(skill)
    await session.flush()
    return skill


@pytest.fixture
async def version(session: AsyncSession, skill: Skill) -> SkillVersion:
    content = "# Review\nRead the change twice."
    version = SkillVersion(
        skill_id=skill.id,
        version=1,
        content=content,
        content_hash=sha256(content.encode()).hexdigest(),
        created_by="hestia-auditor",
    )
    session.add(version)
    await session.flush()
    return version
