"""Verification records, as the database keeps them."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core.columns import utc_now
from tmws_memory.models.memory import Memory
from tmws_verification.models.verification_record import MAX_RESULT_LENGTH, VerificationRecord


def evidence() -> Memory:
    """A memory of another agent that serves as evidence."""
    return Memory(content="all passed", content_hash="a" * 64, agent_id="hestia-auditor", namespace="default")


def record(**changes: object) -> VerificationRecord:
    """A check of a claim of metis-developer."""
    values = {
        "agent_id": "metis-developer",
        "claim_type": "test_result",
        "claim_content": {"return_code": 0},
        "verification_command": "unit-tests",
        "verification_result": {"return_code": 0},
        "accurate": True,
        "verifier_kind": "command",
    }
    return VerificationRecord(**(values | changes))


async def test_a_record_and_its_evidence_can_be_added_together(session: AsyncSession) -> None:
    memory = evidence()
    session.add(record(evidence_memory=memory))
    await session.flush()
    assert await session.scalar(select(VerificationRecord.evidence_memory_id)) == memory.id


async def test_a_record_needs_neither_evidence_nor_a_verifying_agent(session: AsyncSession) -> None:
    session.add(record())
    await session.flush()
    names = await session.execute(
        select(VerificationRecord.evidence_memory_id, VerificationRecord.verified_by_agent_id)
    )
    assert names.one() == (None, None)


async def test_a_record_is_of_now_unless_said(session: AsyncSession) -> None:
    new = record()
    session.add(new)
    await session.flush()
    assert abs(utc_now() - new.verified_at) < timedelta(hours=1)


async def test_the_database_gives_the_same_default(session: AsyncSession) -> None:
    await session.execute(
        text(
            "INSERT INTO verification_records (id, agent_id, claim_type, claim_content, verification_command,"
            " verification_result, accurate, verifier_kind)"
            " VALUES ('1', 'metis-developer', 'custom', '{}', 'unit-tests', '{}', true, 'human')"
        )
    )
    new = await session.get_one(VerificationRecord, "1")
    assert abs(utc_now() - new.verified_at) < timedelta(hours=1)


@pytest.mark.parametrize(
    "claim_type",
    ["test_result", "performance_metric", "code_quality", "security_finding", "deployment_status", "custom"],
)
async def test_each_type_of_claim_can_be_stored(session: AsyncSession, claim_type: str) -> None:
    session.add(record(claim_type=claim_type))
    await session.flush()
    assert await session.scalar(text("SELECT claim_type FROM verification_records")) == claim_type


async def test_an_unknown_type_of_claim_is_refused(session: AsyncSession) -> None:
    session.add(record())
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(text("UPDATE verification_records SET claim_type = 'opinion'"))


@pytest.mark.parametrize("kind", ["command", "plugin", "human"])
async def test_each_kind_of_verifier_can_be_stored(session: AsyncSession, kind: str) -> None:
    session.add(record(verifier_kind=kind))
    await session.flush()
    assert await session.scalar(text("SELECT verifier_kind FROM verification_records")) == kind


async def test_an_unknown_kind_of_verifier_is_refused(session: AsyncSession) -> None:
    session.add(record())
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(text("UPDATE verification_records SET verifier_kind = 'oracle'"))


async def test_an_agent_does_not_verify_its_own_claim(session: AsyncSession) -> None:
    session.add(record(verified_by_agent_id="metis-developer"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_another_agent_can_verify_a_claim(session: AsyncSession) -> None:
    session.add(record(verified_by_agent_id="hestia-auditor"))
    await session.flush()
    assert await session.scalar(select(VerificationRecord.verified_by_agent_id)) == "hestia-auditor"


@pytest.mark.parametrize("column", ["agent_id", "verified_by_agent_id", "evidence_memory_id"])
async def test_a_record_names_only_what_exists(session: AsyncSession, column: str) -> None:
    session.add(record(**{column: "nobody"}))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_check_does_not_end_before_it_began(session: AsyncSession) -> None:
    session.add(record(duration_ms=-1))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_result_that_is_too_long_is_refused(session: AsyncSession) -> None:
    session.add(record(verification_result={"output": "x" * MAX_RESULT_LENGTH}))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_long_result_can_be_stored(session: AsyncSession) -> None:
    result = {"output": "x" * (MAX_RESULT_LENGTH - 100)}
    session.add(record(verification_result=result))
    await session.flush()
    assert await session.scalar(select(VerificationRecord.verification_result)) == result


@pytest.mark.parametrize("agent_id", ["metis-developer", "artemis-optimizer"])
async def test_an_agent_that_a_record_names_cannot_be_deleted(session: AsyncSession, agent_id: str) -> None:
    session.add(record(verified_by_agent_id="artemis-optimizer"))
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(delete(Agent).where(Agent.agent_id == agent_id))


async def test_a_record_follows_the_new_names_of_its_agents(session: AsyncSession) -> None:
    session.add(record(verified_by_agent_id="hestia-auditor"))
    await session.flush()
    await session.execute(update(Agent).where(Agent.agent_id == "metis-developer").values(agent_id="metis"))
    await session.execute(update(Agent).where(Agent.agent_id == "hestia-auditor").values(agent_id="hestia"))
    names = await session.execute(select(VerificationRecord.agent_id, VerificationRecord.verified_by_agent_id))
    assert names.one() == ("metis", "hestia")


async def test_the_evidence_of_a_record_cannot_be_deleted(session: AsyncSession) -> None:
    session.add(record(evidence_memory=evidence()))
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(delete(Memory))


async def test_evidence_is_not_deleted_with_the_agent_that_remembers_it(session: AsyncSession) -> None:
    session.add(record(evidence_memory=evidence()))
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(delete(Agent).where(Agent.agent_id == "hestia-auditor"))
