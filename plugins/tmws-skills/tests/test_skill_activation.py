"""What the database holds true of an activation."""

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core.columns import utc_now
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_activation import SkillActivation
from tmws_skills.models.skill_version import SkillVersion


def activation(skill_id: str, **values: object) -> SkillActivation:
    values = {"version": 1, "agent_id": "aurora-researcher", "namespace": "default"} | values
    return SkillActivation(skill_id=skill_id, **values)


@pytest.fixture
async def active(session: AsyncSession, version: SkillVersion) -> SkillActivation:
    row = activation(version.skill_id)
    session.add(row)
    await session.flush()
    return row


async def test_a_skill_is_active_once_for_an_agent(session: AsyncSession, active: SkillActivation) -> None:
    session.add(activation(active.skill_id))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_an_agent_can_have_used_a_skill_often(session: AsyncSession, active: SkillActivation) -> None:
    active.state, active.deactivated_at = "inactive", utc_now()
    session.add(activation(active.skill_id, state="inactive", deactivated_at=utc_now()))
    await session.flush()
    session.add(activation(active.skill_id))
    await session.flush()
    assert await session.scalar(select(func.count()).select_from(SkillActivation)) == 3


async def test_many_skills_can_be_active_at_once(session: AsyncSession, active: SkillActivation) -> None:
    other = SkillVersion(
        skill=Skill(name="release", namespace="default", created_by="metis-developer"),
        version=1,
        content="Tag it.",
        content_hash="0" * 64,
    )
    session.add_all([activation(active.skill_id, agent_id="hestia-auditor"), other])
    await session.flush()
    session.add(activation(other.skill_id))
    await session.flush()
    assert await session.scalar(select(func.count()).where(SkillActivation.state == "active")) == 3


async def test_an_activation_and_its_new_version_are_written_in_one_flush(session: AsyncSession, skill: Skill) -> None:
    version = SkillVersion(skill=skill, version=1, content="text", content_hash="0" * 64)
    row = SkillActivation(skill_version=version, agent_id="aurora-researcher", namespace="default")
    session.add(row)
    await session.flush()
    assert (row.skill_id, row.version) == (skill.id, 1)


async def test_only_a_version_that_exists_can_be_activated(session: AsyncSession, version: SkillVersion) -> None:
    session.add(activation(version.skill_id, version=2))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_the_version_of_another_skill_cannot_be_activated(session: AsyncSession, version: SkillVersion) -> None:
    other = Skill(name="empty", namespace="default", created_by="metis-developer")
    session.add(other)
    await session.flush()
    session.add(activation(other.id, version=version.version))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_only_an_agent_can_activate(session: AsyncSession, version: SkillVersion) -> None:
    session.add(activation(version.skill_id, agent_id="nobody"))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_an_activation_goes_with_its_skill(session: AsyncSession, active: SkillActivation) -> None:
    await session.execute(delete(Skill).where(Skill.id == active.skill_id))
    assert await session.scalar(select(func.count()).select_from(SkillActivation)) == 0


async def test_an_activation_goes_with_its_agent(session: AsyncSession, active: SkillActivation) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == active.agent_id))
    assert await session.scalar(select(func.count()).select_from(SkillActivation)) == 0


async def test_an_inactive_skill_says_when_it_was_deactivated(session: AsyncSession, active: SkillActivation) -> None:
    active.state = "inactive"
    with pytest.raises(IntegrityError, match="ck_skill_activations_deactivated_at_of_state"):
        await session.flush()


async def test_an_active_skill_was_not_deactivated(session: AsyncSession, active: SkillActivation) -> None:
    active.deactivated_at = utc_now()
    with pytest.raises(IntegrityError, match="ck_skill_activations_deactivated_at_of_state"):
        await session.flush()


async def test_a_deactivated_skill_can_have_failed(session: AsyncSession, active: SkillActivation) -> None:
    active.state, active.deactivated_at, active.outcome = "inactive", utc_now(), "failed"
    await session.flush()
    await session.refresh(active)
    assert (active.state, active.outcome) == ("inactive", "failed")


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("layer_loaded", 0, "layer_loaded_range"),
        ("layer_loaded", 4, "layer_loaded_range"),
        ("usefulness", -0.1, "usefulness_range"),
        ("usefulness", 1.1, "usefulness_range"),
        ("tokens_loaded", -1, "tokens_loaded_minimum"),
        ("duration_ms", -1, "duration_ms_minimum"),
    ],
)
async def test_a_number_out_of_range_is_refused(
    session: AsyncSession, active: SkillActivation, column: str, value: float, constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=f"ck_skill_activations_{constraint}"):
        await session.execute(update(SkillActivation).values({column: value}))


@pytest.mark.parametrize("column", ["activation_type", "state", "outcome"])
async def test_the_database_refuses_an_unknown_word(
    session: AsyncSession, active: SkillActivation, column: str
) -> None:
    with pytest.raises(IntegrityError, match=f"ck_skill_activations_{column}"):
        await session.execute(text(f"UPDATE skill_activations SET {column} = 'x'"))


async def test_a_row_written_by_hand_is_active_from_now_on(session: AsyncSession, version: SkillVersion) -> None:
    await session.execute(
        text(
            "INSERT INTO skill_activations (id, skill_id, agent_id, version, namespace) "
            "VALUES ('1', :skill, 'aurora-researcher', 1, 'default')"
        ),
        {"skill": version.skill_id},
    )
    by_hand = await session.get_one(SkillActivation, "1")
    assert (by_hand.state, by_hand.deactivated_at, by_hand.outcome) == ("active", None, None)
    assert by_hand.activated_at == by_hand.created_at


async def test_a_new_activation_is_active_from_now_on(active: SkillActivation) -> None:
    assert (active.state, active.deactivated_at, active.outcome) == ("active", None, None)
    assert active.activated_at <= utc_now()
