"""What the database holds true of a grant."""

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core.columns import utc_now
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_sharing import SkillSharing


@pytest.fixture
async def grant(session: AsyncSession, skill: Skill) -> SkillSharing:
    grant = SkillSharing(skill_id=skill.id, agent_id="aurora-researcher")
    session.add(grant)
    await session.flush()
    return grant


async def test_a_skill_is_granted_to_an_agent_once(session: AsyncSession, grant: SkillSharing) -> None:
    session.expunge(grant)
    session.add(SkillSharing(skill_id=grant.skill_id, agent_id=grant.agent_id, permission="write"))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_a_skill_can_be_granted_to_many_agents(session: AsyncSession, grant: SkillSharing) -> None:
    session.add(SkillSharing(skill_id=grant.skill_id, agent_id="muses-documenter"))
    await session.flush()
    assert await session.scalar(select(func.count()).where(SkillSharing.skill_id == grant.skill_id)) == 2


async def test_a_grant_and_its_new_skill_are_written_in_one_flush(session: AsyncSession) -> None:
    skill = Skill(name="fresh", namespace="default", created_by="metis-developer")
    session.add(SkillSharing(skill=skill, agent_id="aurora-researcher"))
    await session.flush()
    assert await session.get(SkillSharing, (skill.id, "aurora-researcher")) is not None


async def test_only_an_agent_is_granted_a_skill(session: AsyncSession, skill: Skill) -> None:
    session.add(SkillSharing(skill_id=skill.id, agent_id="nobody"))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_the_database_refuses_an_unknown_permission(session: AsyncSession, grant: SkillSharing) -> None:
    with pytest.raises(IntegrityError, match="ck_skill_shared_agents_permission"):
        await session.execute(text("UPDATE skill_shared_agents SET permission = 'x'"))


async def test_a_row_written_by_hand_is_a_grant_to_read_without_end(session: AsyncSession, skill: Skill) -> None:
    await session.execute(
        text("INSERT INTO skill_shared_agents (skill_id, agent_id) VALUES (:skill, 'aurora-researcher')"),
        {"skill": skill.id},
    )
    by_hand = await session.get_one(SkillSharing, (skill.id, "aurora-researcher"))
    assert (by_hand.permission, by_hand.expires_at) == ("read", None)
    assert by_hand.shared_at == by_hand.created_at


async def test_a_new_grant_is_one_to_read_without_end(grant: SkillSharing) -> None:
    assert (grant.permission, grant.expires_at) == ("read", None)
    assert grant.shared_at <= utc_now()


async def test_a_grant_goes_with_its_skill(session: AsyncSession, grant: SkillSharing) -> None:
    await session.execute(delete(Skill).where(Skill.id == grant.skill_id))
    assert await session.scalar(select(func.count()).select_from(SkillSharing)) == 0


async def test_a_grant_goes_with_its_agent(session: AsyncSession, grant: SkillSharing) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == grant.agent_id))
    assert await session.scalar(select(func.count()).select_from(SkillSharing)) == 0
