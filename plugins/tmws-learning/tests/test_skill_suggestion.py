"""What the database holds true of a skill suggestion."""

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_learning.models.skill_suggestion import SkillSuggestion
from tmws_skills.models.skill import Skill


@pytest.fixture
async def suggestion(session: AsyncSession, skill: Skill) -> SkillSuggestion:
    suggestion = SkillSuggestion(
        skill_id=skill.id, agent_id="metis-developer", namespace="default", relevance_score=0.7
    )
    session.add(suggestion)
    await session.flush()
    return suggestion


@pytest.mark.parametrize("score", [-0.1, 1.1])
async def test_a_relevance_out_of_range_is_refused(
    session: AsyncSession, suggestion: SkillSuggestion, score: float
) -> None:
    suggestion.relevance_score = score
    with pytest.raises(IntegrityError, match="ck_skill_suggestions_relevance_score_range"):
        await session.flush()


async def test_a_suggestion_has_a_relevance(session: AsyncSession, skill: Skill) -> None:
    session.add(SkillSuggestion(skill_id=skill.id, agent_id="metis-developer", namespace="default"))
    with pytest.raises(IntegrityError, match=r"(?i)not.null"):
        await session.flush()


async def test_a_suggestion_needs_no_orchestration_and_waits_for_feedback(
    session: AsyncSession, suggestion: SkillSuggestion
) -> None:
    await session.refresh(suggestion)
    assert suggestion.orchestration_id is None
    assert (suggestion.was_activated, suggestion.was_helpful) == (None, None)


@pytest.mark.parametrize("column", ["skill_id", "agent_id"])
async def test_a_suggestion_names_a_skill_and_an_agent(
    session: AsyncSession, suggestion: SkillSuggestion, column: str
) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.execute(update(SkillSuggestion).values({column: "nothing"}))


async def test_a_suggestion_and_its_new_skill_are_written_in_one_flush(session: AsyncSession) -> None:
    skill = Skill(name="fresh", namespace="default", created_by="metis-developer")
    suggestion = SkillSuggestion(skill=skill, agent_id="metis-developer", namespace="default", relevance_score=1.0)
    session.add(suggestion)
    await session.flush()
    assert suggestion.skill_id == skill.id


async def test_a_suggestion_goes_with_its_skill(session: AsyncSession, suggestion: SkillSuggestion) -> None:
    await session.execute(delete(Skill).where(Skill.id == suggestion.skill_id))
    assert await session.scalar(select(func.count()).select_from(SkillSuggestion)) == 0


async def test_a_suggestion_goes_with_its_agent(session: AsyncSession, suggestion: SkillSuggestion) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == suggestion.agent_id))
    assert await session.scalar(select(func.count()).select_from(SkillSuggestion)) == 0
