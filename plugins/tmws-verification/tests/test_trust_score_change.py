"""Changes of trust, as the database keeps them."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core.columns import utc_now
from tmws_verification.models.trust_score_change import TrustScoreChange
from tmws_verification.models.verification_record import VerificationRecord


def record() -> VerificationRecord:
    """A check of a claim of metis-developer."""
    return VerificationRecord(
        agent_id="metis-developer",
        claim_type="custom",
        claim_content={},
        verification_command="unit-tests",
        verification_result={},
        accurate=True,
        verifier_kind="command",
    )


def change(**changes: object) -> TrustScoreChange:
    """A change that someone made by hand."""
    values = {"agent_id": "metis-developer", "old_score": 0.5, "new_score": 0.75, "source_type": "manual"}
    return TrustScoreChange(**(values | {"reason": "good work"} | changes))


async def test_a_record_and_the_change_of_trust_can_be_added_together(session: AsyncSession) -> None:
    cause = record()
    session.add(change(source_type="verification", verification_record=cause))
    await session.flush()
    assert await session.scalar(select(TrustScoreChange.verification_record_id)) == cause.id


@pytest.mark.parametrize(("old", "new", "delta"), [(0.5, 0.75, 0.25), (0.75, 0.5, -0.25), (1.0, 0.0, -1.0)])
async def test_the_difference_is_computed(session: AsyncSession, old: float, new: float, delta: float) -> None:
    changed = change(old_score=old, new_score=new)
    session.add(changed)
    await session.flush()
    assert changed.delta == delta


@pytest.mark.parametrize("score", ["old_score", "new_score"])
@pytest.mark.parametrize("value", [-0.1, 1.1])
async def test_a_score_outside_0_to_1_is_refused(session: AsyncSession, score: str, value: float) -> None:
    session.add(change(**{score: value}))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_change_happens_now_unless_said(session: AsyncSession) -> None:
    new = change()
    session.add(new)
    await session.flush()
    assert abs(utc_now() - new.changed_at) < timedelta(hours=1)


async def test_the_database_gives_the_same_default(session: AsyncSession) -> None:
    await session.execute(
        text(
            "INSERT INTO trust_score_history (id, agent_id, old_score, new_score, source_type, reason)"
            " VALUES ('1', 'metis-developer', 0.5, 0.25, 'decay', 'age')"
        )
    )
    new = await session.get_one(TrustScoreChange, "1")
    assert abs(utc_now() - new.changed_at) < timedelta(hours=1)


@pytest.mark.parametrize("source_type", ["manual", "decay"])
async def test_a_change_by_hand_or_by_age_needs_no_source(session: AsyncSession, source_type: str) -> None:
    session.add(change(source_type=source_type))
    await session.flush()
    assert await session.scalar(text("SELECT source_type FROM trust_score_history")) == source_type


async def test_an_unknown_source_is_refused(session: AsyncSession) -> None:
    session.add(change())
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(text("UPDATE trust_score_history SET source_type = 'rumour'"))


async def test_a_change_by_verification_names_the_record(session: AsyncSession) -> None:
    session.add(change(source_type="verification"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_change_by_a_pattern_names_the_pattern(session: AsyncSession) -> None:
    session.add(change(source_type="pattern"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_pattern_is_named_as_the_source_and_not_as_a_record(session: AsyncSession) -> None:
    session.add(change(source_type="pattern", source_id="some-pattern"))
    await session.flush()
    names = await session.execute(select(TrustScoreChange.source_id, TrustScoreChange.verification_record_id))
    assert names.one() == ("some-pattern", None)


@pytest.mark.parametrize("column", ["agent_id", "verification_record_id"])
async def test_a_change_names_only_what_exists(session: AsyncSession, column: str) -> None:
    session.add(change(**{column: "nobody"}))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_record_that_changed_trust_cannot_be_deleted(session: AsyncSession) -> None:
    session.add(change(source_type="verification", verification_record=record()))
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(delete(VerificationRecord))


async def test_an_agent_whose_trust_changed_cannot_be_deleted(session: AsyncSession) -> None:
    session.add(change())
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))


async def test_a_change_follows_the_new_name_of_its_agent(session: AsyncSession) -> None:
    session.add(change())
    await session.flush()
    await session.execute(update(Agent).where(Agent.agent_id == "metis-developer").values(agent_id="metis"))
    assert await session.scalar(select(TrustScoreChange.agent_id)) == "metis"
