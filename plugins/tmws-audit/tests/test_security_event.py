"""Security events, as the database keeps them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_audit.models.chain import GENESIS
from tmws_audit.models.security_event import SecurityEvent
from tmws_core.columns import utc_now


def event(**changes: object) -> SecurityEvent:
    """A failed login, the first event of the log."""
    values = {"event_type": "login_failed", "severity": "medium", "client_ip": "203.0.113.9", "sequence": 1}
    return SecurityEvent(**(values | {"prev_hash": GENESIS, "row_hash": "a" * 64} | changes))


@pytest.mark.parametrize("severity", ["low", "medium", "high", "critical"])
async def test_each_severity_can_be_stored(session: AsyncSession, severity: str) -> None:
    session.add(event(severity=severity))
    await session.flush()
    assert await session.scalar(text("SELECT severity FROM security_audit_logs")) == severity


async def test_an_unknown_severity_is_refused(session: AsyncSession) -> None:
    with pytest.raises(IntegrityError, match="severity"):
        await session.execute(
            text(
                "INSERT INTO security_audit_logs (event_type, severity, client_ip, sequence, prev_hash, row_hash)"
                " VALUES ('logout', 'fatal', '203.0.113.9', 1, :before, :own)"
            ),
            {"before": GENESIS, "own": "a" * 64},
        )


@pytest.mark.parametrize("score", [-1, 101])
async def test_a_risk_outside_0_to_100_is_refused(session: AsyncSession, score: int) -> None:
    session.add(event(risk_score=score))
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("score", [0, 100])
async def test_a_risk_lies_between_0_and_100(session: AsyncSession, score: int) -> None:
    session.add(event(risk_score=score))
    await session.flush()
    assert await session.scalar(select(SecurityEvent.risk_score)) == score


async def test_an_event_has_no_risk_and_is_not_blocked_unless_said(session: AsyncSession) -> None:
    new = event()
    session.add(new)
    await session.flush()
    assert (new.risk_score, new.blocked) == (0, False)
    assert abs(utc_now() - new.timestamp) < timedelta(hours=1)


async def test_the_database_gives_the_same_defaults(session: AsyncSession) -> None:
    await session.execute(
        text(
            "INSERT INTO security_audit_logs (event_type, severity, client_ip, sequence, prev_hash, row_hash)"
            " VALUES ('logout', 'low', '203.0.113.9', 1, :before, :own)"
        ),
        {"before": GENESIS, "own": "a" * 64},
    )
    new = (await session.scalars(select(SecurityEvent))).one()
    assert (new.risk_score, new.blocked) == (0, False)
    assert abs(utc_now() - new.timestamp) < timedelta(hours=1)


async def test_an_event_may_name_an_agent_that_does_not_exist(session: AsyncSession) -> None:
    session.add(event(agent_id="nobody", namespace="nowhere"))
    await session.flush()
    assert await session.scalar(select(SecurityEvent.agent_id)) == "nobody"


async def test_an_event_is_numbered_by_the_database(session: AsyncSession) -> None:
    first = event()
    session.add(first)
    await session.flush()
    second = event(sequence=2, prev_hash="a" * 64, row_hash="b" * 64)
    session.add(second)
    await session.flush()
    assert second.id > first.id


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_the_log_brings_no_table_of_sqlite(session: AsyncSession) -> None:
    session.add(event())
    await session.flush()
    assert await session.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'")) == 0
